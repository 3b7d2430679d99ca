import type { Credits } from '../domain/amounts/credits.ts'
import type { GrantKind } from '../domain/grant.ts'
import type { Instant } from '../domain/identity.ts'
import { actOf, callerOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { checkedKey, checkedName, type Optional, teamFor } from './request/inputs.ts'
import type { GrantView, ResultOf, TeamView } from './request/results.ts'
import { noSuchTeam, submitKeyed } from './request/submit.ts'

export type GrantCreditsInput = {
  teamId: string
  amount: Credits
  kind: GrantKind
  expiresAt?: Optional<Instant>
  source: string
  idempotencyKey: string
}

export async function grantCredits(
  _: unknown,
  { input }: { input: GrantCreditsInput },
  context: GatewayContext,
): Promise<ResultOf<'GrantCreditsResult'>> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const key = checkedKey(input.idempotencyKey)
  const source = checkedName('source', input.source)
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) return noSuchTeam()
  const { amount, kind: grantKind } = input
  const expiresAt = input.expiresAt ?? null
  return submitKeyed(
    context.services,
    {
      teamId,
      key,
      mutation: 'grantCredits',
      caller: callerOf(viewer),
      input: { amount, grantKind, expiresAt, source },
      command: { kind: 'grant-credits', amount, grantKind, expiresAt, source },
      act: actOf(context, viewer, 'grantCredits', source),
    },
    'GrantCreditsResult',
  )
}

/** The open grants in burn order. A grant that is used up is no longer open. */
export const teamGrants = (team: TeamView): GrantView[] =>
  team.account.grants
    .filter(({ available, held }) => available > 0n || held > 0n)
    .map((grant) => ({ type: 'CreditGrant', teamId: team.account.teamId, grant, team }))
