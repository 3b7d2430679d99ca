import { formatCredits } from '../../amounts/credits.ts'
import { NotAllowed } from '../../errors.ts'
import { type CutBack, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * The other system serves the team again, with the balance of now. The ledger keeps the grants, and its plan goes on by time.
 * Auto-recharge is turned off, and nothing stored is charged any more. Source: decision 42.
 */
export function cutBack(draft: Draft, _: CutBack, { account, facts, context }: Given): OutcomeOf<'cut-back'> {
  const { move, recharge, stored } = account
  if (move === null || move.stage !== 'CUT_OVER') {
    const reason =
      move === null
        ? 'the team was not cut over: no other system is known that could serve it'
        : `the team is served by ${move.system} already: there is nothing to do`
    return refused(new NotAllowed({ reason }))
  }
  const holds = facts.openHolds ?? 0
  if (holds > 0) {
    const reason = `${holds} of its holds ${holds === 1 ? 'is' : 'are'} open: settle or release ${holds === 1 ? 'it' : 'them'} first`
    return refused(new NotAllowed({ reason }))
  }
  if (draft.owed > 0n) {
    const reason = `the team owes ${formatCredits(draft.owed)} credits: grant them first, and post that in ${move.system}`
    return refused(new NotAllowed({ reason }))
  }
  const locked = draft.grants.filter((grant) => grant.locked > 0n)
  if (locked.length > 0) {
    const until = new Date(Math.max(...locked.map(({ lock }) => lock?.until ?? 0))).toISOString()
    const reason = `${formatCredits(draft.locked)} of its credits are locked until ${until}: cut it back then`
    return refused(new NotAllowed({ reason }))
  }
  if (recharge !== null && recharge.state !== 'OFF') {
    const off = { state: 'OFF', cappedBy: null, failures: 0, retryAt: null, loss: null } as const
    draft.set({ topUpsEnabled: false, recharge: { ...recharge, ...off } })
  }
  draft.set({
    stored: stored.map((one) => ({ ...one, amount: 0n, accrued: 0n })),
    move: { ...move, stage: 'CUT_BACK', since: context.at, revision: draft.revision, payments: [] },
  })
  return { kind: 'done' }
}
