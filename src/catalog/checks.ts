import { ONE } from '../domain/amounts/decimal.ts'
import { formatMoney } from '../domain/amounts/money.ts'
import { payableIn } from '../domain/amounts/payable.ts'
import { creditLineRate } from '../domain/credit-line.ts'
import { isWhole } from '../domain/rate-card.ts'
import type { CatalogContent, PlanContent, RateContent } from './content.ts'
import { currencyMismatches } from './currency-checks.ts'
import { customTopUpFaults, topUpIn } from './custom-top-up.ts'
import type { Mismatch, Path } from './faults.ts'
import { namesIn, noticeFacts } from './notices.ts'
import { currenciesOf, type PricesContent, priceIn } from './prices.ts'

/**
 * All checks across the fields of a catalog: each name refers to something that exists, occurs once, and can be priced.
 */
export function* mismatches(content: CatalogContent): Generator<Mismatch> {
  yield* repeated('plans', content.plans)
  yield* repeated('packages', content.packages)
  yield* repeated('categories', content.categories)
  yield* noticeMismatches(content)
  if (content.defaultPlan !== undefined && !content.plans.some(({ id }) => id === content.defaultPlan)) {
    yield { path: ['defaultPlan'], expected: planOf(content) }
  }
  yield* currencyMismatches(content)
  for (const currency of currenciesOf(content)) yield* unpayable(content, currency)
  yield* creditLineMismatches(content)
  for (const [index, plan] of content.plans.entries()) {
    for (const fault of planMismatches(plan)) yield { ...fault, path: ['plans', index, ...fault.path] }
  }
  yield* cadenceMismatches(content)
  const rates = new Map<string, RateContent>()
  for (const rate of content.categories.flatMap((category) => category.rates)) {
    if (!rates.has(rate.id)) rates.set(rate.id, rate)
  }
  for (const [c, category] of content.categories.entries()) {
    for (const [r, rate] of category.rates.entries()) {
      const path = ['categories', c, 'rates', r]
      if (rates.get(rate.id) !== rate) yield { path: [...path, 'id'], expected: 'an id that no other rate has' }
      for (const fault of rateMismatches(rate, rates, content)) yield { ...fault, path: [...path, ...fault.path] }
    }
  }
  yield* typicalMismatches(content, rates)
}

/** Every price can be paid. Source: Stripe's bounds of a currency. */
function* unpayable(
  { currency: main, packages, plans, customTopUp }: CatalogContent,
  currency: string,
): Generator<Mismatch> {
  const prices = [
    ...packages.map(({ price }, index) => ({ price, path: ['packages', index, 'price'] })),
    ...plans.flatMap(({ addOn }, index) =>
      addOn ? [{ price: addOn.price, path: ['plans', index, 'addOn', 'price'] }] : [],
    ),
  ]
  const { step, least, most } = payableIn(currency)
  const told = (amount: bigint) => formatMoney({ amount, currency })
  const expected = `a price that can be paid in ${currency}: ${told(least)} to ${told(most)}, in steps of ${told(step)}`
  const isPayable = (price: bigint) => price % step === 0n && price >= least && price <= most
  for (const { price, path } of prices) {
    const amount = priceIn(price, currency, main)
    if (amount !== null && !isPayable(amount)) yield { path: pathIn(path, price, currency), expected }
  }
  const offer = customTopUp === undefined ? null : topUpIn(customTopUp, currency, main)
  if (offer === null) return
  for (const { path, expected: what } of customTopUpFaults(offer, isPayable)) {
    const [, index, key] = path
    const prices = key === 'perCredit' ? customTopUp?.tiers[Number(index)]?.perCredit : undefined
    const place = prices === undefined ? path : pathIn(path, prices, currency)
    yield { path: ['customTopUp', ...place], expected: currency === main ? what : `${what} (in ${currency})` }
  }
}

/** The place of a price in the file. */
const pathIn = (path: Path, prices: PricesContent, currency: string): Path =>
  typeof prices === 'bigint' ? path : [...path, currency]

/** A credit line has a price, and the rate by which it is billed is no other. */
function* creditLineMismatches({ creditLine, plans, categories }: CatalogContent): Generator<Mismatch> {
  for (const [index, plan] of plans.entries()) {
    if (plan.creditLine === undefined || creditLine !== undefined) continue
    yield { path: ['plans', index, 'creditLine'], expected: 'no credit line, or the key creditLine with its price' }
  }
  for (const [c, { rates }] of categories.entries()) {
    for (const [r, { id }] of rates.entries()) {
      if (id !== creditLineRate) continue
      yield {
        path: ['categories', c, 'rates', r, 'id'],
        expected: 'another id: what credit lines lend is billed by this',
      }
    }
  }
}

const planOf = ({ plans }: CatalogContent) => `a plan of this catalog: ${plans.map(({ id }) => id).join(', ')}`

function* planMismatches(plan: PlanContent): Generator<Mismatch> {
  yield* repeated('allowances', plan.allowances)
  if (!plan.topUp && plan.contact === undefined) {
    yield { path: ['contact'], expected: 'whom to ask for more credits, because topUp is off' }
  }
  if (plan.addOn && plan.allowances.length === 0) {
    yield { path: ['addOn'], expected: 'an add-on only on a plan with an allowance, whose periods are its cycle' }
  }
  for (const [index, { anchor, every, interval }] of plan.allowances.entries()) {
    const path = ['allowances', index]
    if (typeof anchor === 'object' && every !== ('weekday' in anchor ? 'WEEK' : 'MONTH')) {
      const own = { WEEK: 'calendar, a weekday', MONTH: 'calendar, a day from 1 to 31', YEAR: 'calendar' }[every]
      yield { path: [...path, 'anchor'], expected: `${own} or subscription, because it deposits every ${every}` }
    }
    if (every === 'YEAR' && interval === 'MONTH') {
      const expected = 'YEAR, because who pays by the month cannot have a year of credits upfront'
      yield { path: [...path, 'interval'], expected }
    }
  }
}

/**
 * A team that changes its plan continues the periods of the allowance with the same id, so its cadence must be the
 * same.
 */
function* cadenceMismatches({ plans }: CatalogContent): Generator<Mismatch> {
  const first = new Map<string, { plan: string; every: string }>()
  for (const [p, plan] of plans.entries()) {
    for (const [a, { id, every }] of plan.allowances.entries()) {
      const known = first.get(id) ?? { plan: plan.id, every }
      first.set(id, known)
      // Two allowances of one plan have one id: the id is wrong, not the cadence.
      if (known.every === every || known.plan === plan.id) continue
      const expected = `${known.every}, as '${id}' of the plan '${known.plan}' deposits, or an id of its own`
      yield { path: ['plans', p, 'allowances', a, 'every'], expected }
    }
  }
}

function* typicalMismatches(
  { typicalMessage }: CatalogContent,
  rates: ReadonlyMap<string, RateContent>,
): Generator<Mismatch> {
  if (typeof typicalMessage !== 'object') return
  for (const [index, line] of typicalMessage.entries()) {
    const rate = rates.get(line.rate)
    const path = ['typicalMessage', index]
    if (rate?.settlement !== 'CREDITS' || rate.free || rate.auto) {
      yield {
        path: [...path, 'rate'],
        expected: 'a rate of this catalog that has its own price and is paid in credits',
      }
    } else if (typicalMessage.findIndex((other) => other.rate === line.rate) !== index) {
      yield { path: [...path, 'rate'], expected: 'each rate once, with all that the message uses of it' }
    } else if (isWhole(rate.unit) && line.quantity % ONE !== 0n) {
      yield { path: [...path, 'quantity'], expected: `a whole number, because the rate counts ${rate.unit}` }
    }
  }
}

function* repeated(list: string, items: readonly { readonly id: string }[]): Generator<Mismatch> {
  const seen = new Set<string>()
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) yield { path: [list, index, 'id'], expected: `an id that no other of the ${list} has` }
    seen.add(id)
  }
}

function* noticeMismatches({ notices }: CatalogContent): Generator<Mismatch> {
  for (const [kind, names] of Object.entries<readonly string[]>(noticeFacts)) {
    const notice = notices[kind as keyof typeof notices]
    const unknown = namesIn(notice ?? '').filter((name) => !names.includes(name))
    if (unknown.length === 0) continue
    const known =
      names.length === 0 ? 'nothing in braces' : `only ${names.map((name) => `{${name}}`).join(', ')} in braces`
    yield { path: ['notices', kind], problem: `names {${unknown.join('}, {')}}`, expected: known }
  }
}

function* rateMismatches(
  rate: RateContent,
  rates: ReadonlyMap<string, RateContent>,
  content: CatalogContent,
): Generator<Mismatch> {
  const prices = (['credits', 'money', 'free', 'auto'] as const).filter((key) => rate[key] !== undefined)
  if (prices.length !== 1) {
    const problem = prices.length === 0 ? 'has no price' : `has ${prices.length} prices (${prices.join(', ')})`
    yield { path: [], problem, expected: 'exactly one of credits, money, free, auto' }
  }
  if (rate.settlement === 'METERED' && rate.credits !== undefined) {
    yield { path: ['credits'], expected: 'a price in money, because the rate is metered' }
  }
  if (rate.settlement === 'CREDITS' && rate.money !== undefined && content.creditsPerCurrencyUnit === undefined) {
    yield { path: ['money'], expected: 'a price in credits, because the catalog has no creditsPerCurrencyUnit' }
  }
  if (rate.requires.includes('PLAN') !== rate.plans.length > 0) {
    yield { path: ['plans'], expected: 'the plans that satisfy PLAN, if and only if the rate requires PLAN' }
  }
  for (const [index, id] of rate.plans.entries()) {
    if (!content.plans.some((plan) => plan.id === id)) yield { path: ['plans', index], expected: planOf(content) }
  }
  for (const [index, id] of (rate.auto ?? []).entries()) {
    const expected = choiceExpected(rate, rates.get(id))
    if (expected) yield { path: ['auto', index], expected }
  }
}

/** Why the platform can't choose this rate; undefined: it can. */
function choiceExpected(rate: RateContent, choice: RateContent | undefined): string | undefined {
  if (!choice) return 'a rate of this catalog'
  if (choice.auto) return 'a rate with a price of its own, not an automatic one'
  if (choice.unit !== rate.unit) return `a rate that counts ${rate.unit}, because this one does`
  if (choice.settlement !== rate.settlement) return `a rate with settlement ${rate.settlement}, because this one has it`
  // Otherwise the automatic rate would be a way around what its choices demand.
  if (choice.requires.some((requirement) => !rate.requires.includes(requirement))) {
    return `a rate that requires no more than this one (${choice.requires.join(', ')} is missing here)`
  }
  if (choice.requires.includes('PLAN') && rate.plans.some((plan) => !choice.plans.includes(plan))) {
    return `a rate that all plans of this one may use (${choice.plans.join(', ')})`
  }
  if (choice.role === 'ADMIN' && rate.role !== 'ADMIN') {
    return 'a rate that every MEMBER may spend on, because this one is for them (or give this one role: ADMIN)'
  }
  if (choice.charge !== rate.charge) return `a rate that is charged ${rate.charge}, because this one is`
  if ((rate.maxCount ?? Infinity) > (choice.maxCount ?? Infinity)) {
    return `a rate that takes as many at once as this one (give this one maxCount: ${choice.maxCount})`
  }
  return undefined
}
