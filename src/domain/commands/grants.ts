import { reservedSources } from '../allowance.ts'
import { type ClawBack, type Context, type GrantCredits, type Outcome, refused } from '../command.ts'
import { endsWithCycle, lastsUntil } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { InvalidAmount, NotFound } from '../errors.ts'
import { type Grant, hasExpired } from '../grant.ts'

/**
 * Deposits credits from outside; a source deposits once. What the team owes is paid first. Without an end of their own
 * they last as the catalog says for their kind. Refuses: InvalidAmount.
 */
export function grantCredits(
  draft: Draft,
  existing: Grant | undefined,
  command: GrantCredits,
  context: Context,
): Outcome {
  if (command.amount <= 0n) return refused(new InvalidAmount({ reason: 'a grant needs an amount above 0' }))
  if (command.expiresAt !== null && command.expiresAt <= context.at) {
    return refused(new InvalidAmount({ reason: 'it would have expired already: give a later expiresAt, or none' }))
  }
  if (command.amount > draft.fitting(command.amount)) {
    return refused(new InvalidAmount({ reason: 'the balance would be larger than a ledger can hold: grant less' }))
  }
  const reserved = reservedSources.find((prefix) => command.source.startsWith(prefix))
  if (reserved !== undefined) {
    return refused(
      new InvalidAmount({ reason: `sources that begin with ${reserved} are the allowances' own: choose another` }),
    )
  }
  if (existing !== undefined) {
    const same =
      existing.granted === command.amount &&
      existing.kind === command.grantKind &&
      (existing.expiresAt === command.expiresAt ||
        (command.expiresAt === null && endsWithCycle(existing.kind, draft.setting('planId'), context.policy)))
    if (same) return { kind: 'grant', grant: existing }
    return refused(
      new InvalidAmount({
        reason: `the source ${command.source} has deposited another grant already: give each deposit its own source`,
      }),
    )
  }
  const { grantKind: kind, source, amount } = command
  const expiresAt = command.expiresAt ?? lastsUntil(kind, draft, context)
  const priority = context.policy.burnPriority[kind]
  const grant = { kind, priority, startsAt: context.at, expiresAt, source, allowance: null }
  const id = draft.arrive(grant, amount, context.at, kind === 'ADJUSTMENT' ? 'ADJUSTMENT' : 'GRANT')
  return { kind: 'grant', grant: draft.grant(id) }
}

/**
 * Takes back a grant whose payment was taken back: what is left of that very grant is revoked, the rest becomes owed.
 * What is held of it stays with its hold, and pays when it comes back. `total` is cumulative: said again, nothing moves.
 * Refuses: NotFound, InvalidAmount.
 */
export function clawBack(draft: Draft, grant: Grant | undefined, command: ClawBack, context: Context): Outcome {
  if (grant === undefined) return refused(new NotFound({ what: 'grant' }))
  if (command.total > grant.granted) {
    return refused(new InvalidAmount({ reason: 'more than was granted: take back at most the whole grant' }))
  }
  const due = command.total - grant.clawedBack
  if (due <= 0n) return { kind: 'grant', grant }
  const left = hasExpired(grant, context.at) || grant.available < 0n ? 0n : grant.available
  const revoked = left < due ? left : due
  if (revoked > 0n) draft.move(grant.id, 'available', 'revoked', revoked)
  if (due > revoked) draft.move(grant.id, 'none', 'owed', due - revoked)
  draft.clawedBack(grant.id, due)
  draft.post('CLAWBACK', context.at, { reference: command.reference })
  return { kind: 'grant', grant: draft.grant(grant.id) }
}
