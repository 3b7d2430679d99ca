import { type Account, resolveThreshold } from '../../account.ts'
import type { Context } from '../../rules.ts'
import type { SetLowThreshold } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** A share is resolved from the last 30 days' usage, `monthlyUsage`. Source: facts V10, A6. */
export function setLowThreshold(
  draft: Draft,
  account: Account,
  command: SetLowThreshold,
  context: Context,
): OutcomeOf<'set-low-threshold'> {
  const { threshold } = command
  const lowThreshold = resolveThreshold(threshold, account.monthlyUsage, context.policy.lowThreshold)
  draft.set({ threshold, lowThreshold })
  return { kind: 'done' }
}
