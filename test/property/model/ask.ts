import type { Cadence } from './periods.ts'

/**
 * A request to a ledger, in the model's own words: holds and charges by the order in which they were made. `start`: the
 * part on a rate that is charged when its hold is placed.
 */
export type Ask = Asked & {
  /** The caller; absent: the backend. */
  readonly by?: Who
}
type Asked =
  | { readonly do: 'plan'; readonly plan: string; readonly seats: number; readonly interval: Cadence | null }
  | {
      readonly do: 'grant'
      readonly source: string
      readonly amount: bigint
      readonly kind: 'PACKAGE' | 'PROMOTION' | 'ADJUSTMENT'
      readonly lasts: number | null
      /** Its scope: the pictures as a category, or one rate; absent: everything. */
      readonly only?: Only
    }
  /** A new team buys: a quarter is available at once, the rest a day later. */
  | { readonly do: 'buy'; readonly source: string; readonly amount: bigint }
  /** All lines of an ask are pictures, or none is. */
  | { readonly do: 'charge'; readonly amounts: readonly bigint[]; readonly pictures?: boolean }
  | {
      readonly do: 'hold'
      readonly amount: bigint
      readonly lasts: number
      readonly start: boolean
      readonly pictures?: boolean
    }
  | {
      readonly do: 'extend'
      readonly hold: number
      readonly amount: bigint | null
      readonly lasts: number | null
      readonly pictures?: boolean
    }
  | { readonly do: 'capture'; readonly hold: number; readonly amount: bigint; readonly pictures?: boolean }
  | {
      readonly do: 'settle'
      readonly hold: number
      readonly amount: bigint | null
      readonly start: boolean
      readonly pictures?: boolean
    }
  | { readonly do: 'release'; readonly hold: number }
  | { readonly do: 'refund'; readonly charge: number; readonly amount: bigint | null }
  | { readonly do: 'claw-back'; readonly source: string; readonly total: bigint; readonly frozen: boolean }
  | { readonly do: 'meter' }
  | { readonly do: 'bills'; readonly unpaid: readonly ModelBill[] }
  | { readonly do: 'nothing' }

/** A scope of the model. */
export type Only = 'pictures' | 'picture' | 'credit'
/** A rate of the model's usage. */
export type Rated = 'credit' | 'start' | 'picture'

export const pays = (only: Only | null, rate: Rated): boolean =>
  only === null || only === rate || (only === 'pictures' && rate === 'picture')

/** The rate of what an ask uses. */
export function ratedIn(ask: Ask): Rated {
  if ('start' in ask && ask.start) return 'start'
  return 'pictures' in ask && ask.pictures ? 'picture' : 'credit'
}

/** A bill that is not paid, with how many attempts to collect it have failed. */
export type ModelBill = { readonly month: string; readonly failures: number }

/** From when on each bill is overdue: before the ledger begins, soon, and much later. */
export const overdueAt: Readonly<Record<string, number>> = {
  '2026-08': Date.parse('2026-11-10T00:00:00Z'),
  '2026-09': Date.parse('2026-11-18T13:00:00Z'),
  '2026-10': Date.parse('2026-11-21T12:00:00Z'),
  '2026-11': Date.parse('2027-01-05T00:00:00Z'),
}

export const people = { backend: 'PLATFORM', robot: 'PLATFORM', boss: 'ADMIN', ana: 'MEMBER', ben: 'MEMBER' } as const
export type Who = keyof typeof people

/** Callers from the lowest role to the highest: a caller above the placer of a hold may act on the hold. */
const heights = { MEMBER: 0, ADMIN: 1, PLATFORM: 2 } as const
export const heightOf = (who: Who): number => heights[people[who]]

/** The operator's backends are one. */
export const isOne = (one: Who, other: Who): boolean =>
  one === other || (people[one] === 'PLATFORM' && people[other] === 'PLATFORM')

/** The answer of a ledger, as far as the rules decide it. Grants by their source. */
export type Told =
  | { readonly kind: 'done' }
  | { readonly kind: 'charge'; readonly amount: bigint; readonly burn: readonly (readonly [string, bigint])[] }
  | { readonly kind: 'hold'; readonly amount: bigint; readonly remaining: bigint; readonly state: HoldState }
  | { readonly kind: 'grant'; readonly source: string; readonly granted: bigint }
  | { readonly kind: 'refund'; readonly amount: bigint }
  | { readonly kind: 'refused'; readonly code: string; readonly required?: bigint; readonly available?: bigint }

export type HoldState = 'OPEN' | 'SETTLED' | 'RELEASED' | 'EXPIRED'

export type PlanOffer = {
  readonly every: Cadence
  readonly amount: bigint
  readonly perSeat: boolean
  readonly calendar: boolean
}

/** How much a team on these plans may owe for work beyond its balance. */
export const lines: Readonly<Record<string, bigint>> = { none: 25n, weekly: 25n, both: 60n }

/** Small amounts, so that sequences meet at zero and at equality often. */
export const plans: Readonly<Record<string, readonly PlanOffer[]>> = {
  none: [],
  weekly: [{ every: 'WEEK', amount: 40n, perSeat: false, calendar: true }],
  rich: [{ every: 'WEEK', amount: 90n, perSeat: false, calendar: true }],
  seats: [
    { every: 'MONTH', amount: 15n, perSeat: true, calendar: false },
    { every: 'YEAR', amount: 120n, perSeat: true, calendar: false },
  ],
  both: [
    { every: 'WEEK', amount: 20n, perSeat: true, calendar: true },
    { every: 'MONTH', amount: 30n, perSeat: false, calendar: true },
  ],
}
