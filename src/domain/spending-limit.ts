import type { Credits } from './credits.ts'
import type { Instant } from './identity.ts'

export const limitPeriods = ['DAY', 'WEEK', 'MONTH'] as const
export type LimitPeriod = (typeof limitPeriods)[number]

/** A member of the team, whoever acts for it; or whoever calls the API, for whomever. */
export type LimitSubject = { readonly subject: 'MEMBER' | 'CALLER'; readonly id: string }

/** The most credits that a subject may reserve and spend in one calendar day, week or month of the catalog's time zone. */
export type SpendingLimit = LimitSubject & {
  readonly per: LimitPeriod
  /** Null: the limit was lifted. */
  readonly credits: Credits | null
  /** The window that `used` counts. */
  readonly windowStart: Instant
  readonly used: Credits
}
