import type { PoolClient } from 'pg'
import type { Instant, Revision, TeamId } from '../../domain/identity.ts'
import { ms } from '../rows/instants.ts'
import type { PlatformPlace } from './platform-events.ts'

type Client = Pick<PoolClient, 'query'>

/** One movement of credits, with the facts of its posting. Amounts are in micro-credits, money in nano-units. */
export type ExportedEntry = PlatformPlace & {
  readonly posting: Revision
  readonly type: string
  readonly at: Instant
  readonly postedAt: Instant
  readonly grantId: number | null
  readonly fromState: string
  readonly toState: string
  readonly amount: string
  readonly availableAfter: string
  readonly heldAfter: string
  readonly owedAfter: string
  readonly memberId: string | null
  readonly callerId: string | null
  readonly reference: string | null
  readonly reason: string | null
  readonly holdId: number | null
  readonly chargeId: number | null
  readonly rateCardVersion: string | null
  readonly line: number | null
  readonly rate: string | null
  readonly quantity: string | null
  readonly count: number | null
  readonly moneyAmount: string | null
  readonly moneyCurrency: string | null
  readonly tags: string | null
}

const entriesBehind = `
  with postings as (
    select * from entry where type is not null and (platform_position, team_id, revision) > ($1, $2, $3)
      and platform_position < platform_horizon()
    order by platform_position, team_id, revision limit $4)
  select p.platform_position::float8 as "platformPosition", e.team_id as "teamId", e.revision::float8, 0 as number,
    p.revision::float8 as posting, p.type, ${ms('e.effective_at', 'at')}, ${ms('e.posted_at', '"postedAt"')},
    e.grant_id::float8 as "grantId", e.from_state as "fromState", e.to_state as "toState", e.amount::text,
    e.available_after::text as "availableAfter", e.held_after::text as "heldAfter", e.owed_after::text as "owedAfter",
    p.member_id as "memberId", p.caller_id as "callerId", p.reference, p.reason, p.hold_id::float8 as "holdId",
    p.charge_id::float8 as "chargeId", p.rate_card_version as "rateCardVersion", e.line, e.rate, e.quantity::text,
    e.count, e.money_amount::text as "moneyAmount", e.money_currency as "moneyCurrency", e.tags::text
  from postings p cross join lateral (
    select * from entry e where e.team_id = p.team_id and e.revision <= p.revision order by e.revision desc limit p.size) e
  order by p.platform_position, p.team_id, e.revision`

/** The entries of the next postings of all teams behind a place, of at most `limit` postings, in the order of all teams. */
export async function readEntriesBehind(
  client: Client,
  { platformPosition, teamId, revision }: PlatformPlace,
  limit: number,
): Promise<ExportedEntry[]> {
  const values = [platformPosition, teamId, revision, limit]
  return (await client.query<ExportedEntry>({ name: 'entries-behind', text: entriesBehind, values })).rows
}

/** A team as it is posted. */
export type ExportedTeam = {
  readonly teamId: TeamId
  readonly name: string
  readonly planId: string | null
  readonly seats: number
  readonly available: string
  readonly held: string
  readonly owed: string
  readonly state: string
  readonly revision: Revision
  readonly createdAt: Instant
}

const teamsBehind = `
  select team_id as "teamId", name, plan_id as "planId", seats, available::text, held::text, owed::text, alert as state,
    revision::float8, ${ms('created_at', '"createdAt"')}
  from account where team_id > $1 order by team_id limit $2`

/** The next teams behind one, in the order of their ids. */
export async function readTeamsBehind(client: Client, after: TeamId, limit: number): Promise<ExportedTeam[]> {
  return (await client.query<ExportedTeam>({ name: 'teams-behind-id', text: teamsBehind, values: [after, limit] })).rows
}
