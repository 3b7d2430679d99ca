import type { Credits } from './amounts/credits.ts'
import type { Decimal } from './amounts/decimal.ts'
import type { RoundingMode } from './amounts/fixed-point.ts'
import type { Money } from './amounts/money.ts'
import type { Tag } from './tags.ts'

export const units = ['USE', 'IMAGE', 'SECOND', 'TOKEN', 'CHARACTER', 'GB_DAY', 'MINUTE'] as const
export type Unit = (typeof units)[number]
/** USE and IMAGE are counted only in whole units; the others have fractions. */
export const isWhole = (unit: Unit): boolean => unit === 'USE' || unit === 'IMAGE'

export const settlements = ['CREDITS', 'METERED'] as const
/** CREDITS: paid from the balance. METERED: recorded in money and billed apart. */
export type Settlement = (typeof settlements)[number]
export const spendingRoles = ['MEMBER', 'ADMIN'] as const
export type SpendingRole = (typeof spendingRoles)[number]
export const requirements = ['PLAN', 'TOP_UPS_ENABLED'] as const
export type Requirement = (typeof requirements)[number]

/** `auto`: the platform chooses one of these rates; the price is known when the work is settled. */
export type Price =
  | { readonly credits: Credits }
  | { readonly money: Money }
  | { readonly free: true }
  | { readonly auto: readonly string[] }

export type Rate = {
  readonly id: string
  readonly name: string
  /** The id of its category. */
  readonly category: string
  /** The price is for this many units, in micro-units; above 0. */
  readonly per: Decimal
  readonly unit: Unit
  readonly price: Price
  /** Each started `per` counts as a whole one. */
  readonly roundsUp: boolean
  readonly settlement: Settlement
  readonly requires: readonly Requirement[]
  /** The plans that satisfy PLAN; empty where PLAN is not required. */
  readonly plans: readonly string[]
  /**
   * The most that one request may use in all its lines of this rate: the sum of quantity × count in whole units (USE,
   * IMAGE), and the sum of count in the others; undefined: as much as usage allows.
   */
  readonly maxCount: number | undefined
  /**
   * When a hold is charged: when the work has succeeded, or when the hold is placed (and given back if the work fails).
   */
  readonly charge: 'at-success' | 'at-start'
  /** The least role that may spend on the rate. */
  readonly role: SpendingRole
  /** The number is our own choice, not from a source document. */
  readonly illustrative: boolean
}

export type RateCategory = { readonly id: string; readonly name: string; readonly rates: readonly Rate[] }

/** Each line's credits become a multiple of `to` (micro-credits, above 0), once a line. */
export type Rounding = { readonly to: Credits; readonly mode: RoundingMode }

/** The value of one main unit of money in credits, for rates that are priced in money and paid in credits. */
export type CreditsPerMoney = { readonly currency: string; readonly credits: Credits }

/** The content of a rate card, as a catalog writes it. */
export type RateCardContent = {
  readonly version: string
  readonly categories: readonly RateCategory[]
  readonly rounding: Rounding
  readonly creditsPerMoney: CreditsPerMoney | null
}

/**
 * A rate's price, prepared for computing: `quantity × count × numerator / denominator`, rounded to a whole, times
 * `step`, is the cost in micro-credits, or in nano-units of money if the rate is metered. With `block`, the quantity is
 * first counted in started blocks.
 */
export type Terms = {
  readonly rate: Rate
  readonly numerator: bigint
  readonly denominator: bigint
  readonly step: bigint
  readonly block: Decimal | null
  readonly choices: readonly Terms[] | null
  /** The currency of a metered price; null where the cost is in credits. */
  readonly currency: string | null
}

export type RateCard = RateCardContent & {
  readonly rates: ReadonlyMap<string, Rate>
  readonly terms: ReadonlyMap<string, Terms>
}

/** The rate itself, and what an automatic one chooses from. */
export function coveredBy({ rates }: RateCard, id: string): readonly string[] {
  const price = rates.get(id)?.price
  return price !== undefined && 'auto' in price ? [id, ...price.auto] : [id]
}

/** One line of usage with its price. `money` is the cost of a METERED line; such a line costs no credits. */
export type PricedLine = {
  readonly rate: string
  readonly name: string
  /** The id of the rate's category. */
  readonly category: string
  readonly quantity: Decimal
  readonly count: number
  readonly credits: Credits
  readonly low: Credits
  readonly high: Credits
  readonly money: Money | null
  /** Absent: the line has none. */
  readonly tags?: readonly Tag[]
}

/** The requirements of one rate in the usage. `plans`: the plans that satisfy PLAN. */
export type PricedRequirement = {
  readonly rate: string
  readonly name: string
  readonly requires: readonly Requirement[]
  readonly plans: readonly string[]
  readonly role: SpendingRole
}

/** `low ≤ total ≤ high`; they differ only where the platform chooses the engine. `metered`: null where no line is. */
export type Priced = {
  readonly rateCardVersion: string
  readonly lines: readonly PricedLine[]
  readonly total: Credits
  readonly low: Credits
  readonly high: Credits
  readonly metered: Money | null
  readonly requirements: readonly PricedRequirement[]
}
