import { resolveThreshold } from '../../low-balance.ts'
import type { Given, SetLowThreshold } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** A share is resolved from the last 30 days' usage, `monthlyUsage`. Source: facts V10, A6. */
export function setLowThreshold(
  draft: Draft,
  command: SetLowThreshold,
  { account, context }: Given,
): OutcomeOf<'set-low-threshold'> {
  const { threshold } = command
  const lowThreshold = resolveThreshold(threshold, account.monthlyUsage, context.policy.lowThreshold)
  draft.set({ threshold, lowThreshold })
  return { kind: 'done' }
}
