import { lastingKinds } from '../domain/account.ts'
import { divideRounded } from '../domain/amounts/fixed-point.ts'
import { NANO } from '../domain/amounts/money.ts'
import { grantKinds } from '../domain/grant.ts'
import type { NewTeamCredits } from '../domain/new-team-credits.ts'
import type { Rate, Terms } from '../domain/rate-card.ts'
import type { Catalog, CreditPackage, Plan, PlanAllowance, WholeCatalog } from './catalog.ts'
import { inCurrency } from './currencies.ts'
import {
  amountInWords,
  anchorInWords,
  anyAmountInWords,
  countedInWords,
  creditsInWords,
  depositInWords,
  hasAmount,
  intervalInWords,
  moneyInWords,
  percentInWords,
  priceInWords,
  requirementInWords,
  rolloverInWords,
  saleInWords,
  topUpInWords,
  unitInWords,
} from './words.ts'

/**
 * The changes of the new catalog for customers, one sentence each: plans, packages, rates, then policies and notices.
 * Empty if nothing changes for customers: comments, layout and the order of entries make no difference.
 */
export function customerChanges(old: WholeCatalog, next: WholeCatalog): string[] {
  const main = changesIn(old, next)
  const currencies = [...new Set([...next.currencies, ...old.currencies])]
  const others = currencies
    .filter((currency) => currency !== old.currency && currency !== next.currency)
    .flatMap((currency) =>
      changesIn(inCurrency(old, currency), inCurrency(next, currency))
        .filter((line) => !main.includes(line))
        .map((line) => `In ${currency}: ${line}`),
    )
  return [...main, ...others]
}

const changesIn = (old: Catalog, next: Catalog): string[] => [
  ...planLines(old, next),
  ...packageLines(old, next),
  ...rateLines(old, next),
  ...policyLines(old, next),
]

/** `WHAT: OLD → NEW`, if the two differ. */
const changed = (what: string, old: string, next: string): string[] =>
  old === next ? [] : [`${what} ${old} → ${next}`]

function* planLines(old: Catalog, next: Catalog): Generator<string> {
  for (const [before, plan] of pairs(old.plans, next.plans)) {
    if (!plan) yield `Plan ${before.name} is no longer offered`
    else if (!before) yield `New plan ${plan.name}: ${planInWords(plan)}`
    else yield* planChange(before, plan)
  }
  yield* changed('A new team begins', firstPlan(old), firstPlan(next))
}

const planInWords = (plan: Plan): string =>
  [
    ...(plan.trial ? [`a trial of ${trialInWords(plan)}`] : []),
    ...plan.allowances.map(allowanceInWords),
    ...(plan.addOn ? [`units of ${saleInWords(plan.addOn)} a cycle`] : []),
    topUpInWords(plan),
  ].join('; ')

const allowanceInWords = (allowance: PlanAllowance): string => {
  const who = allowance.interval === null ? '' : ` ${intervalInWords(allowance)}`
  const rest = `what is left at the end of a period is ${rolloverInWords(allowance)}`
  return `${depositInWords(allowance)}${who}, ${anchorInWords(allowance)} (${rest})`
}

const firstPlan = ({ defaultPlan, plans }: Catalog): string =>
  defaultPlan === null ? 'without a plan' : `on the plan ${plans.find(({ id }) => id === defaultPlan)?.name}`

function* planChange(old: Plan, plan: Plan): Generator<string> {
  yield* changed('Plan', old.name, `${plan.name}`)
  for (const [before, allowance] of pairs(old.allowances, plan.allowances)) {
    if (!allowance) yield `Plan ${plan.name} no longer deposits ${depositInWords(before)}`
    else if (!before) yield `Plan ${plan.name} also deposits ${allowanceInWords(allowance)}`
    else yield* allowanceChange(plan.name, before, allowance)
  }
  const units = ({ addOn }: Plan) => (addOn ? `${saleInWords(addOn)} a cycle` : 'not sold')
  yield* changed(`Plan ${plan.name}, add-on units:`, units(old), units(plan))
  yield* marked(`The add-on unit of plan ${plan.name}`, old.addOn, plan.addOn)
  yield* changed(`Plan ${plan.name}, credit line:`, creditLineInWords(old), creditLineInWords(plan))
  yield* changed(`Plan ${plan.name}, trial of a new team:`, trialInWords(old), trialInWords(plan))
  yield* changed(`Plan ${plan.name}, more credits:`, topUpInWords(old), topUpInWords(plan))
}

const creditLineInWords = ({ creditLine }: Plan): string => (creditLine === null ? 'none' : creditsInWords(creditLine))

const trialInWords = ({ trial }: Plan): string =>
  trial === null ? 'none' : `${creditsInWords(trial.credits)} for ${trial.days} ${trial.days === 1 ? 'day' : 'days'}`

function* allowanceChange(plan: string, old: PlanAllowance, allowance: PlanAllowance): Generator<string> {
  const [before, now] = [depositInWords(old), depositInWords(allowance)]
  const sameWay = old.every === allowance.every && old.perSeat === allowance.perSeat
  const amount = sameWay ? creditsInWords(old.credits).replace(/ credits?$/, '') : before
  if (before !== now) yield `Plan ${plan} deposits ${amount} → ${now} from its next deposit`
  const which = `Plan ${plan}, ${now}:`
  yield* changed(which, anchorInWords(old), anchorInWords(allowance))
  yield* changed(which, intervalInWords(old), intervalInWords(allowance))
  yield* changed(`${which} what is left at the end of a period is`, rolloverInWords(old), rolloverInWords(allowance))
  yield* marked(`The deposit of plan ${plan}, ${now},`, old, allowance)
}

function* packageLines(old: Catalog, next: Catalog): Generator<string> {
  for (const [before, pack] of pairs(old.packages, next.packages)) {
    if (!pack) yield `Package ${before.name} is no longer sold`
    else if (!before) yield `New package ${pack.name}: ${saleInWords(pack)}`
    else yield* packageChange(before, pack)
  }
  yield* changed('Any amount:', anyAmountInWords(old.customTopUp), anyAmountInWords(next.customTopUp))
  yield* marked('Any amount', old.customTopUp, next.customTopUp)
}

function* packageChange(old: CreditPackage, pack: CreditPackage): Generator<string> {
  yield* changed('Package', old.name, pack.name)
  const compared =
    old.price.currency === pack.price.currency
      ? dearer(old.price.amount * pack.credits, pack.price.amount * old.credits, ' a credit')
      : ''
  for (const line of changed(`Package ${pack.name}:`, saleInWords(old), saleInWords(pack))) yield `${line}${compared}`
  yield* marked(`Package ${pack.name}`, old, pack)
}

function* rateLines(old: Catalog, next: Catalog): Generator<string> {
  for (const [before, category] of pairs(old.rateCard.categories, next.rateCard.categories)) {
    if (before && category) yield* changed('Category', before.name, category.name)
  }
  const { rates } = next.rateCard
  for (const [before, rate] of pairs([...old.rateCard.rates.values()], [...rates.values()])) {
    if (!rate) yield `${before.name} is no longer offered`
    else if (!before) yield `New rate ${rate.name} in ${categoryName(rate, next)}: ${priceInWords(rate, next.rateCard)}`
    else yield* rateChange(before, rate, old, next)
  }
}

const categoryName = ({ category }: Rate, { rateCard }: Catalog): string =>
  rateCard.categories.find(({ id }) => id === category)?.name ?? category

function* rateChange(before: Rate, rate: Rate, old: Catalog, next: Catalog): Generator<string> {
  const { name } = rate
  yield* changed('Rate', before.name, name)
  if (before.category !== rate.category) {
    yield `${name} moves from ${categoryName(before, old)} to ${categoryName(rate, next)}`
  }
  yield* priceChange(before, rate, old, next)
  yield* changed(`${name} is counted in`, countedInWords(before), countedInWords(rate))
  const settled = ({ settlement }: Rate) =>
    settlement === 'METERED' ? 'metered and billed in money' : 'paid in credits'
  yield* changed(`${name} is`, settled(before), settled(rate))
  const plans = [...pairs(old.plans, next.plans)].flatMap(([was, now]) => now ?? was)
  yield* changed(`${name} needs`, requirementInWords(before, plans), requirementInWords(rate, plans))
  const most = ({ maxCount }: Rate) => (maxCount === undefined ? 'as many as wanted' : `at most ${maxCount}`)
  yield* changed(`${name}, in one request:`, most(before), most(rate))
  const charged = ({ charge }: Rate) => (charge === 'at-start' ? 'at the start, back if it fails' : 'when it succeeds')
  yield* changed(`${name} is charged`, charged(before), charged(rate))
  const role = (of: Rate) => (of.role === 'ADMIN' ? 'admins only' : 'every member')
  yield* changed(`${name} is for`, role(before), role(rate))
  yield* marked(name, before, rate)
}

function* priceChange(before: Rate, rate: Rate, old: Catalog, next: Catalog): Generator<string> {
  if ('auto' in before.price && 'auto' in rate.price) {
    const choices = (price: { readonly auto: readonly string[] }) => price.auto.toSorted().join()
    if (choices(before.price) === choices(rate.price)) return
  }
  const sameUnit = hasAmount(before) && hasAmount(rate) && unitInWords(before) === unitInWords(rate)
  const was = sameUnit ? amountInWords(before) : priceInWords(before, old.rateCard)
  const now = priceInWords(rate, next.rateCard)
  const same = priceInWords(before, old.rateCard) === now
  const terms = [old.rateCard.terms.get(before.id), next.rateCard.terms.get(rate.id)] as const
  if (!same) yield `${rate.name}: ${was} → ${now}${pricesCompared(...terms)}`
}

/**
 * The comparison of two prices, if both are for parts of a unit, or both for started blocks of one size, and both are
 * paid in the same way.
 */
function pricesCompared(old: Terms | undefined, next: Terms | undefined): string {
  if (!old || !next || old.choices || next.choices) return ''
  if (old.rate.unit !== next.rate.unit || old.currency !== next.currency || old.block !== next.block) return ''
  return dearer(old.numerator * old.step * next.denominator, next.numerator * next.step * old.denominator)
}

/** ` (33% dearer)`, ` (20% cheaper a credit)`; empty if one of them is free. */
function dearer(old: bigint, next: bigint, of = ''): string {
  if (old === next || old === 0n || next === 0n) return ''
  const percent = divideRounded((next > old ? next - old : old - next) * 100n, old, 'half-up')
  return ` (${percent === 0n ? 'less than 1' : percent}% ${next > old ? 'dearer' : 'cheaper'}${of})`
}

function* policyLines(old: Catalog, next: Catalog): Generator<string> {
  const policy = (what: string, told: (catalog: Catalog) => string) => changed(what, told(old), told(next))
  yield* policy('The product is called', ({ name }) => name)
  yield* policy('Prices are in', ({ currencies }) => currencies.join(', '))
  yield* policy('Calendar periods begin in the time zone', ({ timeZone }) => timeZone)
  for (const line of policy('Work that is priced in money is paid from the balance at', conversionInWords)) {
    yield `${line}${dearer(old.creditsPerMoney?.credits ?? 0n, next.creditsPerMoney?.credits ?? 0n)}`
  }
  yield* policy('A typical message costs', ({ typicalMessage }) =>
    typicalMessage === null ? 'nothing that is told' : creditsInWords(typicalMessage),
  )
  yield* policy('A balance is low below', lowInWords)
  yield* policy('Each line of a charge is rounded', ({ rounding: { to, mode } }) => `${mode} to ${creditsInWords(to)}`)
  for (const kind of grantKinds) {
    yield* policy(`New ${kind} credits burn at priority (lower first)`, ({ burnPriority }) => `${burnPriority[kind]}`)
  }
  for (const kind of lastingKinds) {
    yield* policy(`New ${kind} credits`, ({ expiry }) =>
      expiry[kind] === 'never' ? 'never expire' : 'end with the running cycle',
    )
  }
  yield* policy('Plans, packages and rates are shown', ({ isPublic }) => (isPublic ? 'to anyone' : 'with a token'))
  yield* policy('Another plan or number of seats counts', ({ planChanges }) =>
    planChanges === 'at-once' ? 'at once, in proportion' : 'from the next deposit',
  )
  yield* policy('Periods that a subscription renews are deposited', ({ renewals }) =>
    renewals === 'when-due' ? 'as they begin' : 'once they are paid',
  )
  yield* policy(
    'In 24 hours a team buys at most',
    ({ purchaseLimits: { perDay, moneyPerDay } }) =>
      `${perDay} times, for ${moneyPerDay === null ? 'ten times the dearest purchase' : moneyInWords(moneyPerDay)}`,
  )
  yield* policy(
    'In an hour a team has at most',
    ({ purchaseLimits: { declinesPerHour, setupPagesPerHour } }) =>
      `${declinesPerHour} declined purchases and ${setupPagesPerHour} pages for saving a payment method`,
  )
  yield* policy(
    'Cards of a new team are asked for 3D Secure',
    ({ fraud: { threeDSecure, newTeamDays } }) =>
      `${threeDSecure}, until a paid purchase is ${newTeamDays} ${newTeamDays === 1 ? 'day' : 'days'} old`,
  )
  yield* policy('A purchase of which the bank warns is refunded', ({ fraud: { refundWarnedBelow } }) =>
    refundWarnedBelow === null ? 'by you alone' : `by itself below ${moneyInWords(refundWarnedBelow)}`,
  )
  yield* policy('Credits that a new team buys can be spent', ({ fraud: { newTeamCredits } }) =>
    newTeamCredits === null ? 'at once' : newTeamCreditsInWords(newTeamCredits),
  )
  yield* policy('An unpaid bill is overdue after', ({ meteredBills: { graceDays } }) => `${graceDays} days`)
  yield* policy('A credit that a credit line lends costs', ({ creditLine }) =>
    creditLine === null ? 'nothing, for none is lent' : moneyInWords(creditLine.perCredit),
  )
  yield* policy('Teams pay by', ({ paymentMethods }) => paymentMethods.join(', '))
  yield* policy('Taxes are', ({ tax }) =>
    tax === null ? 'not computed' : `${tax.behavior === 'inclusive' ? 'part of' : 'added to'} prices, as ${tax.code}`,
  )
  yield* policy('Promotion codes are', ({ promotionCodes }) => (promotionCodes ? 'taken at Checkout' : 'not taken'))
  yield* policy('Storage that the balance does not cover is', ({ storageAtZero }) =>
    storageAtZero === 'owe' ? 'owed' : 'not charged',
  )
  for (const kind of Object.keys(next.notices) as (keyof Catalog['notices'])[]) {
    yield* policy(`The notice ${kind} says`, ({ notices }) => `“${notices[kind]}”`)
  }
}

function conversionInWords({ creditsPerMoney }: Catalog): string {
  if (creditsPerMoney === null) return 'no price in credits'
  return `${creditsInWords(creditsPerMoney.credits)} for ${moneyInWords({ amount: NANO, currency: creditsPerMoney.currency })}`
}

const newTeamCreditsInWords = ({ percentAtOnce, restAfterHours }: NewTeamCredits): string =>
  `${percentAtOnce}% at once, the rest after ${restAfterHours} ${restAfterHours === 1 ? 'hour' : 'hours'}`

const lowInWords = ({ lowThreshold }: Catalog): string =>
  'credits' in lowThreshold
    ? creditsInWords(lowThreshold.credits)
    : `${percentInWords(lowThreshold.percent)} of the last 30 days’ usage`

type Marked = { readonly illustrative: boolean } | null

function marked(what: string, old: Marked, next: Marked): string[] {
  if (!old || !next || old.illustrative === next.illustrative) return []
  return [`${what} is ${next.illustrative ? 'now' : 'no longer'} marked as illustrative`]
}

/** Pairs the items of both lists by id: the new ones in their order, then those that are gone. */
function* pairs<T extends { readonly id: string }>(old: readonly T[], next: readonly T[]) {
  for (const item of next) yield [old.find(({ id }) => id === item.id), item] as const
  for (const item of old) {
    if (!next.some(({ id }) => id === item.id)) yield [item, undefined] as const
  }
}
