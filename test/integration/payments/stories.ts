import type { Stripe } from 'stripe'
import type { Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { type Credits, MICRO } from '../../../src/domain/amounts/credits.ts'
import type { PurchaseChoice } from '../../../src/domain/purchase.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'

/** The context of a story, after its purchase was continued as far as possible. */
export type Happening = {
  readonly sandbox: Sandbox
  readonly stripe: Stripe
  readonly purchase: Purchase
  /** Reads the purchase's present state from Stripe. */
  readonly again: () => Promise<Purchase>
  /** The operator gives that much back, in the smallest unit of the currency. */
  readonly refundAsOperator: (amount: number) => Promise<void>
  /** The gateway gives back a payment that is not the first of the purchase. */
  readonly refundSecond: (intent: string) => Promise<void>
}

export type Story = {
  readonly name: string
  readonly cause: 'PURCHASE' | 'RECHARGE'
  /** Absent: the package of 5,000 credits. */
  readonly choice?: PurchaseChoice
  /** Absent: the main one of the catalog. */
  readonly currency?: string
  /** The saved card; null: none, the purchase is paid by Checkout. */
  readonly card: string | null
  readonly happens: (happening: Happening) => Promise<unknown>
  /** Events that the sandbox doesn't send, derived from those that it does. */
  readonly retold?: (events: readonly Stripe.Event[]) => readonly Stripe.Event[]
  readonly state: Purchase['state']
  /** Credits left of those that were bought, before anything is spent. */
  readonly left: Credits
  /** Whether the ledger's movements are the same in any order of events; else only their end is. */
  readonly oneWay: boolean
  /** A recharge that had been given up: its episode depends on the order of events, its credits do not. */
  readonly givenUp?: true
  /** The amount that the operator gives back, as in `refundAsOperator`. The operator of a retold story does so, too. */
  readonly operatorRefunds?: number
  /** A second payment succeeds, so that the gateway ends all but the first. */
  readonly isPaidTwice?: true
  /** The issuer's warning stands: what was left of the grant can't be spent, and what was spent is not owed. */
  readonly frozen?: true
}

export const visa = '4242424242424242'
export const nothing = async () => undefined

export const pay = ({ purchase: { checkoutUrl } }: Happening, card: string, code: Record<string, string> = {}) =>
  submit(checkoutUrl ?? '', { email: 'ana@example.com', card, ...code })
/** Pays with a promotion code that takes so many percent off; with 100 percent, no card is charged. */
async function payWithCode(happening: Happening, percent: number, card = visa): Promise<void> {
  const { coupons, promotionCodes } = happening.stripe
  const { id: coupon } = await coupons.create({ percent_off: percent })
  const { code } = await promotionCodes.create({ promotion: { type: 'coupon', coupon } })
  await pay(happening, card, { promotion_code: code })
}
const answer = (url: string | null, said: 'complete' | 'fail') => submit(url ?? '', { answer: said })
/** The customer opens the recharge's page, and is led to the bank's. */
async function answerRecharge({ stripe, purchase }: Happening, said: 'complete' | 'fail'): Promise<void> {
  const { intent, paymentMethod } = purchase
  const confirmed = await stripe.paymentIntents.confirm(intent ?? '', {
    payment_method: paymentMethod ?? '',
    return_url: 'https://app.example',
  })
  await answer(confirmed.next_action?.redirect_to_url?.url ?? null, said)
}
export const paidBy = async ({ again, purchase }: Happening): Promise<string> =>
  purchase.intent ?? (await again()).intent ?? ''
export const refund = async (happening: Happening, amount?: number) =>
  happening.stripe.refunds.create({
    payment_intent: await paidBy(happening),
    ...(amount === undefined ? {} : { amount }),
  })
export const dispute = async (happening: Happening, end?: 'won' | 'lost') => {
  const id = happening.sandbox.banks.dispute(await paidBy(happening))
  if (end !== undefined) happening.sandbox.banks.decideDispute(id, end)
}

/** The customer confirms a failed payment with another card. */
async function payAfterAll({ stripe, purchase }: Happening): Promise<void> {
  const { id: payment_method } = await stripe.paymentMethods.attach('pm_card_visa', {
    customer: purchase.customer ?? '',
  })
  await stripe.paymentIntents.confirm(purchase.intent ?? '', { payment_method, return_url: 'https://app.example' })
}

export const warn = async (happening: Happening) => happening.sandbox.banks.warnOfFraud(await paidBy(happening))

/** A review is opened, and ends so; absent: it stays open. */
export async function review(happening: Happening, end?: 'approved'): Promise<void> {
  const id = happening.sandbox.banks.review(await paidBy(happening))
  if (end !== undefined) await happening.stripe.reviews.approve(id)
}

type DisputeEvent = Extract<Stripe.Event, { type: `charge.dispute.${string}` }>
const isDispute = (event: Stripe.Event): event is DisputeEvent => event.type.startsWith('charge.dispute.')
/** The dispute as an inquiry, in which no money moved. */
function asInquiry(events: readonly Stripe.Event[]): readonly Stripe.Event[] {
  return events.flatMap((event): Stripe.Event[] => {
    if (!isDispute(event)) return [event]
    const status = event.data.object.status === 'won' ? 'warning_closed' : 'warning_needs_response'
    const isAsked = event.type === 'charge.dispute.created' || event.type === 'charge.dispute.closed'
    return isAsked ? [{ ...event, data: { object: { ...event.data.object, status } } }] : []
  })
}
/** The dispute after an inquiry. */
function afterInquiry(events: readonly Stripe.Event[]): readonly Stripe.Event[] {
  const asked = asInquiry(events)
    .filter(isDispute)
    .map((event) => ({ ...event, id: event.id.replace('_', '_inquiry_') }))
  return [...events, ...asked]
}

export const bought = {
  cause: 'PURCHASE',
  card: 'pm_card_visa',
  state: 'PAID',
  left: 5_000n * MICRO,
  oneWay: true,
} as const
export const byCheckout = { ...bought, card: null } as const
const failed = { state: 'FAILED', left: 0n } as const
export const recharge = { ...bought, cause: 'RECHARGE' } as const

export const stories: readonly Story[] = [
  { ...bought, name: 'saved method paid', happens: nothing },
  { ...bought, ...failed, name: 'saved method declined', card: 'pm_card_chargeCustomerFail', happens: nothing },
  {
    ...bought,
    name: '3DS, then paid',
    card: 'pm_card_authenticationRequired',
    happens: ({ purchase }) => answer(purchase.actionUrl, 'complete'),
  },
  {
    ...bought,
    ...failed,
    name: '3DS, then failed',
    card: 'pm_card_authenticationRequired',
    happens: ({ purchase }) => answer(purchase.actionUrl, 'fail'),
  },
  {
    ...bought,
    ...failed,
    name: '3DS, then declined',
    card: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    happens: ({ purchase }) => answer(purchase.actionUrl, 'complete'),
  },
  { ...bought, name: 'declined, then paid after all', card: 'pm_card_chargeCustomerFail', happens: payAfterAll },
  {
    ...bought,
    name: 'declined, then called off',
    card: 'pm_card_chargeCustomerFail',
    state: 'CANCELED',
    left: 0n,
    happens: ({ stripe, purchase }) => stripe.paymentIntents.cancel(purchase.intent ?? ''),
  },
  { ...byCheckout, name: 'Checkout paid', happens: (happening) => pay(happening, visa) },
  {
    ...byCheckout,
    name: 'Checkout, the first card declined, then paid',
    async happens(happening) {
      await pay(happening, '4000000000000002')
      await pay(happening, visa)
    },
  },
  {
    ...byCheckout,
    name: 'Checkout expired',
    state: 'CANCELED',
    left: 0n,
    happens: ({ stripe, purchase }) => stripe.checkout.sessions.expire(purchase.session ?? ''),
  },
  {
    ...byCheckout,
    name: 'Checkout, a card declined, then expired',
    state: 'CANCELED',
    left: 0n,
    async happens(happening) {
      await pay(happening, '4000000000000002')
      await happening.stripe.checkout.sessions.expire(happening.purchase.session ?? '')
    },
  },
  {
    ...byCheckout,
    name: 'Checkout by bank, paid days later',
    async happens(happening) {
      await pay(happening, 'bank')
      happening.sandbox.banks.finish(await paidBy(happening), 'succeeded')
    },
  },
  {
    ...byCheckout,
    ...failed,
    name: 'Checkout by bank, failed days later',
    async happens(happening) {
      await pay(happening, 'bank')
      happening.sandbox.banks.finish(await paidBy(happening), 'failed')
    },
  },
  { ...bought, name: 'refunded', state: 'REFUNDED', left: 0n, happens: (happening) => refund(happening) },
  {
    ...bought,
    name: 'two partial refunds',
    left: 2_500n * MICRO,
    oneWay: false,
    async happens(happening) {
      await refund(happening, 100)
      await refund(happening, 150)
    },
  },
  {
    ...bought,
    name: 'a refund that fails later',
    oneWay: false,
    async happens(happening) {
      happening.sandbox.banks.finishRefund((await refund(happening, 200)).id, 'failed')
    },
  },
  {
    ...bought,
    name: 'a pending refund of a part, then the rest',
    card: 'pm_card_pendingRefund',
    oneWay: false,
    state: 'REFUNDED',
    left: 0n,
    async happens(happening) {
      happening.sandbox.banks.finishRefund((await refund(happening, 200)).id, 'succeeded')
      await refund(happening)
    },
  },
  { ...bought, name: 'disputed', state: 'DISPUTED', left: 0n, happens: (happening) => dispute(happening) },
  { ...bought, name: 'dispute won', oneWay: false, happens: (happening) => dispute(happening, 'won') },
  { ...bought, name: 'dispute lost', state: 'DISPUTED', left: 0n, happens: (happening) => dispute(happening, 'lost') },
  { ...bought, name: 'inquiry', happens: (happening) => dispute(happening, 'won'), retold: asInquiry },
  {
    ...bought,
    name: 'inquiry, then dispute lost',
    state: 'DISPUTED',
    left: 0n,
    happens: (happening) => dispute(happening, 'lost'),
    retold: afterInquiry,
  },
  {
    ...bought,
    name: 'partial refund and dispute won',
    left: 4_000n * MICRO,
    oneWay: false,
    async happens(happening) {
      await refund(happening, 100)
      await dispute(happening, 'won')
    },
  },
  {
    ...byCheckout,
    name: 'Checkout paid, partial refund, dispute won',
    left: 4_000n * MICRO,
    oneWay: false,
    async happens(happening) {
      await pay(happening, visa)
      await refund(happening, 100)
      await dispute(happening, 'won')
    },
  },
  { ...bought, name: 'warned of', left: 0n, frozen: true, happens: warn },
  {
    ...byCheckout,
    name: 'Checkout paid, warned of',
    left: 0n,
    frozen: true,
    async happens(happening) {
      await pay(happening, visa)
      await warn(happening)
    },
  },
  {
    ...bought,
    name: 'warned of, then disputed',
    state: 'DISPUTED',
    left: 0n,
    async happens(happening) {
      await warn(happening)
      await dispute(happening)
    },
  },
  {
    ...bought,
    name: 'warned of, then dispute won',
    oneWay: false,
    async happens(happening) {
      await warn(happening)
      await dispute(happening, 'won')
    },
  },
  {
    ...bought,
    name: 'warned of, refunded in part',
    left: 0n,
    frozen: true,
    oneWay: false,
    async happens(happening) {
      await warn(happening)
      await refund(happening, 200)
    },
  },
  { ...bought, name: 'reviewed', left: 0n, frozen: true, happens: (happening) => review(happening) },
  { ...bought, name: 'reviewed, then approved', oneWay: false, happens: (happening) => review(happening, 'approved') },
  {
    ...bought,
    name: 'reviewed, then refunded as fraud',
    state: 'REFUNDED',
    left: 0n,
    async happens(happening) {
      await review(happening)
      await happening.stripe.refunds.create({ payment_intent: await paidBy(happening), reason: 'fraudulent' })
    },
  },
  {
    ...bought,
    name: 'reviewed, then dispute won',
    oneWay: false,
    async happens(happening) {
      await review(happening)
      await dispute(happening, 'won')
    },
  },
  { ...recharge, name: 'recharge paid', happens: nothing },
  { ...recharge, name: 'recharge reviewed', left: 0n, frozen: true, happens: (happening) => review(happening) },
  { ...recharge, name: 'recharge warned of', left: 0n, frozen: true, happens: warn },
  { ...recharge, name: 'recharge disputed', state: 'DISPUTED', left: 0n, happens: (happening) => dispute(happening) },
  { ...recharge, name: 'recharge refunded', state: 'REFUNDED', left: 0n, happens: (happening) => refund(happening) },
  {
    ...recharge,
    name: 'recharge warned of, then refunded',
    state: 'REFUNDED',
    left: 0n,
    async happens(happening) {
      await warn(happening)
      await refund(happening)
    },
  },
  { ...recharge, ...failed, name: 'recharge declined', card: 'pm_card_chargeCustomerFail', happens: nothing },
  {
    ...recharge,
    name: 'recharge that needs 3DS, then paid',
    card: 'pm_card_authenticationRequired',
    happens: (happening) => answerRecharge(happening, 'complete'),
  },
  {
    ...recharge,
    ...failed,
    name: 'recharge that needs 3DS, then failed',
    card: 'pm_card_authenticationRequired',
    happens: (happening) => answerRecharge(happening, 'fail'),
  },
  {
    ...recharge,
    name: 'recharge declined, then paid after all',
    card: 'pm_card_chargeCustomerFail',
    givenUp: true,
    happens: payAfterAll,
  },
  {
    ...recharge,
    name: 'recharge declined, then called off',
    card: 'pm_card_chargeCustomerFail',
    givenUp: true,
    state: 'CANCELED',
    left: 0n,
    happens: ({ stripe, purchase }) => stripe.paymentIntents.cancel(purchase.intent ?? ''),
  },
  { ...recharge, name: 'recharge paid, dispute won', oneWay: false, happens: (happening) => dispute(happening, 'won') },
]

/** Purchases with a promotion code. */
export const codeStories: readonly Story[] = [
  { ...byCheckout, name: 'a code lowers the price', happens: (happening) => payWithCode(happening, 20) },
  { ...byCheckout, name: 'a code makes it free', happens: (happening) => payWithCode(happening, 100) },
  {
    ...byCheckout,
    name: 'a card declined, then a code makes it free',
    async happens(happening) {
      await pay(happening, '4000000000000002')
      await payWithCode(happening, 100)
    },
  },
  {
    ...byCheckout,
    name: 'a card declined, then paid with a code',
    async happens(happening) {
      await pay(happening, '4000000000000002')
      await payWithCode(happening, 50)
    },
  },
  {
    ...byCheckout,
    name: 'by bank with a code, paid days later',
    async happens(happening) {
      await payWithCode(happening, 20, 'bank')
      happening.sandbox.banks.finish(await paidBy(happening), 'succeeded')
    },
  },
  {
    ...byCheckout,
    ...failed,
    name: 'by bank with a code, failed days later',
    async happens(happening) {
      await payWithCode(happening, 20, 'bank')
      happening.sandbox.banks.finish(await paidBy(happening), 'failed')
    },
  },
  {
    ...byCheckout,
    name: 'a code lowers the price to 4.00, and 1.00 is refunded',
    left: 3_750n * MICRO,
    oneWay: false,
    async happens(happening) {
      await payWithCode(happening, 20)
      await refund(happening, 100)
    },
  },
  {
    ...byCheckout,
    name: 'a code lowers the price, and all is refunded',
    state: 'REFUNDED',
    left: 0n,
    async happens(happening) {
      await payWithCode(happening, 20)
      await refund(happening)
    },
  },
  {
    ...byCheckout,
    name: 'a code lowers the price, then disputed',
    state: 'DISPUTED',
    left: 0n,
    async happens(happening) {
      await payWithCode(happening, 20)
      await dispute(happening)
    },
  },
  {
    ...byCheckout,
    name: 'a code lowers the price to 4.00, 1.00 is refunded, and a dispute is won',
    left: 3_750n * MICRO,
    oneWay: false,
    async happens(happening) {
      await payWithCode(happening, 20)
      await refund(happening, 100)
      await dispute(happening, 'won')
    },
  },
]

/** Stories of a team in Germany, by a catalog with tax: 5.95 are paid. */
export const taxedStories: readonly Story[] = [
  { ...bought, name: 'saved method paid with tax', happens: nothing },
  { ...byCheckout, name: 'Checkout paid with tax', happens: (happening) => pay(happening, visa) },
  { ...byCheckout, name: 'a code lowers the price before tax', happens: (happening) => payWithCode(happening, 20) },
  { ...byCheckout, name: 'a code leaves neither price nor tax', happens: (happening) => payWithCode(happening, 100) },
  {
    ...byCheckout,
    name: 'a code lowers the total to 4.76, and a quarter is refunded',
    left: 3_750n * MICRO,
    oneWay: false,
    async happens(happening) {
      await payWithCode(happening, 20)
      await refund(happening, 119)
    },
  },
  { ...recharge, name: 'recharge paid with tax', happens: nothing },
  {
    ...bought,
    name: 'a fifth refunded with its tax',
    left: 4_000n * MICRO,
    happens: (happening) => refund(happening, 119),
  },
  {
    ...bought,
    name: 'all refunded with its tax',
    state: 'REFUNDED',
    left: 0n,
    oneWay: false,
    async happens(happening) {
      await refund(happening, 500)
      await refund(happening, 95)
    },
  },
  {
    ...byCheckout,
    name: 'Checkout paid with tax, disputed and won',
    async happens(happening) {
      await pay(happening, visa)
      await dispute(happening, 'won')
    },
    oneWay: false,
  },
]
