import { type Account, resolveThreshold } from '../account.ts'
import type { Outcome, SetLowThreshold } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { Context } from '../rules.ts'

/** A share is resolved from the last 30 days' usage, `monthlyUsage`. Source: facts V10, A6. */
export function setLowThreshold(draft: Draft, account: Account, command: SetLowThreshold, context: Context): Outcome {
  const { threshold } = command
  const lowThreshold = resolveThreshold(threshold, account.monthlyUsage, context.policy.lowThreshold)
  draft.set({ threshold, lowThreshold })
  return { kind: 'done' }
}
