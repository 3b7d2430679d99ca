import { InvalidAmount, InvalidInput } from '../../errors.ts'
import { maxOpenGrants } from '../../grant.ts'
import { type GrantScope, maxOpenScopes, scopeFault, scopeKey } from '../../grant-scope.ts'
import { type Given, type GrantCredits, refused } from '../command.ts'
import { endsWithCycle, lastsUntil } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { openGrants } from '../open-grants.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { reservation } from '../reserved-sources.ts'

/**
 * Deposits credits from outside; a source deposits once. What the team owes is paid first, unless the credits are scoped. Without an end of their own
 * they last as the catalog says for their kind.
 */
export function grantCredits(
  draft: Draft,
  command: GrantCredits,
  { facts: { grantOfSource: existing }, context }: Given,
): OutcomeOf<'grant-credits'> {
  if (command.amount <= 0n)
    return refused(new InvalidAmount({ path: ['amount'], reason: 'a grant needs an amount above 0' }))
  if (command.expiresAt !== null && command.expiresAt <= context.at) {
    return refused(
      new InvalidInput({ path: ['expiresAt'], reason: 'it would have expired already: give a later instant, or none' }),
    )
  }
  if (command.amount > draft.fitting(command.amount)) {
    return refused(
      new InvalidAmount({ path: ['amount'], reason: 'the balance would be larger than a ledger can hold: grant less' }),
    )
  }
  const scope = command.scope ?? null
  const fault = scope === null ? null : (scopeFault(scope, context.card) ?? oneTooMany(scope, draft))
  if (fault !== null && existing === undefined) return refused(new InvalidInput(fault))
  const reserved = reservation(command.source)
  if (reserved !== null) return refused(new InvalidInput({ path: ['source'], reason: reserved }))
  if (existing !== undefined) {
    const same =
      existing.granted === command.amount &&
      existing.kind === command.grantKind &&
      scopeKey(existing.scope) === scopeKey(scope) &&
      (existing.expiresAt === command.expiresAt ||
        (command.expiresAt === null && endsWithCycle(existing.kind, draft.setting('planId'), context.policy)))
    if (same) return { kind: 'grant', grant: existing }
    return refused(
      new InvalidInput({
        path: ['source'],
        reason: `the source ${command.source} has deposited another grant already: give each deposit its own source`,
      }),
    )
  }
  const { grantKind: kind, source, amount, givenBy } = command
  const most = givenBy === undefined ? Infinity : maxOpenGrants[givenBy]
  if (openGrants(draft, context.at) >= most) {
    const reason = `the team has ${most} open grants already: give larger amounts, or wait until one ends or one without an end is used up`
    return refused(new InvalidInput({ path: ['teamId'], reason }))
  }
  const expiresAt = command.expiresAt ?? lastsUntil(kind, draft, context)
  const priority = context.policy.burnPriority[kind]
  const grant = { kind, priority, startsAt: context.at, expiresAt, source, allowance: null, scope }
  const id = draft.arrive(grant, amount, context.at, { type: kind === 'ADJUSTMENT' ? 'ADJUSTMENT' : 'GRANT' })
  return { kind: 'grant', grant: draft.grant(id) }
}

/** Why the team can't have this scope beside those of its open grants; null: it can. */
function oneTooMany(scope: GrantScope, { grants }: Draft): { path: readonly string[]; reason: string } | null {
  const open = grants.filter(({ available, held }) => available > 0n || held > 0n)
  const keys = new Set(open.flatMap((grant) => (grant.scope === null ? [] : [scopeKey(grant.scope)])))
  if (keys.size < maxOpenScopes || keys.has(scopeKey(scope))) return null
  const reason = `the open grants of the team have ${maxOpenScopes} different scopes already: give one of theirs, or grant again when one is used up`
  return { path: ['scope'], reason }
}
