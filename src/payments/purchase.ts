import type { TeamId } from '../domain/identity.ts'
import { type NewPurchase, type PurchaseState, takenBack } from '../domain/purchase.ts'

/** What a dispute does to the money: nothing yet, it is withdrawn, or it has been given back. It never goes backwards. */
export const disputeEffects = ['NONE', 'WITHDRAWN', 'RETURNED'] as const
export type DisputeEffect = (typeof disputeEffects)[number]
/** `amount` in nano-units of the price's currency. */
export type Dispute = { readonly id: string; readonly amount: bigint; readonly effect: DisputeEffect }

/** What is known of a payment. Each fact only grows, so that it does not matter in which order or how often it is told. */
export type PaymentFacts = {
  readonly outcome: Outcome
  readonly intent: string | null
  readonly session: string | null
  readonly checkoutUrl: string | null
  /** Where the customer confirms the payment. */
  readonly actionUrl: string | null
  readonly declineCode: string | null
  /** Why it failed, for people. */
  readonly failure: string | null
  /** In nano-units of the price's currency. */
  readonly refunded: bigint
  readonly disputes: readonly Dispute[]
  readonly receiptUrl: string | null
  readonly invoice: string | null
  readonly invoiceUrl: string | null
}

/** The later in the list, the stronger: a payment that succeeded has not failed, whatever is told afterwards. */
export const outcomes = ['OPEN', 'FAILED', 'CANCELED', 'PAID'] as const
export type Outcome = (typeof outcomes)[number]

/** A purchase and what came of it. */
export type Purchase = NewPurchase &
  PaymentFacts & {
    readonly teamId: TeamId
    readonly state: PurchaseState
    readonly customer: string | null
    readonly paymentMethod: string | null
    /** When money was first asked for; null: never yet. */
    readonly askedAt: number | null
    /** How often it was asked after. */
    readonly asks: number
    /** How many facts are known, and how many of them the ledger has been told. */
    readonly facts: number
    readonly posted: number
  }

/** Something that Stripe told of a payment; what is left out is not known from it. */
export type Observation = Partial<Omit<PaymentFacts, 'disputes'>> & { readonly dispute?: Dispute }

/**
 * What is known after an observation: of two outcomes the stronger, of two amounts the larger, of names the first. The
 * same facts come of the same observations, in whichever order and however often. The very same object where nothing is
 * new. Source: STACK, trap 12.
 */
export function observe<Known extends PaymentFacts>(known: Known, seen: Observation): Known {
  const outcome = stronger(outcomes, known.outcome, seen.outcome ?? 'OPEN')
  const isOpen = outcome === 'OPEN'
  const failing = outcome === 'FAILED' && known.outcome !== 'FAILED'
  const next: PaymentFacts = {
    outcome,
    intent: known.intent ?? seen.intent ?? null,
    session: known.session ?? seen.session ?? null,
    checkoutUrl: isOpen ? (known.checkoutUrl ?? seen.checkoutUrl ?? null) : null,
    actionUrl: isOpen ? (seen.actionUrl ?? known.actionUrl) : null,
    declineCode: failing ? (seen.declineCode ?? null) : outcome === 'FAILED' ? known.declineCode : null,
    failure: failing ? (seen.failure ?? null) : outcome === 'FAILED' ? known.failure : null,
    refunded: seen.refunded !== undefined && seen.refunded > known.refunded ? seen.refunded : known.refunded,
    disputes: seen.dispute === undefined ? known.disputes : withDispute(known.disputes, seen.dispute),
    receiptUrl: known.receiptUrl ?? seen.receiptUrl ?? null,
    invoice: known.invoice ?? seen.invoice ?? null,
    invoiceUrl: known.invoiceUrl ?? seen.invoiceUrl ?? null,
  }
  const isNew = (Object.keys(next) as (keyof PaymentFacts)[]).some((name) => next[name] !== known[name])
  return isNew ? { ...known, ...next } : known
}

function withDispute(known: readonly Dispute[], seen: Dispute): readonly Dispute[] {
  const before = known.find(({ id }) => id === seen.id)
  if (before === undefined) return [...known, seen].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const effect = stronger(disputeEffects, before.effect, seen.effect)
  const amount = seen.amount > before.amount ? seen.amount : before.amount
  if (effect === before.effect && amount === before.amount) return known
  return known.map((one) => (one === before ? { ...one, effect, amount } : one))
}

const stronger = <T>(inOrder: readonly T[], one: T, other: T): T =>
  inOrder.indexOf(one) >= inOrder.indexOf(other) ? one : other

/** How much of the price the payer has back now, in nano-units. */
export const returnedMoney = ({ refunded, disputes }: PaymentFacts): bigint =>
  disputes.reduce((sum, { effect, amount }) => (effect === 'WITHDRAWN' ? sum + amount : sum), refunded)

/** How many of the credits are taken back now. */
export const returnedCredits = (purchase: PaymentFacts & Pick<NewPurchase, 'credits' | 'price'>) =>
  takenBack(purchase, returnedMoney(purchase))

export function stateOf(facts: PaymentFacts & Pick<NewPurchase, 'price'>): PurchaseState {
  if (facts.outcome === 'OPEN') return 'PENDING'
  if (facts.outcome !== 'PAID') return facts.outcome
  if (facts.disputes.some(({ effect }) => effect === 'WITHDRAWN')) return 'DISPUTED'
  return facts.refunded >= facts.price.amount ? 'REFUNDED' : 'PAID'
}
