import { NotAllowed } from '../../errors.ts'
import { type FollowTeam, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** From now on another system serves the team, which the gateway refuses to charge until it is cut over. */
export function followTeam(draft: Draft, { system }: FollowTeam, given: Given): OutcomeOf<'follow-team'> {
  const { account, facts, context } = given
  const { move } = account
  if (move === null ? facts.hasBegun : move.stage === 'CUT_OVER') {
    const next = move === null ? 'rehearse it by Query.rehearsal' : 'cut it back first'
    return refused(new NotAllowed({ reason: `the gateway serves the team already: ${next}` }))
  }
  const begun = {
    stage: 'FOLLOWED',
    since: context.at,
    revision: draft.revision,
    cutOverAt: null,
    payments: [],
  } as const
  if (move?.system !== system) draft.set({ move: { ...(move ?? begun), system } })
  return { kind: 'done' }
}
