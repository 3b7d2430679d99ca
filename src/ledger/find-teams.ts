import type { ReadingClient } from '../database/readings.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { BalanceState } from '../domain/low-balance.ts'
import type { RechargeState } from '../domain/recharge.ts'
import { instant } from './rows/instants.ts'

/** Null: the condition does not count. */
export type TeamConditions = {
  /** A part of the id or of the name, in whichever case. */
  readonly search: string | null
  readonly planId: string | null
  readonly state: BalanceState | null
  readonly availableBelow: Credits | null
  readonly rechargeState: RechargeState | null
  /** Nothing was held or charged from this instant on, and the team is older. */
  readonly inactiveSince: Instant | null
}

/** The order of a list. Teams that are equal in it follow each other by their ids. */
export type TeamOrder = {
  readonly field: 'id' | 'name' | 'available' | 'activity'
  readonly direction: 'asc' | 'desc'
}

/** A place in an order: a value of its field, as text, and an id. A team that moves leaves its place as it is. */
export type TeamPlace = { readonly value: string; readonly teamId: TeamId }

/** A part of the list: the places between the two, both excluded; null: from its start, or to its end. */
export type TeamSpan = {
  readonly order: TeamOrder
  readonly after: TeamPlace | null
  readonly before: TeamPlace | null
  /** Which end the teams are taken from, where there are more than are wanted. */
  readonly from: 'start' | 'end'
}

export type TeamSearch = {
  readonly conditions: TeamConditions
  readonly span: TeamSpan
  readonly limit: number
  /** The catalog's threshold, where it is an amount; null: it is a share of each team's usage. */
  readonly lowThreshold: Credits | null
}

export type FoundTeams = {
  /** From the end of the list that the span says. */
  readonly teams: readonly TeamPlace[]
  /** The search continues behind this place; null: it is complete. */
  readonly rest: TeamPlace | null
}

/** Rows that one page searches at most. */
export const maxSearchedTeams = 10_000

type OrderField = {
  /** The columns of its index, from coarse to fine: a page is a range of it. The id follows. */
  readonly keys: readonly string[]
  /** The field as text. */
  readonly value: string
  /** The keys of a value that a parameter has. */
  readonly keysOf: (parameter: string) => readonly string[]
  /** Whether a text is a value of the field. */
  readonly isValue: (text: string) => boolean
}

const rootOf = (available: string) => `floor(sqrt(sqrt(${available}::float8)))::integer`
const minuteOf = (at: string) => `date_trunc('minute', ${at} at time zone 'UTC')`

const fields: Readonly<Record<TeamOrder['field'], OrderField>> = {
  id: { keys: [], value: `''`, keysOf: () => [], isValue: (text) => text === '' },
  name: {
    keys: ['lower(name) collate "C"'],
    value: 'lower(name)',
    keysOf: (value) => [`${value}::text collate "C"`],
    isValue: () => true,
  },
  available: {
    keys: ['available_root', 'available'],
    value: 'available::text',
    keysOf: (value) => [rootOf(`${value}::text::bigint`), `${value}::text::bigint`],
    isValue: (text) => /^\d{1,18}$/.test(text) || (/^\d{19}$/.test(text) && BigInt(text) < 2n ** 63n),
  },
  activity: {
    keys: ['active_minute', 'active_at'],
    value: '(extract(epoch from active_at) * 1000)::bigint::text',
    keysOf: (value) => [minuteOf(instant(`${value}::text::bigint`)), instant(`${value}::text::bigint`)],
    isValue: (text) => /^-?\d{1,14}$/.test(text),
  },
}

/** Whether a text is one that a place of the order may have. */
export const isPlaceValue = ({ field }: TeamOrder, text: string): boolean => fields[field].isValue(text)

type Parameter = (value: unknown) => string

/** The condition that the range of an index fulfils. */
function rangeOf({ conditions: { inactiveSince }, span }: TeamSearch, parameter: Parameter): string {
  const { keys, keysOf } = fields[span.order.field]
  const conditions = (['after', 'before'] as const).flatMap((side) => {
    const place = span[side]
    if (place === null) return []
    const isAbove = (side === 'after') === (span.order.direction === 'asc')
    const bound = keys.length === 0 ? [] : keysOf(parameter(place.value))
    const id = `${parameter(place.teamId)}::text`
    return [`(${[...keys, 'team_id'].join(', ')}) ${isAbove ? '>' : '<'} (${[...bound, id].join(', ')})`]
  })
  if (inactiveSince !== null) {
    const since = instant(`${parameter(inactiveSince)}::float8`)
    conditions.push(`active_minute <= ${minuteOf(since)} and active_at < ${since}`)
  }
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
}

/**
 * A capped recharge is armed again with its next month or day, which no row says. A team for which time is about to change
 * something is found in any case, unless it must be inactive: time makes no team inactive.
 */
const findTeams = (field: OrderField, direction: 'asc' | 'desc', range: string) => `
  with clock as materialized (select ledger_now() as now),
  searched as materialized (
    select row_number() over () as place, t.* from (
      select team_id, name, plan_id, available, low_threshold, low_threshold_percent, recharge ->> 'state' as recharge, next_boundary,
        next_hold_deadline, ${field.value} as value
      from account ${range} order by ${[...field.keys, 'team_id'].map((key) => `${key} ${direction}`).join(', ')} limit $1) t)
  select s.searched, l.value as "lastValue", l.team_id as "lastTeam", f.value, f.team_id as "teamId"
  from (select count(*)::int as searched from searched) s
  left join lateral (select value, team_id from searched where place = s.searched) l on true
  left join lateral (
    select c.place, c.value, c.team_id from searched c cross join clock
      cross join lateral (
        select coalesce(c.low_threshold, case when c.low_threshold_percent is null then $8::bigint end) as low) t
    where ($2::text is null or strpos(lower(c.team_id collate "default"), lower($2)) > 0 or strpos(lower(c.name), lower($2)) > 0)
      and (c.next_boundary <= clock.now or c.next_hold_deadline <= clock.now or (
        ($3::text is null or c.plan_id = $3)
        and ($4::bigint is null or c.available < $4)
        and ($5::text is null or case when $5 = 'EXHAUSTED' then c.available = 0
          else c.available > 0 and (t.low is null or (c.available < t.low) = ($5 = 'LOW')) end)
        and ($6::text[] is null or coalesce(c.recharge, 'OFF') = any($6))))
    order by c.place limit $7) f on true
  order by f.place`

type Row = {
  readonly searched: number
  readonly lastValue: string | null
  readonly lastTeam: TeamId | null
  readonly value: string | null
  readonly teamId: TeamId | null
}

const placeOf = (value: string | null, teamId: TeamId | null): TeamPlace | null =>
  value === null || teamId === null ? null : { value, teamId }

/**
 * Teams of a span that may fulfil the conditions: those that do, those that time is about to change, and
 * those whose threshold their row doesn't tell.
 */
export async function findCandidates(client: ReadingClient, search: TeamSearch): Promise<FoundTeams> {
  const { rows } = await client.query<Row>(statementOf(search))
  const teams = rows.flatMap(({ value, teamId }) => placeOf(value, teamId) ?? [])
  if (teams.length === search.limit) return { teams, rest: teams.at(-1) ?? null }
  const [first] = rows
  const isCut = first?.searched === maxSearchedOf(search)
  return { teams, rest: isCut ? placeOf(first.lastValue, first.lastTeam) : null }
}

/** Without a condition that is checked row by row, the first rows are the page. */
const maxSearchedOf = ({ conditions: { inactiveSince: _, ...others }, limit }: TeamSearch): number =>
  Object.values(others).every((condition) => condition === null) ? limit : maxSearchedTeams

/** The statement of a search: one for each order, direction and kind of range. */
export function statementOf(search: TeamSearch): { name: string; text: string; values: unknown[] } {
  const { conditions, span, limit, lowThreshold } = search
  const { search: text, planId, state, availableBelow, rechargeState } = conditions
  const { order, after, before, from } = span
  const recharges = rechargeState === 'ARMED' ? ['ARMED', 'CAPPED'] : rechargeState && [rechargeState]
  const values: unknown[] = [maxSearchedOf(search), text, planId, availableBelow, state, recharges, limit, lowThreshold]
  const range = rangeOf(search, (value) => `$${values.push(value)}`)
  const direction = (order.direction === 'asc') === (from === 'start') ? 'asc' : 'desc'
  const given = { after, before, inactive: conditions.inactiveSince }
  const kind = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [name]))
  const name = ['find-teams', order.field, order.direction, direction, ...kind].join('-')
  return { name, text: findTeams(fields[order.field], direction, range), values }
}
