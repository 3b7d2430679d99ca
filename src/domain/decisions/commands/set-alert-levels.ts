import { maxAlertLevels, newLevels } from '../../alert-level.ts'
import { InvalidAmount } from '../../errors.ts'
import { type Given, refused, type SetAlertLevels } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** The levels replace those of before. A level that the balance is below already is told after the next fall. */
export function setAlertLevels(
  draft: Draft,
  { levels }: SetAlertLevels,
  { account }: Given,
): OutcomeOf<'set-alert-levels'> {
  if (levels.length > maxAlertLevels) {
    return refused(new InvalidAmount({ path: ['levels'], reason: `a team has at most ${maxAlertLevels} alert levels` }))
  }
  const { available } = draft
  draft.set({ levels: newLevels(levels, { available, monthlyUsage: account.monthlyUsage }) })
  return { kind: 'done' }
}
