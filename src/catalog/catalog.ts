import type { AllowanceTerms, Policy } from '../domain/account.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { type Money, pricePerThousand } from '../domain/amounts/money.ts'
import { compileRateCard } from '../domain/compile-rate-card.ts'
import { type CustomTopUp, topUpPrice } from '../domain/custom-top-up.ts'
import type { GrantKind } from '../domain/grant.ts'
import { price } from '../domain/pricing.ts'
import type { PaymentMethod } from '../domain/purchase.ts'
import type { CreditsPerMoney, Price, Rate, RateCard, Rounding } from '../domain/rate-card.ts'
import type { TaxTerms } from '../domain/tax.ts'
import type { TrialTerms } from '../domain/trial.ts'
import type { CatalogContent, RateContent } from './content.ts'
import { topUpIn } from './custom-top-up.ts'
import { deepFreeze } from './freeze.ts'
import { type Notices, ownWords } from './notices.ts'
import { currenciesOf, type PricesContent, priceIn } from './prices.ts'
import { versionOf } from './version.ts'

/** An allowance of a plan. */
export type PlanAllowance = AllowanceTerms & { readonly illustrative: boolean }

export type AddOn = { readonly credits: Credits; readonly price: Money; readonly illustrative: boolean }

/** `topUp`: whether packages can be bought on the plan; if not, `contact` says whom to ask. */
export type Plan = {
  readonly id: string
  readonly name: string
  readonly topUp: boolean
  readonly contact: string | null
  readonly allowances: readonly PlanAllowance[]
  readonly addOn: AddOn | null
  /** How much a team may owe for work beyond its balance; null: nothing. */
  readonly creditLine: Credits | null
  /** A team that never had a trial gets it first; null: the plan has none. */
  readonly trial: TrialTerms | null
}

/**
 * `approxMessages`: how many whole typical messages the package pays for; null: the catalog names no typical message.
 */
export type CreditPackage = {
  readonly id: string
  readonly name: string
  readonly credits: Credits
  readonly price: Money
  /** The prices in all currencies in which it is sold, in the order of the catalog's currencies. */
  readonly prices: readonly Money[]
  readonly pricePer1000: Money
  readonly approxMessages: number | null
  readonly illustrative: boolean
}

/** Any amount of credits, sold beside the packages. */
export type OfferedTopUp = CustomTopUp & { readonly illustrative: boolean }

/**
 * All of a product's numbers and policies in one currency, deeply frozen. Amounts are micro-credits; money is in
 * nano-units of `currency`. What has no price in the currency is not sold in it, and is not here.
 */
export type Catalog = {
  /** 12 hex digits that follow from the content. The rate card has the same version. */
  readonly version: string
  /** The text that the catalog was read from. Parsed again, it gives an equal catalog. */
  readonly source: string
  readonly name: string
  /** Whether plans, packages and the rate card are shown without a token. */
  readonly isPublic: boolean
  readonly currency: string
  /** The currencies in which a team may pay, the main one first. */
  readonly currencies: readonly [string, ...string[]]
  readonly timeZone: string
  readonly creditsPerMoney: CreditsPerMoney | null
  readonly typicalMessage: Credits | null
  readonly lowThreshold: Policy['lowThreshold']
  readonly rounding: Rounding
  /** Lower burns first. */
  readonly burnPriority: Readonly<Record<GrantKind, number>>
  readonly expiry: Policy['expiry']
  readonly planChanges: Policy['planChanges']
  /** When a period that a subscription renews counts as paid for. */
  readonly renewals: 'when-paid' | 'when-due'
  /**
   * The most that a team buys in 24 hours, without automatic recharges; `moneyPerDay` null: ten times the dearest
   * purchase. The most declined purchases, and pages for saving a method, in an hour.
   */
  readonly purchaseLimits: {
    readonly perDay: number
    readonly moneyPerDay: Money | null
    readonly declinesPerHour: number
    readonly setupPagesPerHour: number
  }
  /**
   * A team is new until a paid purchase of it is `newTeamDays` old: its cards are asked for 3D Secure as Stripe's parameter
   * says. A purchase below `refundWarnedBelow` is refunded by itself when the bank warns of fraud; null: none is.
   * A part of what it buys is locked; null: all of it is available at once.
   */
  readonly fraud: {
    readonly threeDSecure: 'any' | 'challenge' | 'automatic'
    readonly newTeamDays: number
    readonly refundWarnedBelow: Money | null
    readonly newTeamCredits: Policy['newTeamCredits']
  }
  /** An unpaid bill is overdue `graceDays` days after it was due; then METERED rates are refused. */
  readonly meteredBills: { readonly graceDays: number }
  /** How teams pay on Stripe's pages, and by what they are charged while nobody is there. */
  readonly paymentMethods: readonly PaymentMethod[]
  /** How Stripe taxes all prices in money; null: no tax is computed. */
  readonly tax: TaxTerms | null
  /** Whether Stripe's page lets the buyer enter a promotion code. */
  readonly promotionCodes: boolean
  readonly storageAtZero: Policy['storageAtZero']
  readonly notices: Notices
  /** The plan on which a new team begins; null: a team begins when the operator assigns one. */
  readonly defaultPlan: string | null
  readonly plans: readonly Plan[]
  readonly packages: readonly CreditPackage[]
  /** Null: credits are sold in packages only. */
  readonly customTopUp: OfferedTopUp | null
  readonly creditLine: Policy['creditLine']
  readonly rateCard: RateCard
}

/** A catalog in its main currency, and beside it in each other one. All have one version. */
export type WholeCatalog = Catalog & { readonly others: readonly Catalog[] }

/** Both are paid at once. Card includes Apple Pay and Google Pay; the others take days. */
const usualMethods: readonly PaymentMethod[] = ['card', 'link']
const purchasesADay = 20
const dearestPurchasesADay = 10n
const triesAnHour = 10
const usualGraceDays = 14
const usualNewTeamDays = 1

/** The most money for which a team buys in 24 hours. */
export function maxMoneyPerDay({ purchaseLimits, packages, customTopUp, currency }: Catalog): Money {
  const largest = customTopUp === null ? [] : [topUpPrice(customTopUp, customTopUp.most)]
  const prices = [...packages.map(({ price }) => price), ...largest]
  const dearest = prices.reduce((most, { amount }) => (amount > most ? amount : most), 0n)
  return purchaseLimits.moneyPerDay ?? { amount: dearest * dearestPurchasesADay, currency }
}

/** The catalog that the content describes. The content must have no mismatches. */
export function buildCatalog(content: CatalogContent, source: string): WholeCatalog {
  const [main, ...others] = currenciesOf(content)
  const version = versionOf(content)
  const build = (currency: string): Catalog => buildIn(currency, content, { version, source })
  return deepFreeze({ ...build(main), others: others.map(build) })
}

function buildIn(
  currency: string,
  content: CatalogContent,
  { version, source }: Pick<Catalog, 'version' | 'source'>,
): Catalog {
  const { currency: main, creditsPerCurrencyUnit, rounding } = content
  const currencies = currenciesOf(content)
  const priced = (prices: PricesContent, of = currency): Money | null => {
    const amount = priceIn(prices, of, main)
    return amount === null ? null : { amount, currency: of }
  }
  const required = (prices: PricesContent, of = currency): Money => {
    const price = priced(prices, of)
    if (price === null) throw new Error(`A price in ${of} is missing`)
    return price
  }
  const creditsPerMoney =
    creditsPerCurrencyUnit === undefined ? null : { currency: main, credits: creditsPerCurrencyUnit }
  const categories = content.categories.map(({ id, name, rates }) => ({
    id,
    name,
    rates: rates.map((rate) => {
      // Credits cost the same in each currency: what is paid in credits has its price in the main one.
      const of = rate.settlement === 'METERED' ? currency : main
      return rateOf(rate, id, (prices) => required(prices, of))
    }),
  }))
  const rateCard = compileRateCard({ version, categories, rounding, creditsPerMoney })
  const typicalMessage = typicalMessageOf(content, rateCard)
  return {
    version,
    source,
    name: content.name,
    isPublic: content.public ?? false,
    currency,
    currencies,
    timeZone: content.timeZone,
    creditsPerMoney,
    typicalMessage,
    lowThreshold: lowThresholdOf(content.lowThreshold),
    rounding,
    burnPriority: content.burnPriority,
    expiry: content.expiry,
    planChanges: content.planChanges,
    renewals: content.renewals,
    purchaseLimits: {
      perDay: content.purchaseLimits?.perDay ?? purchasesADay,
      moneyPerDay: content.purchaseLimits?.moneyPerDay ? priced(content.purchaseLimits.moneyPerDay) : null,
      declinesPerHour: content.purchaseLimits?.declinesPerHour ?? triesAnHour,
      setupPagesPerHour: content.purchaseLimits?.setupPagesPerHour ?? triesAnHour,
    },
    fraud: {
      threeDSecure: content.fraud?.threeDSecure ?? 'any',
      newTeamDays: content.fraud?.newTeamDays ?? usualNewTeamDays,
      refundWarnedBelow: content.fraud?.refundWarnedBelow ? priced(content.fraud.refundWarnedBelow) : null,
      newTeamCredits: content.fraud?.newTeamCredits ?? null,
    },
    meteredBills: { graceDays: content.meteredBills?.graceDays ?? usualGraceDays },
    paymentMethods: content.paymentMethods ?? usualMethods,
    tax: content.tax ?? null,
    promotionCodes: content.promotionCodes ?? false,
    storageAtZero: content.storageAtZero,
    notices: { ...ownWords, ...content.notices },
    defaultPlan: content.defaultPlan ?? null,
    plans: content.plans.map(({ contact, addOn, creditLine, trial, allowances, ...plan }) => ({
      ...plan,
      allowances: allowances.map((allowance) => ({ ...allowance, interval: allowance.interval ?? null })),
      contact: contact ?? null,
      addOn: addOn ? { ...addOn, price: required(addOn.price) } : null,
      creditLine: creditLine ?? null,
      trial: trial ?? null,
    })),
    packages: content.packages.flatMap((pack) => {
      const price = priced(pack.price)
      if (price === null) return []
      const prices = currencies.flatMap((one) => priced(pack.price, one) ?? [])
      const approxMessages = typicalMessage === null ? null : Number(pack.credits / typicalMessage)
      return [{ ...pack, price, prices, pricePer1000: pricePerThousand(price, pack.credits), approxMessages }]
    }),
    customTopUp: content.customTopUp ? topUpIn(content.customTopUp, currency, main) : null,
    creditLine: content.creditLine ? { perCredit: required(content.creditLine.perCredit) } : null,
    rateCard,
  }
}

/** The price of the catalog's typical message by its own card; its rates are known to have prices. Source: facts V3. */
function typicalMessageOf({ typicalMessage }: CatalogContent, card: RateCard): Credits | null {
  if (typeof typicalMessage !== 'object') return typicalMessage ?? null
  const result = price(
    card,
    typicalMessage.map((line) => ({ ...line, count: 1 })),
  )
  return result.ok && result.priced.total > 0n ? result.priced.total : null
}

const lowThresholdOf = (given: CatalogContent['lowThreshold']): Policy['lowThreshold'] =>
  typeof given === 'bigint' ? { credits: given } : { percent: given.percentOfMonthlyUsage }

function rateOf(
  { credits: inCredits, money: inMoney, free: _, auto, ...rate }: RateContent,
  category: string,
  money: (prices: PricesContent) => Money,
): Rate {
  let price: Price = { free: true }
  if (inCredits !== undefined) price = { credits: inCredits }
  else if (inMoney !== undefined) price = { money: money(inMoney) }
  else if (auto) price = { auto }
  return { ...rate, category, price, maxCount: rate.maxCount }
}
