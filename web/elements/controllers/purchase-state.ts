import type { CreditsClientError } from '../../client/index.ts'
import type { AnyAmountFragment, BuyMutation, OfferQuery, PackFragment, PreviewQuery } from '../buy/contract.ts'
import type { Money } from '../locales/money.ts'
import { microOf } from './amounts.ts'
import { type Choice, isSame } from './intents.ts'

export type Pack = PackFragment
export type AnyAmount = AnyAmountFragment
/** `currency`: that of its prices. */
export type Offer = OfferQuery & { readonly team: NonNullable<OfferQuery['team']>; readonly currency: string }
export type Preview = NonNullable<PreviewQuery['purchasePreview']>
export type Answer = BuyMutation['purchaseCredits']
export type Available = { readonly available: string; readonly revision: number }
export type Admin = { readonly memberId: string; readonly name: string | null }

/**
 * Why there is no purchase yet. `declined`: nothing was charged, another try is another purchase. `unavailable`: nothing was charged, the
 * same purchase may be tried again. `unknown`: no answer came, and trying again never charges twice. `currency`: the team pays in another
 * one by now, in which the prices are shown. `refused`: as `message` says.
 */
export type Problem = {
  readonly kind: 'declined' | 'unavailable' | 'unknown' | 'currency' | 'refused'
  /** The bank's decline code, or the gateway's code. */
  readonly code: string | null
  /** The gateway's own words, in English. */
  readonly message: string
  readonly retryAfterSeconds?: number
}

export type Step =
  | { readonly step: 'loading' }
  | { readonly step: 'not-loaded'; readonly problem: Problem }
  /** `admins` null: not known yet. `contact`: whom to ask for more where the plan sells no packages. */
  | {
      readonly step: 'not-allowed'
      readonly why: 'role' | 'plan'
      readonly admins: readonly Admin[] | null
      readonly contact: string | null
    }
  | { readonly step: 'choosing'; readonly problem: Problem | null }
  | { readonly step: 'paying' }
  /** `checkout` and `confirmation`: the customer goes on at `url`; `processing`: nobody has anything to do; `bank`: nor, for days. */
  | {
      readonly step: 'waiting'
      readonly why: 'checkout' | 'confirmation' | 'processing' | 'bank'
      readonly url: string | null
    }
  /** `before`: what was available when the payment began. */
  | { readonly step: 'paid'; readonly before: string; readonly receiptUrl: string | null }

/** The values that a view of a purchase shows. */
export type PurchaseState = Step &
  Choice & {
    readonly offer: Offer | null
    /** The preview of the choice; null: it is on its way. */
    readonly preview: Preview | null
    /** Null: not known yet. */
    readonly balance: Available | null
  }

export type PurchaseEvent =
  | { readonly type: 'load' }
  | { readonly type: 'loaded'; readonly offer: Offer | null; readonly resumed: Choice | null }
  | { readonly type: 'not-loaded'; readonly error: CreditsClientError }
  | { readonly type: 'admins'; readonly admins: readonly Admin[] }
  | { readonly type: 'choose'; readonly choice: Choice }
  | { readonly type: 'choose-currency'; readonly currency: string }
  /** The offer was read in a currency that was chosen meanwhile. */
  | { readonly type: 'repriced'; readonly offer: Offer }
  | { readonly type: 'previewed'; readonly choice: Choice; readonly preview: Preview }
  | { readonly type: 'balance'; readonly balance: Available }
  | { readonly type: 'pay' }
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'unanswered'; readonly error: CreditsClientError }
  | { readonly type: 'again' }

export const initial: PurchaseState = {
  step: 'loading',
  offer: null,
  packageId: null,
  credits: null,
  currency: null,
  preview: null,
  balance: null,
}

/** The state after an event. An event that does not fit the step, such as a second click on "pay", changes nothing: the very same state. */
export function next(state: PurchaseState, event: PurchaseEvent): PurchaseState {
  switch (event.type) {
    case 'load':
      if (isUnderWay(state)) return state
      // The shown offer stays until it is read anew.
      return state.step === 'choosing' ? choosing(state, null) : { ...shared(state), step: 'loading' }
    case 'loaded':
      return isUnderWay(state) ? state : loaded(state, event.offer, event.resumed)
    case 'not-loaded':
      return isUnderWay(state) ? state : { ...shared(state), step: 'not-loaded', problem: problemOf(event.error) }
    case 'admins':
      return state.step === 'not-allowed' ? { ...state, admins: event.admins } : state
    case 'choose':
      if (state.step !== 'choosing' || isSame(state, event.choice)) return state
      return { ...state, ...event.choice, preview: null, problem: null }
    case 'choose-currency':
      if (state.step !== 'choosing' || state.currency === event.currency) return state
      return { ...state, currency: event.currency, preview: null, problem: null }
    case 'repriced':
      return state.step === 'choosing' ? repriced(state, event.offer) : state
    case 'previewed':
      return isSame(state, event.choice) ? { ...state, preview: event.preview } : state
    case 'balance':
      return { ...state, balance: newer(state.balance, event.balance) }
    case 'pay':
      return state.step === 'choosing' && hasChoice(state) && isPriced(state)
        ? { ...shared(state), step: 'paying' }
        : state
    case 'answered':
      return isUnderWay(state) ? answered(state, event.answer) : state
    case 'unanswered':
      return state.step === 'paying' ? choosing(state, problemOf(event.error)) : state
    case 'again':
      return state.step === 'waiting' || state.step === 'paid' ? choosing(state, null) : state
  }
}

/** Whether money is on its way: then nothing else may be begun. */
export const isUnderWay = ({ step }: PurchaseState): boolean => step === 'paying' || step === 'waiting'

export const chosenPack = ({ offer, packageId }: PurchaseState): Pack | null =>
  offer?.packages.find(({ id }) => id === packageId) ?? null

export const hasChoice = ({ packageId, credits }: Choice): boolean => packageId !== null || credits !== null

/** Whether the offer has the prices of the chosen currency; they may be on their way. */
export const isPriced = ({ offer, currency }: Pick<PurchaseState, 'offer' | 'currency'>): boolean =>
  offer?.currency === currency

/** The chosen sale, with tax once its preview has come. Until then the price of an amount of one's own is null. */
export function chosenSale(state: PurchaseState): { readonly credits: string; readonly price: Money | null } | null {
  const { credits, preview } = state
  const total = preview?.total ?? null
  if (credits !== null) return { credits, price: total }
  const pack = chosenPack(state)
  return pack === null ? null : { credits: pack.credits, price: total ?? (isPriced(state) ? pack.price : null) }
}

/** The package with the lowest price per credit; null where size changes nothing. */
export function bestValue(packages: readonly Pack[]): Pack | null {
  const prices = packages.map(({ pricePer1000 }) => Number(pricePer1000.amount))
  const least = Math.min(...prices)
  return prices.every((price) => price === least) ? null : (packages[prices.indexOf(least)] ?? null)
}

function loaded(state: PurchaseState, offer: Offer | null, resumed: Choice | null): PurchaseState {
  if (offer === null) {
    const message = 'Sign in as a member of a team.'
    return { ...shared(state), step: 'not-loaded', problem: { kind: 'refused', code: 'NO_TEAM', message } }
  }
  const { packages, customTopUp, team } = offer
  const balance = newer(state.balance, team.balance)
  const base = { ...shared(state), offer, balance, currency: offer.currency }
  const contact = team.plan?.contact ?? null
  const isNothingSold = packages.length === 0 && customTopUp === null
  if (team.plan?.topUp !== true || isNothingSold) {
    return { ...base, step: 'not-allowed', why: 'plan', admins: null, contact }
  }
  if (![...packages, customTopUp].some((one) => one?.purchasable))
    return { ...base, step: 'not-allowed', why: 'role', admins: null, contact: null }
  if (resumed !== null) {
    const currency = resumed.currency ?? offer.currency
    return { ...base, ...resumed, currency, preview: null, step: 'waiting', why: 'processing', url: null }
  }
  if (state.step === 'choosing' && isPricing(state, offer)) return { ...state, balance }
  const isAsBefore = state.currency === offer.currency && isOffered(offer, state)
  const kept = isAsBefore ? {} : { ...choiceIn(offer, state, balance), preview: null }
  return { ...base, ...kept, step: 'choosing', problem: null }
}

type Choosing = Extract<PurchaseState, { readonly step: 'choosing' }>

/** Somebody chose another currency while the offer was read, and its prices are on their way. */
const isPricing = ({ currency }: Choosing, offer: Offer): boolean =>
  currency !== null && currency !== offer.currency && offer.team.currencies.includes(currency)

/** In another currency than the chosen one only if the team has that one by now. */
function repriced(state: Choosing, offer: Offer): PurchaseState {
  const isTaken = state.currency !== null && !offer.team.currencies.includes(state.currency)
  if (offer.currency !== state.currency && !isTaken) return state
  const balance = newer(state.balance, offer.team.balance)
  const problem = isTaken ? otherCurrency : state.problem
  const choice = choiceIn(offer, state, balance)
  return { ...state, ...choice, offer, balance, currency: offer.currency, preview: null, problem }
}

const otherCurrency: Problem = {
  kind: 'currency',
  code: 'INVALID_INPUT',
  message: 'The team pays in another currency by now.',
}

/** The choice from before, as the offer sells it: packages have another id in each currency. */
function choiceIn(offer: Offer, before: PurchaseState, balance: Available): Omit<Choice, 'currency'> {
  const { packageId, credits } = before
  if (isOffered(offer, before)) return { packageId, credits }
  const code = chosenPack(before)?.code
  const pack = code === undefined ? undefined : offer.packages.find((one) => one.code === code)
  return pack === undefined ? firstChoice(offer, balance) : { packageId: pack.id, credits: null }
}

export const isOffered = (
  { packages, customTopUp }: Offer,
  { packageId, credits }: Pick<Choice, 'packageId' | 'credits'>,
): boolean =>
  credits === null
    ? packages.some(({ id }) => id === packageId)
    : customTopUp !== null && isSoldBy(customTopUp, credits)

function isSoldBy({ least, most, step }: AnyAmount, credits: string): boolean {
  const [amount, from] = [microOf(credits), microOf(least)]
  return amount >= from && amount <= microOf(most) && (amount - from) % microOf(step) === 0n
}

/** A package where there is one, else the least amount. */
function firstChoice(offer: Offer, balance: Available): Omit<Choice, 'currency'> {
  const packageId = enough(offer, balance)?.id ?? null
  return { packageId, credits: packageId === null ? (offer.customTopUp?.least ?? null) : null }
}

/** The smallest package that takes the balance out of `Low`, else the largest. */
const enough = ({ packages, team }: Offer, { available }: Available): Pack | undefined =>
  packages.find(({ credits }) => Number(available) + Number(credits) >= Number(team.balance.lowThreshold)) ??
  packages.at(-1)

/** A purchase that has begun chose the currency of its team. */
function withCurrency(state: PurchaseState): PurchaseState {
  const { offer, currency } = state
  if (offer === null || currency === null || offer.team.currencies.length === 1) return state
  return { ...state, offer: { ...offer, team: { ...offer.team, currency, currencies: [currency] } } }
}

const begun: ReadonlySet<Answer['__typename']> = new Set(['Purchase', 'PaymentActionRequired', 'PaymentDeclined'])

function answered(before: PurchaseState, answer: Answer): PurchaseState {
  const state = begun.has(answer.__typename) ? withCurrency(before) : before
  switch (answer.__typename) {
    case 'Purchase':
      return ofPurchase(state, answer)
    case 'PaymentActionRequired':
      return { ...shared(state), step: 'waiting', why: 'confirmation', url: answer.actionUrl }
    case 'PaymentDeclined':
      return choosing(state, { kind: 'declined', code: answer.declineCode, message: answer.message })
    case 'PaymentUnavailable': {
      const { code, message, retryAfterSeconds } = answer
      return state.step === 'waiting'
        ? state
        : choosing(state, { kind: 'unavailable', code, message, retryAfterSeconds })
    }
    case 'PurchaseNotAllowed': {
      const { admins, contact } = answer
      return { ...shared(state), step: 'not-allowed', why: contact === null ? 'role' : 'plan', admins, contact }
    }
    case 'InvalidInput':
      if (answer.path[0] === 'currency') return choosing(state, otherCurrency)
  }
  return choosing(state, { kind: 'refused', code: answer.code, message: answer.message })
}

function ofPurchase(state: PurchaseState, purchase: Extract<Answer, { __typename: 'Purchase' }>): PurchaseState {
  const { state: outcome, checkoutUrl, confirmUrl, isUnderWay, invoiceUrl, failure, balance } = purchase
  if (outcome === 'PENDING') {
    const url = confirmUrl ?? checkoutUrl
    const slow = isUnderWay ? 'bank' : 'processing'
    const why = url === null ? slow : url === confirmUrl ? 'confirmation' : 'checkout'
    const isSame = state.step === 'waiting' && state.url === url && state.why === why
    return isSame ? state : { ...shared(state), step: 'waiting', why, url }
  }
  if (outcome === 'FAILED' || outcome === 'CANCELED') {
    return choosing(state, { kind: 'declined', code: outcome, message: failure ?? 'Nothing was charged.' })
  }
  const before = state.preview?.currentBalance ?? state.balance?.available ?? balance.available
  return { ...shared(state), balance: newer(state.balance, balance), step: 'paid', before, receiptUrl: invoiceUrl }
}

function problemOf({ code, message, details: { retryAfterSeconds } }: CreditsClientError): Problem {
  const seconds = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : 30
  if (code === 'RATE_LIMITED' || code === 'OVERLOADED') {
    return { kind: 'unavailable', code, message, retryAfterSeconds: seconds }
  }
  return { kind: lostCodes.has(code) ? 'unknown' : 'refused', code, message }
}

/** After these nobody knows whether the request was served. */
const lostCodes = new Set(['CONNECTION_LOST', 'INTERNAL_SERVER_ERROR', 'LEDGER_UNAVAILABLE'])

const choosing = (state: PurchaseState, problem: Problem | null): PurchaseState => ({
  ...shared(state),
  step: 'choosing',
  problem,
})

const shared = ({ offer, packageId, credits, currency, preview, balance }: PurchaseState) => ({
  offer,
  packageId,
  credits,
  currency,
  preview,
  balance,
})

/** The newer of two balances that come in any order; at the same place of the ledger, the later one. */
const newer = (shown: Available | null, told: Available): Available =>
  shown !== null && shown.revision > told.revision ? shown : told
