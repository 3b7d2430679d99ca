import { decimalOf, microOf } from './amounts.ts'

export type UsageGroup = {
  /** Empty: charged for nobody; `other`: all groups beyond the largest. */
  readonly key: string
  readonly name: string
  readonly total: string
  readonly count: number
  /** One number a day, for bars. */
  readonly perDay: readonly number[]
}

type Row = { readonly day: string | null; readonly credits: string; readonly count: number }
type Key = { readonly key: string; readonly name: string }

export type GroupOptions<R extends Row> = {
  readonly rows: readonly R[]
  readonly days: number
  readonly nowMs: number
  readonly keyOf: (row: R) => Key
}

const dayMs = 86_400_000
/** More colours than these can't be told apart. */
const maxGroups = 6
export const otherKey = 'other'

/**
 * Rows of a usage report as groups with one number for each of the last `days` days, today included. Days begin where the report's do,
 * in the catalog's time zone; without a row, at midnight UTC.
 */
export function groupUsage<R extends Row>({
  rows,
  days,
  nowMs,
  keyOf,
}: GroupOptions<R>): {
  days: readonly number[]
  groups: readonly UsageGroup[]
} {
  const known = rows.map(({ day }) => (day === null ? Number.NaN : Date.parse(day))).filter(Number.isFinite)
  const anchor = known.length > 0 ? Math.max(...known) : Math.floor(nowMs / dayMs) * dayMs
  const today = anchor + Math.floor((nowMs - anchor) / dayMs) * dayMs
  const starts = Array.from({ length: days }, (_, index) => today - (days - 1 - index) * dayMs)

  const groups = new Map<string, { name: string; micro: bigint; count: number; perDay: bigint[] }>()
  for (const row of rows) {
    if (row.day === null) continue
    // A day of summer time has an hour less or more.
    const index = days - 1 - Math.round((today - Date.parse(row.day)) / dayMs)
    if (index < 0 || index >= days) continue
    const { key, name } = keyOf(row)
    const group = groups.get(key) ?? { name, micro: 0n, count: 0, perDay: starts.map(() => 0n) }
    const credits = microOf(row.credits)
    group.micro += credits
    group.count += row.count
    group.perDay[index] = (group.perDay[index] ?? 0n) + credits
    groups.set(key, group)
  }
  const sorted = [...groups].sort(([, one], [, other]) =>
    other.micro > one.micro ? 1 : other.micro < one.micro ? -1 : 0,
  )
  const kept = sorted.length > maxGroups ? sorted.slice(0, maxGroups - 1) : sorted
  const rest = sorted.slice(kept.length).map(([, group]) => group)
  if (rest.length > 0) {
    kept.push([
      otherKey,
      {
        name: otherKey,
        micro: rest.reduce((sum, { micro }) => sum + micro, 0n),
        count: rest.reduce((sum, { count }) => sum + count, 0),
        perDay: starts.map((_, index) => rest.reduce((sum, { perDay }) => sum + (perDay[index] ?? 0n), 0n)),
      },
    ])
  }
  return {
    days: starts,
    groups: kept.map(([key, { name, micro, count, perDay }]) => ({
      key,
      name,
      total: decimalOf(micro),
      count,
      perDay: perDay.map((credits) => Number(decimalOf(credits))),
    })),
  }
}
