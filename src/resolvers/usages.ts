import type { Credits } from '../domain/amounts/credits.ts'
import { divideRounded } from '../domain/amounts/fixed-point.ts'
import { runsOutAt } from '../domain/decisions/forecast.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { calendarDay } from '../domain/period.ts'
import { dayMs } from '../domain/wall-clock.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readCharged, readUsageSums, TooManySums, type UsageSum, type UsageWindow } from '../ledger/history/usage.ts'
import { memberView } from './members.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput } from './request/inputs.ts'
import { readCaughtUp } from './request/reading.ts'
import type { MemberView, TeamView } from './request/results.ts'

export const usageDimensions = ['DAY', 'RATE', 'CATEGORY', 'MEMBER'] as const
export type UsageDimension = (typeof usageDimensions)[number]
export type UsageRow = {
  readonly day: Instant | null
  readonly rate: string | null
  readonly category: string | null
  readonly member: MemberView | null
  readonly credits: Credits
  readonly count: number
}
export type UsageReport = { readonly total: Credits; readonly rows: readonly UsageRow[] }
export type Forecast = { readonly perDay: Credits; readonly runsOutAt: Instant | null }

export const maxUsageDays = 400
const forecastDays = 14

export async function teamUsage(
  { account: { teamId }, at }: TeamView,
  { from, to, groupBy }: { from: Instant; to: Instant; groupBy: readonly UsageDimension[] },
  context: GatewayContext,
): Promise<UsageReport> {
  const { services } = context
  if (from >= to) throw badInput('from', 'the range is empty: give an instant before `to`')
  if (to - from > maxUsageDays * dayMs) throw badInput('to', `the range is too long: give at most ${maxUsageDays} days`)
  const by = new Set(groupBy)
  const { timeZone } = services.catalogs.wholeAt(at)
  const windows = by.has('DAY') ? daysOf(from, to, timeZone) : [{ startsAt: from, endsAt: to }]
  const groups = { byRate: by.has('RATE') || by.has('CATEGORY'), byMember: by.has('MEMBER') }
  const sums = await readCaughtUp(context, teamId, (client) => readUsageSums(client, teamId, windows, groups)).catch(
    (error) => {
      throw error instanceof TooManySums
        ? badInput('groupBy', `${error.message}: give a shorter range, or group by less`)
        : error
    },
  )
  const rows = new Map<string, UsageRow>()
  for (const sum of sums) {
    const row = rowOf(sum, { teamId, by, timeZone, catalogs: services.catalogs })
    const key = JSON.stringify([row.day, row.rate, row.category, row.member?.id ?? null])
    const known = rows.get(key)
    rows.set(key, { ...row, credits: row.credits + (known?.credits ?? 0n), count: row.count + (known?.count ?? 0) })
  }
  return {
    total: sums.reduce((total, { credits }) => total + credits, 0n),
    rows: [...rows.values()].sort((one, other) => (one.day ?? 0) - (other.day ?? 0) || byCredits(one, other)),
  }
}

const byCredits = (one: UsageRow, other: UsageRow) =>
  Number(other.credits > one.credits) - Number(other.credits < one.credits)

/** A team's report: what it is grouped by, the zone of its days, and the catalogs that know its rates. */
type Grouping = {
  readonly teamId: TeamId
  readonly by: ReadonlySet<UsageDimension>
  readonly timeZone: string
  readonly catalogs: Pick<Catalogs, 'categoryOf'>
}

function rowOf(
  { startsAt, rate, memberId, credits, count }: UsageSum,
  { teamId, by, timeZone, catalogs }: Grouping,
): UsageRow {
  return {
    day: by.has('DAY') ? calendarDay(startsAt, timeZone).startsAt : null,
    rate: by.has('RATE') ? rate : null,
    category: by.has('CATEGORY') && rate !== null ? catalogs.categoryOf(rate) : null,
    member: by.has('MEMBER') && memberId !== null ? memberView(teamId, memberId) : null,
    credits,
    count,
  }
}

/** The calendar days that the range touches, the first and the last cut to it; in a zone's own days, 23 to 25 hours long. */
function daysOf(from: Instant, to: Instant, timeZone: string): UsageWindow[] {
  const windows: UsageWindow[] = []
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
  const charged = await readCaughtUp(context, teamId, (client) => readCharged(client, teamId, window))
  const perDay = divideRounded(charged, BigInt(forecastDays), 'half-up')
  const { rulesAt } = context.services.catalogs.in(account.currency)
  return { perDay, runsOutAt: runsOutAt(account, perDay, rulesAt, at) }
}
