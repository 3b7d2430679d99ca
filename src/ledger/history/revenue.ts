import type { PoolClient } from 'pg'
import type { GrantKind } from '../../domain/grant.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import {
  addRevenue,
  creditFate,
  type GrantThen,
  moneyFate,
  noRevenue,
  type Revenue,
  revenueBetween,
} from '../../domain/revenue.ts'
import { lockedColumn } from '../rows/grant-rows.ts'
import { instant, ms } from '../rows/instants.ts'

/** The paid credits of one team, of one kind and currency, in one month. `money` in nano-units of the currency. */
export type RevenueRow = {
  readonly teamId: TeamId
  readonly kind: GrantKind
  readonly currency: string
  readonly credits: Revenue
  readonly money: Revenue
}

export type Month = { readonly startsAt: Instant; readonly endsAt: Instant }

type Client = Pick<PoolClient, 'query'>

const findPaying = `
  select team_id from credit_grant
  where cost_amount is not null and team_id >= $1 and coalesce(cost_at, starts_at) < ${instant('$2::float8')}
  group by team_id order by team_id limit $3`

/** The teams that had paid for credits before an instant, from an id on, in the order of their ids. */
export async function findPayingTeams(client: Client, from: string, before: Instant, limit: number): Promise<TeamId[]> {
  const values = [from, before, limit]
  const { rows } = await client.query<{ team_id: TeamId }>({ name: 'revenue-teams', text: findPaying, values })
  return rows.map(({ team_id }) => team_id)
}

const states = {
  available: `'available'`,
  locked: `'locked'`,
  held: `'held'`,
  spent: `'spent', 'repaid'`,
  revoked: `'revoked'`,
} as const
type State = keyof typeof states
const names = Object.keys(states) as State[]

const movedInto = (state: State): string =>
  `sum(case when to_state in (${states[state]}) then amount else 0 end
    - case when from_state in (${states[state]}) then amount else 0 end) as ${state}`

/** A grant's state at the start and at the end of the month: as it is now, less what was posted since. */
const stateAt = (when: 'start' | 'end'): string =>
  names
    .map((state) => {
      const now = state === 'locked' ? lockedColumn('g') : `g.${state}`
      const since = when === 'end' ? '' : ` - coalesce(w.${state}, 0)`
      return `(${now} - coalesce(l.${state}, 0)${since})::text as ${when}_${state}`
    })
    .join(', ')

const clawbackAt = (revision: string): string => `
  lateral (select total, frozen from clawback c
    where c.team_id = g.team_id and c.grant_id = g.id and c.revision <= ${revision} order by c.revision desc limit 1)`

/** A grant is sold in the month in which it is known what was paid for it: a month that is over never changes. */
const isNew = `(g.id > t.first or coalesce(g.cost_at >= ${instant('$2::float8')}, false))`

const readGrants = `
  with team as materialized (
    select team_id, revision_at(team_id, ${instant('$2::float8')} - interval '1 millisecond') as first,
      revision_at(team_id, ${instant('$3::float8')} - interval '1 millisecond') as last
    from unnest($1::text[]) t(team_id)),
  moved as materialized (
    select t.team_id, e.grant_id, e.revision > t.last as later, ${names.map(movedInto).join(', ')}
    from team t join entry e on e.team_id = t.team_id and e.revision > t.first and e.grant_id is not null
    group by 1, 2, 3)
  select g.team_id, g.kind, g.cost_currency, g.cost_amount::text, g.granted::text, ${ms('g.expires_at', 'expires_at')},
    ${isNew} as is_new, ${ms(`least(${instant('$3::float8')}, ledger_now())`, 'until')}, ${stateAt('start')}, ${stateAt('end')},
    coalesce(s.total, 0)::text as start_total, coalesce(s.frozen, false) as start_frozen,
    coalesce(e.total, 0)::text as end_total, coalesce(e.frozen, false) as end_frozen
  from team t join credit_grant g on g.team_id = t.team_id and g.cost_amount is not null and g.id <= t.last
    and (g.cost_at is null or g.cost_at < ${instant('$3::float8')})
  left join moved w on w.team_id = g.team_id and w.grant_id = g.id and not w.later
  left join moved l on l.team_id = g.team_id and l.grant_id = g.id and l.later
  left join ${clawbackAt('t.first')} s on true
  left join ${clawbackAt('t.last')} e on true
  where g.open or ${isNew} or w.grant_id is not null or l.grant_id is not null or s.frozen or e.total is distinct from s.total`

type When = 'start' | 'end'
type Row = Readonly<Record<`${When}_${State | 'total'}`, string>> &
  Readonly<Record<`${When}_frozen`, boolean>> & {
    readonly team_id: TeamId
    readonly kind: GrantKind
    readonly cost_currency: string
    readonly cost_amount: string
    readonly granted: string
    readonly expires_at: number | null
    readonly is_new: boolean
    readonly until: number
  }

/**
 * The rows of these teams, without those in which nothing was open and nothing happened. A month that is not over ends
 * now. It reads the entries since the month's start. Call it in a snapshot, with teams that have passed the month's end.
 */
export async function readRevenue(client: Client, teams: readonly TeamId[], month: Month): Promise<RevenueRow[]> {
  if (teams.length === 0) return []
  const values = [teams, month.startsAt, month.endsAt]
  const { rows } = await client.query<Row>({ name: 'revenue', text: readGrants, values })
  const sums = new Map<string, RevenueRow>()
  for (const row of rows) {
    const { team_id: teamId, kind, cost_currency: currency } = row
    const name = JSON.stringify([teamId, kind, currency])
    const before = sums.get(name) ?? { teamId, kind, currency, credits: noRevenue, money: noRevenue }
    const { credits, money } = ofGrant(row, month.startsAt)
    sums.set(name, { ...before, credits: addRevenue(before.credits, credits), money: addRevenue(before.money, money) })
  }
  return [...sums.values()].filter(({ credits }) => Object.values(credits).some((amount) => amount !== 0n))
}

function ofGrant(row: Row, startsAt: Instant): Pick<RevenueRow, 'credits' | 'money'> {
  const costBasis = { amount: BigInt(row.cost_amount), currency: row.cost_currency }
  const granted = BigInt(row.granted)
  const before = row.is_new ? null : creditFate(grantAt(row, 'start'), startsAt)
  const after = creditFate(grantAt(row, 'end'), row.until)
  const moneyOf = (fate: typeof after) => moneyFate({ granted }, costBasis, fate)
  return {
    credits: revenueBetween(before, after, granted),
    money: revenueBetween(before && moneyOf(before), moneyOf(after), costBasis.amount),
  }
}

const grantAt = (row: Row, when: When): GrantThen => ({
  granted: BigInt(row.granted),
  available: BigInt(row[`${when}_available`]),
  locked: BigInt(row[`${when}_locked`]),
  held: BigInt(row[`${when}_held`]),
  spent: BigInt(row[`${when}_spent`]),
  revoked: BigInt(row[`${when}_revoked`]),
  clawedBack: BigInt(row[`${when}_total`]),
  frozen: row[`${when}_frozen`],
  expiresAt: row.expires_at === null ? null : Math.round(row.expires_at),
})
