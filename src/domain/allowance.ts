import type { Credits } from './credits.ts'
import type { Instant } from './identity.ts'
import { type Cadence, dayOf, periodStart } from './period.ts'

/** What happens to credits that are left when their period ends: lost, carried into the next one, or up to so many of them. */
export type Rollover = 'none' | 'full' | { readonly upTo: Credits }

/**
 * What a plan deposits into one team, again and again. Period k runs from `periodStart(k)` to `periodStart(k + 1)`;
 * each period deposits once, whenever somebody looks.
 */
export type Allowance = {
  /** One a cadence (`week`); survives plan changes, so that a period can't be deposited twice. */
  readonly id: string
  readonly planId: string
  readonly cadence: Cadence
  readonly anchor: Instant
  readonly timeZone: string
  readonly credits: Credits
  readonly perSeat: boolean
  /** The first period not deposited yet, and when it starts. */
  readonly nextPeriod: number
  readonly nextAt: Instant
  /** No period is deposited any more. */
  readonly ended: boolean
}

export const depositOf = (allowance: Allowance, seats: number): Credits =>
  allowance.perSeat ? allowance.credits * BigInt(seats) : allowance.credits

export const periodWindow = (allowance: Allowance, period: number) => ({
  startsAt: periodStart(allowance.anchor, allowance.cadence, allowance.timeZone, period),
  expiresAt: periodStart(allowance.anchor, allowance.cadence, allowance.timeZone, period + 1),
})

/** What the sources of allowances begin with, and no other source may: a name taken would stop a deposit. */
export const allowanceSources = 'plan:'

/** `plan:pro:2026-11-16`, or `plan:pro:month:2026-11-01` beside a weekly one: a grant's source is unique in its team. */
export function depositSource(allowance: Allowance, startsAt: Instant): string {
  const cadence = allowance.cadence === 'WEEK' ? '' : `:${allowance.cadence.toLowerCase()}`
  return `${allowanceSources}${allowance.planId}${cadence}:${dayOf(startsAt, allowance.timeZone)}`
}

/** The allowance after period `period` was deposited. */
export const depositedThrough = (allowance: Allowance, period: number): Allowance => ({
  ...allowance,
  nextPeriod: period + 1,
  nextAt: periodStart(allowance.anchor, allowance.cadence, allowance.timeZone, period + 1),
})
