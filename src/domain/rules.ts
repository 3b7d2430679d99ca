import type { Policy } from './account.ts'
import type { Instant } from './identity.ts'
import type { RateCard } from './rate-card.ts'

/** The rules in force at an instant: the prices, and the catalog's decisions about accounts. */
export type Rules = { readonly card: RateCard; readonly policy: Policy }

/** The rules of every instant. The same instant has the same rules in every process and at every time. */
export type RulesAt = (instant: Instant) => Rules

/** The world that decisions are made in. */
export type World = {
  readonly rulesAt: RulesAt
  /** The card of a version that was ever in force. */
  cardOf(version: string): RateCard
}

/** The rules by currency: a team's rules are those of the currency in which it pays. */
export type Worlds = {
  /** Null: the main currency. */
  in(currency: string | null): World
}

/** An instant, and the rules that are in force then. */
export type Moment = Rules & { readonly at: Instant }
export type PolicyMoment = Pick<Moment, 'policy' | 'at'>

/** The world at the instant of a decision. */
export type Context = World & Moment

export const contextAt = (world: World, at: Instant): Context => ({ ...world, ...world.rulesAt(at), at })
