import { describe, expect, it } from 'vitest'
import { forecastDays } from '../../../web/elements/controllers/usage-forecast.ts'
import { groupUsage } from '../../../web/elements/controllers/usage-groups.ts'

const day = (text: string) => Date.parse(text)
const row = (at: string, rate: string, credits: string) => ({ day: at, rate, credits, count: 1 })
const group = (rows: ReturnType<typeof row>[], days = 3, now = '2026-11-29T15:00:00Z') =>
  groupUsage({ rows, days, nowMs: day(now), keyOf: ({ rate }) => ({ key: rate, name: rate.toUpperCase() }) })

describe('usage by day and group', () => {
  it('has the most credits first, with a number for each day up to today', () => {
    const { days, groups } = group([
      row('2026-11-27T00:00:00Z', 'chat', '0.1'),
      row('2026-11-29T00:00:00Z', 'chat', '0.2'),
      row('2026-11-28T00:00:00Z', 'video', '170'),
    ])
    expect(days).toEqual([day('2026-11-27'), day('2026-11-28'), day('2026-11-29')])
    expect(groups).toEqual([
      { key: 'video', name: 'VIDEO', total: '170', count: 1, perDay: [0, 170, 0] },
      { key: 'chat', name: 'CHAT', total: '0.3', count: 2, perDay: [0.1, 0, 0.2] },
    ])
  })

  it('follows the days of another time zone, over the end of summer time', () => {
    const { days, groups } = group(
      [row('2026-10-23T22:00:00Z', 'chat', '1'), row('2026-10-25T23:00:00Z', 'chat', '3')],
      3,
      '2026-10-26T12:00:00Z',
    )
    expect(days.at(-1)).toBe(day('2026-10-25T23:00:00Z'))
    expect(groups[0]?.perDay).toEqual([1, 0, 3])
  })

  it('leaves out what was before the first day', () => {
    expect(group([row('2026-11-26T00:00:00Z', 'chat', '5')]).groups).toEqual([])
  })

  it('joins what is beyond five groups', () => {
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((rate, index) =>
      row('2026-11-29T00:00:00Z', rate, `${9 - index}`),
    )
    const { groups } = group(rows)
    expect(groups.map(({ key, total }) => [key, total]).slice(-2)).toEqual([
      ['e', '5'],
      ['other', '7'],
    ])
  })
})

describe('the days of a forecast', () => {
  const days = Array.from({ length: 30 }, (_, index) => day('2026-11-29') - (29 - index) * 86_400_000)

  it('are a third of the days shown', () => {
    expect(forecastDays({ days, perDay: '10', runsOutAt: null }).days).toHaveLength(10)
  })

  it('end where the balance has run out', () => {
    const ahead = forecastDays({ days, perDay: '10', runsOutAt: '2026-12-02T08:00:00Z' })
    expect(ahead).toEqual({ days: ['2026-11-30', '2026-12-01', '2026-12-02'].map(day), endsInChart: true })
  })

  it('are none where nothing is used', () => {
    expect(forecastDays({ days, perDay: '0', runsOutAt: null }).days).toEqual([])
  })
})
