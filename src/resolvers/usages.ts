import type { Credits } from '../domain/amounts/credits.ts'
import { divideRounded } from '../domain/amounts/fixed-point.ts'
import { runsOutAt } from '../domain/decisions/forecast.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { calendarDay } from '../domain/period.ts'
import { isTagKey, maxTags, type Tag, tagKeyRule } from '../domain/tags.ts'
import { dayMs } from '../domain/wall-clock.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import * as history from '../ledger/history/usage.ts'
import { memberView } from './members.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, type Optional } from './request/inputs.ts'
import { readCaughtUp } from './request/reading.ts'
import type { MemberView, TeamView } from './request/results.ts'

export const usageDimensions = ['DAY', 'HOUR', 'RATE', 'CATEGORY', 'MEMBER', 'CALLER', 'REFERENCE'] as const
export type UsageDimension = (typeof usageDimensions)[number]
export type UsageRow = {
  readonly day: Instant | null
  readonly hour: Instant | null
  readonly rate: string | null
  readonly category: string | null
  readonly member: MemberView | null
  readonly caller: string | null
  readonly reference: string | null
  /** The tags of the requested keys that the charges have; null: the report is not grouped by tags. */
  readonly tags: readonly Tag[] | null
  readonly credits: Credits
  readonly count: number
}
export type UsageReport = { readonly total: Credits; readonly rows: readonly UsageRow[] }
export type Forecast = { readonly perDay: Credits; readonly runsOutAt: Instant | null }

export const maxUsageDays = 400
const forecastDays = 14

type UsageArguments = {
  from: Instant
  to: Instant
  groupBy: readonly UsageDimension[]
  groupByTags?: Optional<readonly string[]>
}

export async function teamUsage(
  { account: { teamId }, at }: TeamView,
  { from, to, groupBy, groupByTags }: UsageArguments,
  context: GatewayContext,
): Promise<UsageReport> {
  const { services } = context
  if (from >= to) throw badInput('from', 'the range is empty: give an instant before `to`')
  if (to - from > maxUsageDays * dayMs) throw badInput('to', `the range is too long: give at most ${maxUsageDays} days`)
  const by = new Set(groupBy)
  const keys = checkedKeys(groupByTags ?? [])
  const { timeZone } = services.catalogs.wholeAt(at)
  const windows = by.has('DAY') ? daysOf(from, to, timeZone) : [{ startsAt: from, endsAt: to }]
  const groups = groupsOf(by, keys)
  const sums = await readCaughtUp(context, teamId, (client) =>
    history.readUsageSums(client, teamId, windows, groups),
  ).catch((error) => {
    throw faultOf(error)
  })
  const rows = new Map<string, UsageRow>()
  for (const sum of sums) {
    const row = rowOf(sum, { teamId, by, keys, timeZone, catalogs: services.catalogs })
    const { credits: _, count: __, member, ...groups } = row
    const key = JSON.stringify([groups, member?.id])
    const known = rows.get(key)
    rows.set(key, { ...row, credits: row.credits + (known?.credits ?? 0n), count: row.count + (known?.count ?? 0) })
  }
  return {
    total: sums.reduce((total, { credits }) => total + credits, 0n),
    rows: [...rows.values()].sort(byTimeAndCredits),
  }
}

function checkedKeys(keys: readonly string[]): readonly string[] {
  if (keys.length > maxTags) throw badInput('groupByTags', `it has ${keys.length} keys: give at most ${maxTags}`)
  for (const [index, key] of keys.entries()) {
    if (!isTagKey(key)) throw badInput(`groupByTags.${index}`, `not a usable key: ${tagKeyRule}`)
  }
  return [...new Set(keys)]
}

const groupsOf = (by: ReadonlySet<UsageDimension>, tags: readonly string[]): history.UsageGroups => ({
  byHour: by.has('HOUR'),
  byRate: by.has('RATE') || by.has('CATEGORY'),
  byMember: by.has('MEMBER'),
  byCaller: by.has('CALLER'),
  byReference: by.has('REFERENCE'),
  tags,
})

function faultOf(error: unknown): unknown {
  if (error instanceof history.TooManySums) {
    return badInput('groupBy', `${error.message}: give a shorter range, or group by less`)
  }
  return error instanceof history.TooManyEntries ? badInput('to', `${error.message}: give a shorter range`) : error
}

const byTimeAndCredits = (one: UsageRow, other: UsageRow): number =>
  (one.day ?? 0) - (other.day ?? 0) ||
  (one.hour ?? 0) - (other.hour ?? 0) ||
  byCredits(one, other) ||
  byText(groupOf(one), groupOf(other))

const byCredits = (one: UsageRow, other: UsageRow): number =>
  Number(other.credits > one.credits) - Number(other.credits < one.credits)

const byText = (one: string, other: string): number => Number(one > other) - Number(one < other)

/** Rows without a value come behind those that have one. */
const groupOf = ({ rate, category, member, caller, reference, tags }: UsageRow): string =>
  JSON.stringify([rate, category, member?.id ?? null, caller, reference, tags?.length ? tags : null])

/** A team's report: what it is grouped by, the zone of its days, and the catalogs that know its rates. */
type Grouping = {
  readonly teamId: TeamId
  readonly by: ReadonlySet<UsageDimension>
  /** The keys of its tags. */
  readonly keys: readonly string[]
  readonly timeZone: string
  readonly catalogs: Pick<Catalogs, 'categoryOf'>
}

function rowOf(
  { startsAt, hour, rate, memberId, callerId, reference, tags, credits, count }: history.UsageSum,
  { teamId, by, keys, timeZone, catalogs }: Grouping,
): UsageRow {
  return {
    day: by.has('DAY') ? calendarDay(startsAt, timeZone).startsAt : null,
    hour,
    rate: by.has('RATE') ? rate : null,
    category: by.has('CATEGORY') && rate !== null ? catalogs.categoryOf(rate) : null,
    member: by.has('MEMBER') && memberId !== null ? memberView(teamId, memberId) : null,
    caller: callerId,
    reference,
    tags: keys.length === 0 ? null : tagsOf(keys, tags),
    credits,
    count,
  }
}

const tagsOf = (keys: readonly string[], values: readonly (string | null)[]): Tag[] =>
  keys.flatMap((key, index) => {
    const value = values[index] ?? null
    return value === null ? [] : [{ key, value }]
  })

/** The calendar days that the range touches, the first and the last cut to it; in a zone's own days, 23 to 25 hours long. */
function daysOf(from: Instant, to: Instant, timeZone: string): history.UsageWindow[] {
  const windows: history.UsageWindow[] = []
  for (let startsAt = from; startsAt < to; ) {
    const endsAt = Math.min(calendarDay(startsAt, timeZone).endsAt, to)
    windows.push({ startsAt, endsAt })
    startsAt = endsAt
  }
  return windows
}

/** Source: facts A6. */
export async function teamForecast({ account, at }: TeamView, _: unknown, context: GatewayContext): Promise<Forecast> {
  const window = { startsAt: at - forecastDays * dayMs, endsAt: at + 1 }
  const { teamId } = account
  const charged = await readCaughtUp(context, teamId, (client) => history.readCharged(client, teamId, window))
  const perDay = divideRounded(charged, BigInt(forecastDays), 'half-up')
  const { rulesAt } = context.services.catalogs.in(account.currency)
  return { perDay, runsOutAt: runsOutAt(account, perDay, rulesAt, at) }
}
