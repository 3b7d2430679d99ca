import type { Money } from '../domain/amounts/money.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Loss } from '../domain/loss.ts'
import { type NewPurchase, type PurchaseState, takenBack } from '../domain/purchase.ts'
import { type Charged, purchaseTotal } from '../domain/purchase-total.ts'
import type { TaxBehavior, Taxed } from '../domain/tax.ts'

/**
 * The effect of a reversal on the money: NONE yet, WITHDRAWN (the payer has it), or RETURNED (it has come back). The
 * effect never goes backwards.
 */
export const reversalEffects = ['NONE', 'WITHDRAWN', 'RETURNED'] as const
export type ReversalEffect = (typeof reversalEffects)[number]
/**
 * A refund (`re_…`), a dispute (`dp_…`, `du_…`) or a credit note (`cn_…`); `amount` with its tax, in nano-units of the price's
 * currency.
 */
export type Reversal = { readonly id: string; readonly amount: bigint; readonly effect: ReversalEffect }

/**
 * The facts that are known of a payment. Each fact only grows, so observations may arrive in any order and more than
 * once.
 */
export type PaymentFacts = {
  readonly outcome: PaymentOutcome
  readonly intent: string | null
  readonly session: string | null
  readonly checkoutUrl: string | null
  /** The page on which the customer confirms the payment. */
  readonly actionUrl: string | null
  readonly declineCode: string | null
  /** Why the payment failed, for people. */
  readonly failure: string | null
  readonly reversals: readonly Reversal[]
  /** The tax and the total of the payment for the price; null: it has no tax, or there is none. */
  readonly taxed: Taxed | null
  /** The amount that a promotion code takes off the price, in nano-units of its currency; null: nothing. */
  readonly discount: bigint | null
  /** The method that paid; it may be another one than the saved one that was asked first. */
  readonly paidBy: string | null
  /** The same for the same card or account, whichever method holds it. */
  readonly fingerprint: string | null
  /** The payer has done everything, and the bank takes days to pay. */
  readonly isUnderWay: boolean
  /** A warning of the card's issuer that the payment is fraud (`issfr_…`); null: there was none. */
  readonly warning: string | null
  /** A person looks at the payment for fraud, or has let it pass; null: neither. */
  readonly review: Review | null
  readonly receiptUrl: string | null
  readonly invoice: string | null
  readonly invoiceUrl: string | null
}

/**
 * The later in the list, the stronger: a payment that succeeded has not failed, whatever is observed afterwards.
 * PAID_OTHERWISE: a payment succeeded, but not for the price. It brings no credits and waits for the operator.
 */
export const outcomes = ['OPEN', 'FAILED', 'CANCELED', 'PAID_OTHERWISE', 'PAID'] as const
export type PaymentOutcome = (typeof outcomes)[number]

/** The later in the list, the stronger: a review that has let the payment pass is not open any more. */
export const reviews = ['OPEN', 'CLOSED'] as const
export type Review = (typeof reviews)[number]

/** The decline code of a purchase with the outcome PAID_OTHERWISE. */
export const paidOtherwise = 'paid_otherwise'

/** How Stripe has booked a payment. */
export type Booking = {
  /** The balance transaction of its charge: `txn_…`. */
  readonly transaction: string
  /** In the currency that Stripe pays out. */
  readonly fee: Money
  /** `po_…`; null: it is not paid out yet. */
  readonly payout: string | null
}

/** A purchase with its state and its payment. */
export type Purchase = NewPurchase &
  PaymentFacts & {
    readonly teamId: TeamId
    readonly state: PurchaseState
    readonly customer: string | null
    readonly paymentMethod: string | null
    /** When it was begun to be paid, the team had no purchase that was old enough and paid with money. */
    readonly ofNewTeam: boolean
    /** The address to which Stripe mails the receipt; null: the Stripe account's settings decide. */
    readonly receiptEmail: string | null
    /** Null: Stripe has not booked the payment, or it is not known here yet. */
    readonly booking: Booking | null
    /** How Stripe taxes the price; null: not at all. */
    readonly taxBehavior: TaxBehavior | null
    /** The code in the address to which paying leads back: it shows how the purchase stands, to the first who uses it. */
    readonly returnCode: string
    /** When money was first requested; null: not yet. */
    readonly askedAt: number | null
    /** How often Stripe was asked for the outcome. */
    readonly asks: number
    /** How many facts are known, and how many of them the ledger has. */
    readonly facts: number
    readonly posted: number
  }

/**
 * An observation of a payment at Stripe. An absent field was not observed. A payment that succeeded is observed with its
 * intent; with the intent null, a Checkout cost nothing.
 */
export type Observation = Partial<Omit<PaymentFacts, 'reversals'>> & { readonly reversal?: Reversal }

/**
 * The facts after an observation: the stronger of two outcomes, the larger of two amounts, the first of two names. A
 * payment for the price replaces the payment that was known before, with all that is known of that one. Once the
 * price is paid, no other payment counts, also where a Checkout cost nothing and has no payment. The same observations
 * give the same facts, in whichever order and however often. Returns the very same object if nothing is new. Source:
 * docs/payments.md.
 */
export function observe<Known extends PaymentFacts>(known: Known, seen: Observation): Known {
  if (isOfOther(known, seen)) return known
  const outcome = stronger(outcomes, known.outcome, seen.outcome ?? 'OPEN')
  const isUnderWay = known.isUnderWay || seen.isUnderWay === true
  const waits = outcome === 'OPEN' && !isUnderWay
  const isFailure = outcome === 'FAILED' || outcome === 'PAID_OTHERWISE'
  const why = !isFailure ? null : known.outcome === outcome ? known : seen
  const first = replaces(known, seen) ? nothingPaid : known
  const next: PaymentFacts = {
    outcome,
    intent: first.intent ?? seen.intent ?? null,
    session: known.session ?? seen.session ?? null,
    checkoutUrl: waits ? (known.checkoutUrl ?? seen.checkoutUrl ?? null) : null,
    actionUrl: waits ? (seen.actionUrl ?? known.actionUrl) : null,
    declineCode: why?.declineCode ?? null,
    failure: why?.failure ?? null,
    reversals: seen.reversal === undefined ? first.reversals : withReversal(first.reversals, seen.reversal),
    taxed: first.taxed ?? seen.taxed ?? null,
    discount: discountOf(first, seen),
    paidBy: first.paidBy ?? seen.paidBy ?? null,
    fingerprint: first.fingerprint ?? seen.fingerprint ?? null,
    isUnderWay,
    warning: first.warning ?? seen.warning ?? null,
    review: strongerReview(first.review, seen.review ?? null),
    receiptUrl: first.receiptUrl ?? seen.receiptUrl ?? null,
    invoice: known.invoice ?? seen.invoice ?? null,
    invoiceUrl: known.invoiceUrl ?? seen.invoiceUrl ?? null,
  }
  const isNew = (Object.keys(next) as (keyof PaymentFacts)[]).some((name) => next[name] !== known[name])
  return isNew ? { ...known, ...next } : known
}

/** Before anything is known of a payment. */
const nothingPaid = {
  intent: null,
  reversals: [],
  taxed: null,
  discount: null,
  paidBy: null,
  fingerprint: null,
  warning: null,
  review: null,
  receiptUrl: null,
}

/** Whether the observed payment is the first for the price, and another one was known before. A null intent cost nothing. */
const replaces = ({ outcome, intent }: PaymentFacts, seen: Observation): boolean =>
  outcome !== 'PAID' &&
  seen.outcome === 'PAID' &&
  intent !== null &&
  seen.intent !== undefined &&
  seen.intent !== intent

/** The payment that pays says what a code took off it. Until then, it is what is seen first. */
function discountOf({ outcome, discount }: Pick<PaymentFacts, 'discount'> & Partial<PaymentFacts>, seen: Observation) {
  if (outcome === 'PAID') return discount
  return seen.outcome === 'PAID' ? (seen.discount ?? null) : (discount ?? seen.discount ?? null)
}

/** Whether another payment is observed than the one that has paid the price, if one has. */
const isOfOther = ({ outcome, intent }: PaymentFacts, seen: Observation): boolean =>
  outcome === 'PAID' && seen.intent != null && seen.intent !== intent

/** Whether the observed payment succeeded although another one had paid the purchase. */
export const isSecondPayment = (known: PaymentFacts, seen: Observation): boolean =>
  isOfOther(known, seen) && isSuccess(seen.outcome)

const isSuccess = (outcome: PaymentOutcome | undefined): boolean => outcome === 'PAID' || outcome === 'PAID_OTHERWISE'

/**
 * The name of the payment that brought the credits: its intent, or the session of a Checkout that cost nothing. Null: the
 * purchase is not paid.
 */
export const paymentOf = ({ outcome, intent, session }: PaymentFacts): string | null =>
  intent ?? (outcome === 'PAID' ? session : null)

export function withReversal(known: readonly Reversal[], seen: Reversal): readonly Reversal[] {
  const before = known.find(({ id }) => id === seen.id)
  if (before === undefined) return [...known, seen].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const effect = stronger(reversalEffects, before.effect, seen.effect)
  const amount = seen.amount > before.amount ? seen.amount : before.amount
  if (effect === before.effect && amount === before.amount) return known
  return known.map((one) => (one === before ? { ...one, effect, amount } : one))
}

const stronger = <T>(inOrder: readonly T[], one: T, other: T): T =>
  inOrder.indexOf(one) >= inOrder.indexOf(other) ? one : other

const strongerReview = (known: Review | null, seen: Review | null): Review | null =>
  known === null || seen === null ? (known ?? seen) : stronger(reviews, known, seen)

type Priced = PaymentFacts & Pick<NewPurchase, 'price'>

/** The whole of what the payer paid, or has to pay as far as is known, in nano-units: the price less its discount, with its tax. */
export const totalOf = (charged: Charged): bigint => purchaseTotal(charged).total.amount

/** How much of the total the payer has back now, in nano-units. */
export const returnedMoney = ({ reversals }: Pick<PaymentFacts, 'reversals'>): bigint =>
  reversals.reduce((sum, { effect, amount }) => (effect === 'WITHDRAWN' ? sum + amount : sum), 0n)

/** How many of the credits are taken back now. */
export const returnedCredits = (purchase: Priced & Pick<NewPurchase, 'credits'>) =>
  takenBack({ credits: purchase.credits, total: totalOf(purchase) }, returnedMoney(purchase))

export function stateOf(facts: Priced): PurchaseState {
  if (facts.outcome === 'OPEN') return 'PENDING'
  if (facts.outcome === 'PAID_OTHERWISE') return 'FAILED'
  if (facts.outcome !== 'PAID') return facts.outcome
  const withdrawn = facts.reversals.filter(({ effect }) => effect === 'WITHDRAWN')
  if (withdrawn.some(({ id }) => isDispute(id))) return 'DISPUTED'
  const returned = returnedMoney(facts)
  return returned > 0n && returned >= totalOf(facts) ? 'REFUNDED' : 'PAID'
}

type Suspicion = Pick<PaymentFacts, 'warning' | 'review' | 'reversals'>

/** A warning holds until a dispute about the payment is won. */
const isWarned = ({ warning, reversals }: Suspicion): boolean =>
  warning !== null && !reversals.some(({ id, effect }) => effect === 'RETURNED' && isDispute(id))

/** A review holds until it lets the payment pass, or what it led to has come back: a refund failed, a dispute was won. */
const isReviewed = ({ review, reversals }: Suspicion): boolean =>
  review === 'OPEN' && !reversals.some(({ effect }) => effect === 'RETURNED')

/** Nothing of the credits can be spent while the payment may be fraud. */
export const isFrozen = (facts: Suspicion): boolean => isWarned(facts) || isReviewed(facts)

/** Why the payment counts as lost now; null: it does not. */
export function lossOf(facts: Priced): Loss | null {
  const state = stateOf(facts)
  if (state === 'DISPUTED' || state === 'REFUNDED') return state
  if (facts.outcome !== 'PAID') return null
  if (isWarned(facts)) return 'WARNED'
  return isReviewed(facts) ? 'REVIEWED' : null
}

/** The fate of a payment after it had succeeded, for people; null: nothing happened to it. */
export function whatHappened(facts: Priced): string | null {
  const loss = lossOf(facts)
  if (loss === 'DISPUTED') return 'the payment was disputed'
  if (loss === 'REFUNDED') return 'the payment was refunded'
  if (loss === 'WARNED') return 'the bank warns that the payment is fraud'
  if (loss === 'REVIEWED') return 'the payment is being reviewed for fraud'
  if (returnedMoney(facts) > 0n) return 'the payment was refunded in part'
  const back = facts.reversals.filter(({ effect }) => effect === 'RETURNED')
  if (back.length === 0) return facts.review === 'CLOSED' ? 'the review let the payment pass' : null
  return back.some(({ id }) => isDispute(id)) ? 'the dispute was won' : 'the refund did not go through'
}

/** Refunds have more prefixes: `re_…`, and `pyr_…` for payments without a card. */
export const isDispute = (id: string) => /^d[pu]_/.test(id)
