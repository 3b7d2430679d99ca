'use client'
import type { Store, TeamScope } from '@credits-gateway/elements/controllers'
import { useMemo, useState, useSyncExternalStore } from 'react'

export type SnapshotOf<Controller> = Controller extends Store<infer Snapshot> ? Snapshot : never
/** A controller's snapshot with its functions beside it. */
export type Live<Controller> = SnapshotOf<Controller> & Omit<Controller, keyof Store<unknown>>

/**
 * A controller of the team, which reads and listens while the component is mounted. `initial` is shown on a server, in hydration, and
 * until the controller has read something for the same team.
 */
export function useController<Controller extends Store<{ readonly phase: string }>>(
  create: (scope: TeamScope) => Controller,
  { client, teamId }: TeamScope,
  initial: SnapshotOf<Controller> | undefined,
): Live<Controller> {
  const controller = useMemo(() => create({ client, teamId }), [create, client, teamId])
  const [first] = useState({ client, teamId, initial })
  const known = first.client === client && first.teamId === teamId ? first.initial : undefined
  const shown = () => {
    const snapshot = controller.getSnapshot()
    return snapshot.phase === 'loading' ? (known ?? snapshot) : snapshot
  }
  const snapshot = useSyncExternalStore(controller.subscribe, shown, shown)
  return useMemo(() => {
    const { subscribe, getSnapshot, ...actions } = controller
    return { ...actions, ...snapshot } as unknown as Live<Controller>
  }, [controller, snapshot])
}
