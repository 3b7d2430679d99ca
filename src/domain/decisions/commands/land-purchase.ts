import type { Given, LandPurchase } from '../command.ts'
import { lastsUntil } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { landed } from '../recharge-episode.ts'

/**
 * The credits of a paid purchase arrive as one grant, named by its payment; what the team owes is paid first. Said again,
 * nothing moves. A recharge goes on from there. Source: docs/payments.md.
 */
export function landPurchase(
  draft: Draft,
  command: LandPurchase,
  { facts: { grantOfSource: existing }, context }: Given,
): OutcomeOf<'land-purchase'> {
  if (existing !== undefined) return { kind: 'grant', grant: existing }
  const { source, credits, memberId, cause, costBasis } = command
  const kind = cause === 'RECHARGE' ? 'AUTO_RECHARGE' : 'PACKAGE'
  const { at, policy } = context
  const expiresAt = lastsUntil(kind, draft, context)
  const priority = policy.burnPriority[kind]
  const grant = { kind, priority, startsAt: at, expiresAt, source, allowance: null, costBasis } as const
  const id = draft.arrive(grant, credits, at, { memberId })
  if (cause === 'RECHARGE') landed(draft, command, context)
  return { kind: 'grant', grant: draft.grant(id) }
}
