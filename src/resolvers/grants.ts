import type { Credits } from '../domain/amounts/credits.ts'
import type { GrantKind } from '../domain/grant.ts'
import { type GrantScope, maxScopeNames, scopeOf } from '../domain/grant-scope.ts'
import type { Instant } from '../domain/identity.ts'
import { classOf } from '../domain/placer.ts'
import { actOf, callerOf, operating } from './request/caller.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedKey, checkedName, type Optional, teamFor } from './request/inputs.ts'
import type { GrantView, ResultOf, TeamView } from './request/results.ts'
import { noSuchTeam, submitKeyed } from './request/submit.ts'

export type GrantScopeInput = { categories?: Optional<readonly string[]>; rates?: Optional<readonly string[]> }

export type GrantCreditsInput = {
  teamId: string
  amount: Credits
  kind: GrantKind
  expiresAt?: Optional<Instant>
  source: string
  scope?: Optional<GrantScopeInput>
  idempotencyKey: string
}

export async function grantCredits(
  _: unknown,
  { input }: { input: GrantCreditsInput },
  context: GatewayContext,
): Promise<ResultOf<'GrantCreditsResult'>> {
  const viewer = operating(context)
  const key = checkedKey(input.idempotencyKey)
  const source = checkedName('source', input.source)
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) return noSuchTeam()
  const { amount, kind: grantKind } = input
  const expiresAt = input.expiresAt ?? null
  const scope = checkedScope(input.scope)
  // A grant without a scope keeps the fingerprint that it had before there were scopes.
  const asked = { amount, grantKind, expiresAt, source, ...(scope === null ? {} : { scope }) }
  return submitKeyed(
    context.services,
    {
      teamId,
      key,
      mutation: 'grantCredits',
      caller: callerOf(viewer),
      input: asked,
      command: { kind: 'grant-credits', ...asked, givenBy: classOf(callerOf(viewer)) },
      act: actOf(context, viewer, 'grantCredits', source),
    },
    'GrantCreditsResult',
  )
}

/** The scope that an input names, by codes; null: everything. Whether they exist is decided with the grant. */
function checkedScope(given: Optional<GrantScopeInput>): GrantScope | null {
  if (given == null) return null
  const named = (type: 'RateCategory' | 'Rate', at: string, names: Optional<readonly string[]>) =>
    (names ?? []).map((name) => checkedName(at, codeOf(type, name)))
  const categories = named('RateCategory', 'scope.categories', given.categories)
  const scope = scopeOf(categories, named('Rate', 'scope.rates', given.rates))
  if (scope !== null) return scope
  throw badInput('scope', `give 1 to ${maxScopeNames} categories and rates, or no scope at all`)
}

/** The open grants in burn order. A grant that is used up is no longer open. */
export const teamGrants = (team: TeamView): GrantView[] =>
  team.account.grants
    .filter(({ available, held }) => available > 0n || held > 0n)
    .map((grant) => ({ type: 'CreditGrant', teamId: team.account.teamId, grant, team }))
