import type { CreditsClient } from '../../client/index.ts'
import type { Usage } from './actions.ts'
import { HoldDocument, ReleaseDocument, SettleDocument } from './contract.ts'

/** How far the work of the pretend assistant is. Amounts are credits. */
export type Job =
  | { readonly state: 'reserving' }
  | { readonly state: 'working'; readonly held: string; readonly progress: number }
  | { readonly state: 'charged'; readonly amount: string }
  | { readonly state: 'released'; readonly held: string; readonly why: 'failed' | 'cancelled' }
  | { readonly state: 'refused'; readonly message: string; readonly canPurchase: boolean }

export type JobOptions = {
  readonly request: CreditsClient['request']
  readonly usage: readonly Usage[]
  readonly reference: string
  /** Whether the work is to fail. */
  readonly fails: boolean
  readonly cancelled: AbortSignal
  readonly show: (job: Job) => void
}

const steps = 12
const stepMs = 180
const holdSeconds = 120

/** Does the work of a product's backend for each action: reserves, works, and charges only the work that succeeded. */
export async function runJob({ request, usage, reference, fails, cancelled, show }: JobOptions): Promise<void> {
  show({ state: 'reserving' })
  const { holdCredits } = await request(HoldDocument, {
    usage,
    reference,
    seconds: holdSeconds,
    key: crypto.randomUUID(),
  })
  if (holdCredits.__typename !== 'Hold') {
    const { message } = holdCredits
    const canPurchase = holdCredits.__typename === 'InsufficientCredits' && holdCredits.canPurchase
    return show({ state: 'refused', message, canPurchase })
  }
  const { id, amount: held } = holdCredits
  const failsAt = fails ? Math.ceil(steps * 0.6) : Infinity
  for (let step = 0; step < Math.min(steps, failsAt) && !cancelled.aborted; step += 1) {
    show({ state: 'working', held, progress: step / steps })
    await new Promise((resolve) => setTimeout(resolve, stepMs))
  }
  if (cancelled.aborted || fails) {
    const why = cancelled.aborted ? 'cancelled' : 'failed'
    await request(ReleaseDocument, { hold: id, reason: why, key: crypto.randomUUID() })
    return show({ state: 'released', held, why })
  }
  const { settleHold } = await request(SettleDocument, { hold: id, key: crypto.randomUUID() })
  if (settleHold.__typename === 'Charge') show({ state: 'charged', amount: settleHold.amount })
  else show({ state: 'refused', message: settleHold.message, canPurchase: false })
}
