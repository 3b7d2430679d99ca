type Forecast = { readonly days: readonly number[]; readonly perDay: string; readonly runsOutAt: string | null }

const dayMs = 86_400_000

/**
 * The days after today that a chart shows: a third as many as have passed, and none after the balance has run out. None where nothing is used.
 */
export function forecastDays({ days, perDay, runsOutAt }: Forecast): {
  readonly days: readonly number[]
  readonly endsInChart: boolean
} {
  const today = days.at(-1)
  if (today === undefined || Number(perDay) <= 0) return { days: [], endsInChart: false }
  const shown = Math.max(2, Math.round(days.length / 3))
  const left =
    runsOutAt === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor((Date.parse(runsOutAt) - today) / dayMs))
  const ahead = Math.min(shown, left)
  return { days: Array.from({ length: ahead }, (_, index) => today + (index + 1) * dayMs), endsInChart: left <= shown }
}
