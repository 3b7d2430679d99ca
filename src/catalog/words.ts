import { type Credits, formatCredits, MICRO } from '../domain/amounts/credits.ts'
import { type Decimal, formatDecimal, ONE } from '../domain/amounts/decimal.ts'
import { formatMoney, type Money } from '../domain/amounts/money.ts'
import type { Rate, RateCard, Unit } from '../domain/rate-card.ts'
import type { AddOn, CreditPackage, OfferedTopUp, Plan, PlanAllowance } from './catalog.ts'

/* How a catalog's numbers are said to people, in English. Every amount is exact: the formatters read its digits. */

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 9 })

/** A decimal, as people read it: `2,341.5`. */
export const grouped = (digits: string): string => numbers.format(digits as `${number}`)

/** `1 credit`, `2,341.5 credits` */
export const creditsInWords = (credits: Credits): string =>
  credits === MICRO ? '1 credit' : `${grouped(formatCredits(credits))} credits`

/** `$20`, `$0.015`, `€1.50` */
export const moneyInWords = (money: Money): string => formatOf(money.currency).format(formatMoney(money) as `${number}`)

/** One for each currency: making a format takes longer than a query. There are some 160 currencies. */
const moneyFormats = new Map<string, Intl.NumberFormat>()

function formatOf(currency: string): Intl.NumberFormat {
  const known = moneyFormats.get(currency)
  if (known) return known
  const options = {
    style: 'currency',
    currency,
    maximumFractionDigits: 9,
    trailingZeroDisplay: 'stripIfInteger',
  } as const
  const made = new Intl.NumberFormat('en-US', options)
  moneyFormats.set(currency, made)
  return made
}

/** In micro-units: `25%`. */
export const percentInWords = (percent: bigint): string => `${grouped(formatDecimal(percent))}%`

const unitWords: Readonly<Record<Unit, readonly [article: string, one: string, many: string]>> = {
  USE: ['a', 'use', 'uses'],
  IMAGE: ['an', 'image', 'images'],
  SECOND: ['a', 'second', 'seconds'],
  TOKEN: ['a', 'token', 'tokens'],
  CHARACTER: ['a', 'character', 'characters'],
  GB_DAY: ['a', 'GB and day', 'GB-days'],
  MINUTE: ['a', 'minute', 'minutes'],
}

const oneOf = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/** The unit that a rate counts: `seconds`. */
export const countedInWords = ({ unit }: Rate): string => unitWords[unit][2]

/** The unit that a price is for: `an image`, `per 1,000 tokens`, `per started 30 seconds`. */
export function unitInWords({ unit, per, roundsUp }: Rate): string {
  const [article, one, many] = unitWords[unit]
  if (per === ONE) return roundsUp ? `a started ${one}` : `${article} ${one}`
  return `per ${roundsUp ? 'started ' : ''}${quantityInWords(per)} ${many}`
}

const quantityInWords = (quantity: Decimal): string => grouped(formatDecimal(quantity))

/** `$0.03`, `9 credits`, `free`, `automatic`. */
export function amountInWords({ price }: Rate): string {
  if ('credits' in price) return creditsInWords(price.credits)
  if ('money' in price) return moneyInWords(price.money)
  return 'free' in price ? 'free' : 'automatic'
}

/** Whether the rate has a price of its own and is not free. */
export const hasAmount = ({ price }: Rate): boolean => 'credits' in price || 'money' in price

/** `$0.03 an image`, `free`, `as Kling 3.0 or Veo 3.1`. */
export function priceInWords(rate: Rate, card: RateCard): string {
  if ('auto' in rate.price) return `as ${choicesInWords(rate.price, card)}`
  return hasAmount(rate) ? `${amountInWords(rate)} ${unitInWords(rate)}` : amountInWords(rate)
}

/** `Kling 3.0, Luma Ray 3 or Veo 3.1` */
export const choicesInWords = ({ auto }: { readonly auto: readonly string[] }, { rates }: RateCard): string =>
  oneOf.format(auto.map((id) => rates.get(id)?.name ?? id))

/** `nothing`, `the plan Starter or Pro, and top-ups enabled`; plans by the names and in the order of `known`. */
export function requirementInWords({ requires, plans }: Rate, known: readonly Plan[]): string {
  const names = known.filter(({ id }) => plans.includes(id)).map(({ name }) => name)
  const needs = [
    ...(requires.includes('PLAN') ? [`the plan ${oneOf.format(names)}`] : []),
    ...(requires.includes('TOP_UPS_ENABLED') ? ['top-ups enabled'] : []),
  ]
  return needs.length === 0 ? 'nothing' : needs.join(', and ')
}

const cadenceWords = { WEEK: 'a week', MONTH: 'a month', YEAR: 'a year' } as const

/** `10,000 credits a week`, `150 credits per seat a month`. */
export const depositInWords = ({ credits, perSeat, every }: PlanAllowance): string =>
  `${creditsInWords(credits)}${perSeat ? ' per seat' : ''} ${cadenceWords[every]}`

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const calendarStart = { WEEK: 'Mondays', MONTH: 'the first of the month', YEAR: '1 January' } as const

/** The begin of an allowance's periods: `from Mondays`, `from day 15 of the month`, `from the day the plan began`. */
export function anchorInWords({ anchor, every }: PlanAllowance): string {
  if (anchor === 'subscription') return 'from the day the plan began'
  if (anchor === 'calendar') return `from ${calendarStart[every]}`
  return 'weekday' in anchor ? `from ${weekdays[anchor.weekday - 1]}s` : `from day ${anchor.dayOfMonth} of the month`
}

/** The subscriptions that get an allowance: `for every subscription`, `for who pays by the year`. */
export const intervalInWords = ({ interval }: PlanAllowance): string =>
  interval === null ? 'for every subscription' : `for who pays by the ${interval.toLowerCase()}`

/** The use of credits that are left at a period's end: `lost`, `carried over`, `carried over up to 100 credits`. */
export function rolloverInWords({ rollover }: PlanAllowance): string {
  if (rollover === 'none') return 'lost'
  return rollover === 'full' ? 'carried over' : `carried over up to ${creditsInWords(rollover.upTo)}`
}

/** `200 credits for $30` */
export const saleInWords = ({ credits, price }: AddOn | CreditPackage): string =>
  `${creditsInWords(credits)} for ${moneyInWords(price)}`

/**
 * `500 to 50,000 credits in steps of 500: $0.01 a credit, from 10,000 credits on $0.0095`; `not sold` where only packages are.
 */
export function anyAmountInWords(offer: OfferedTopUp | null): string {
  if (offer === null) return 'not sold'
  const { least, most, step, tiers, currency } = offer
  const prices = tiers.map(({ from, perCredit }, index) => {
    const price = moneyInWords({ amount: perCredit, currency })
    return index === 0 ? `${price} a credit` : `from ${creditsInWords(from)} on ${price}`
  })
  return `${grouped(formatCredits(least))} to ${creditsInWords(most)} in steps of ${grouped(formatCredits(step))}: ${prices.join(', ')}`
}

/** How more credits are bought on a plan: `packages can be bought`, `contact sales@example.com for more credits`. */
export const topUpInWords = ({ topUp, contact }: Plan): string =>
  topUp ? 'packages can be bought' : `contact ${contact} for more credits`
