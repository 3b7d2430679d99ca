import { opened } from '../../allowance.ts'
import { NotFound } from '../../errors.ts'
import { type Given, type OpenTeam, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { changeTo } from './assign-plan.ts'

/** For a team that does not exist yet. Where the catalog has no default plan, the team is not found. */
export function openTeam(draft: Draft, _: OpenTeam, given: Given): OutcomeOf<'open-team'> {
  const { defaultPlan: planId } = given.context.policy
  if (planId === null) return refused(new NotFound({ what: 'team' }))
  const terms = { planId, teamName: null, seats: 1, interval: null, anchor: null }
  const outcome = changeTo(draft, terms, given)
  draft.set({ allowances: draft.setting('allowances').map(opened) })
  return outcome
}
