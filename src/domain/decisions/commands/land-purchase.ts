import { withPayment } from '../../move.ts'
import { lockOn } from '../../new-team-credits.ts'
import type { Given, LandPurchase } from '../command.ts'
import { lastsUntil } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { landed } from '../recharge-episode.ts'

/**
 * The credits of a paid purchase arrive as one grant, named by its payment; what the team owes is paid first. A part of
 * what a new team buys may be locked. Said again, nothing moves. A recharge goes on from there. Source: docs/payments.md.
 */
export function landPurchase(
  draft: Draft,
  command: LandPurchase,
  { facts: { grantOfSource: existing }, context }: Given,
): OutcomeOf<'land-purchase'> {
  if (existing !== undefined) return { kind: 'grant', grant: existing }
  const { source, credits, memberId, cause, costBasis, ofNewTeam } = command
  const kind = cause === 'RECHARGE' ? 'AUTO_RECHARGE' : 'PACKAGE'
  const { at, policy } = context
  const terms = ofNewTeam ? policy.newTeamCredits : null
  const lock = terms === null ? null : lockOn(credits, draft.owed, terms, at)
  // The cycle in which all of it is available: a lock never outlasts its grant.
  const expiresAt = lastsUntil(kind, draft, { policy, at: lock?.until ?? at })
  const priority = policy.burnPriority[kind]
  const grant = { kind, priority, startsAt: at, expiresAt, source, allowance: null, costBasis, lock } as const
  const id = draft.arrive(grant, credits, at, { memberId })
  draft.set({ move: withPayment(draft.setting('move'), { source, landed: credits, reversed: 0n }) })
  if (cause === 'RECHARGE') landed(draft, command, context)
  return { kind: 'grant', grant: draft.grant(id) }
}
