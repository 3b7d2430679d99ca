'use client'
import {
  type BalanceReading,
  createBalance,
  type InitialBalance,
  type TeamScope,
} from '@credits-gateway/elements/controllers'
import { useMemo, useSyncExternalStore } from 'react'

export type BalanceOptions = TeamScope & { readonly initial?: InitialBalance | null | undefined }

const unknown: BalanceReading = { phase: 'loading', value: null, state: 'idle', error: null }

/** The live balance. `shown` is its value; on a server, in hydration and until the gateway has said one, it is `initial`. */
export function useBalance({ client, teamId, initial = null }: BalanceOptions) {
  const controller = useMemo(() => createBalance({ client, teamId }), [client, teamId])
  const reading = useSyncExternalStore(controller.subscribe, controller.getSnapshot, () => unknown)
  const shown: InitialBalance | null = reading.value ?? initial
  return { ...reading, shown, retry: controller.retry }
}
