import type { UsageDimension } from '../billing/contract.ts'
import { RateNamesDocument, type RateNamesQuery, UsageDocument, type UsageQuery } from '../billing/contract.ts'
import { LiveReading, type Reading } from './reading.ts'
import { fieldOf, ledgerNow, type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'
import { groupUsage, type UsageGroup } from './usage-groups.ts'

export type UsageView = 'feature' | 'member'
export type UsageChoice = { readonly days: number; readonly view: UsageView }
export type UsageReading = {
  readonly choice: UsageChoice
  /** The first instants of the days, in milliseconds; the last one is today. */
  readonly days: readonly number[]
  /** The most credits first; what is beyond the first few is one group. */
  readonly groups: readonly UsageGroup[]
  readonly total: string
  readonly perDay: string
  /** Null: not within the forecast's horizon. */
  readonly runsOutAt: string | null
}

export type UsageController = Store<Reading<UsageReading>> & {
  readonly choose: (choice: Partial<UsageChoice>) => Promise<void>
  readonly retry: () => Promise<void>
}

const dayMs = 86_400_000
const changesUsage = new Set(['CREDITS_CHARGED', 'CREDITS_REFUNDED', 'CREDITS_ADDED', 'CREDITS_EXPIRED'])

/** The charges by day and feature or member, and how long the balance lasts. */
export function createUsage(scope: TeamScope): UsageController {
  let choice: UsageChoice = { days: 30, view: 'feature' }
  let names: Promise<RateNamesQuery> | null = null
  const { client, teamId } = scope
  const reading = new LiveReading<UsageReading>({
    scope,
    follows: ({ type }) => changesUsage.has(type),
    read: async (signal) => {
      const asked = choice
      const to = new Date((await ledgerNow(scope, signal)).getTime() + 1)
      const from = new Date(to.getTime() - asked.days * dayMs)
      const groupBy: UsageDimension[] = ['DAY', asked.view === 'feature' ? 'RATE' : 'MEMBER']
      const variables = { teamId, from: from.toISOString(), to: to.toISOString(), groupBy }
      names ??= client.request(RateNamesDocument).catch((error) => {
        names = null
        throw error
      })
      const [data, card] = await Promise.all([client.request(UsageDocument, variables, { signal }), names])
      return readingOf(asked, teamOf(data), card, to.getTime())
    },
  })
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    choose: (change) => {
      choice = { ...choice, ...change }
      return reading.read()
    },
  }
}

function readingOf(
  choice: UsageChoice,
  { usage, forecast }: NonNullable<UsageQuery['team']>,
  { rateCard }: RateNamesQuery,
  nowMs: number,
): UsageReading {
  const { rows, total } = fieldOf(usage)
  const rates = new Map(rateCard.categories.flatMap((category) => category.rates.map((rate) => [rate.code, category])))
  const { days, groups } = groupUsage({
    rows,
    days: choice.days,
    nowMs,
    keyOf: ({ rate, member }) => {
      if (choice.view === 'member') return { key: member?.memberId ?? '', name: member?.name ?? member?.memberId ?? '' }
      const category = rates.get(rate ?? '')
      return category ? { key: category.code, name: category.name } : { key: rate ?? '', name: rate ?? '' }
    },
  })
  return { choice, days, groups, total, perDay: forecast.perDay, runsOutAt: forecast.runsOutAt }
}
