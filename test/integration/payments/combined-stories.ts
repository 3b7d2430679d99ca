import type { Stripe } from 'stripe'
import { type Credits, MICRO } from '../../../src/domain/amounts/credits.ts'
import { metadataOf } from '../../../src/payments/stripe-metadata.ts'
import {
  bought,
  byCheckout,
  dispute,
  type Happening,
  nothing,
  pay,
  recharge,
  refund,
  review,
  type Story,
  visa,
  warn,
} from './stories.ts'
import type { Random } from './variants.ts'

/** 5,000 credits for 4.62 euros, which are 5.50 with the tax of Germany. */
const euros = { currency: 'EUR' } as const
/** 7,000 credits for 6.51 euros, which are 7.75 with tax. */
const custom = { ...euros, choice: { credits: 7_000n * MICRO }, left: 7_000n * MICRO } as const

/** A second payment of the purchase in another currency, which the gateway gives back. */
async function payInDollars(happening: Happening): Promise<Stripe.PaymentIntent> {
  const { stripe, again } = happening
  const purchase = await again()
  const customer = purchase.customer ?? ''
  const { id: payment_method } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  const terms = { customer, payment_method, confirm: true, return_url: 'https://app.example' }
  const paid = { amount: 500, currency: 'usd', metadata: metadataOf(purchase) }
  return stripe.paymentIntents.create({ ...terms, ...paid })
}

async function payTwice(happening: Happening): Promise<void> {
  const { id } = await payInDollars(happening)
  await happening.refundSecond(id)
}

/** Stories of a team in Germany that pays in euros, by a catalog with tax whose main currency is the dollar. */
export const combinedStories: readonly Story[] = [
  { ...bought, ...euros, name: 'saved method paid in euros with tax', happens: nothing },
  { ...recharge, ...euros, name: 'recharge paid in euros with tax', happens: nothing },
  {
    ...bought,
    ...euros,
    name: 'a fifth refunded by the operator, in euros with tax',
    left: 4_000n * MICRO,
    operatorRefunds: 110,
    happens: ({ refundAsOperator }) => refundAsOperator(110),
  },
  {
    ...byCheckout,
    ...euros,
    name: 'Checkout paid in euros with tax, a fifth refunded by the operator and a tenth in Stripe',
    left: 3_500n * MICRO,
    oneWay: false,
    operatorRefunds: 110,
    async happens(happening) {
      await pay(happening, visa)
      await happening.again()
      await happening.refundAsOperator(110)
      await refund(happening, 55)
    },
  },
  {
    ...bought,
    ...euros,
    name: 'dispute won, in euros with tax',
    oneWay: false,
    happens: (happening) => dispute(happening, 'won'),
  },
  {
    ...bought,
    ...euros,
    name: 'dispute lost, in euros with tax',
    state: 'DISPUTED',
    left: 0n,
    happens: (happening) => dispute(happening, 'lost'),
  },
  {
    ...bought,
    ...euros,
    name: 'refunded in part by the operator, then dispute won, in euros with tax',
    left: 4_000n * MICRO,
    oneWay: false,
    operatorRefunds: 110,
    async happens(happening) {
      await happening.refundAsOperator(110)
      await dispute(happening, 'won')
    },
  },
  {
    ...recharge,
    ...euros,
    name: 'recharge refunded in part by the operator, then dispute lost, in euros with tax',
    state: 'DISPUTED',
    left: 0n,
    oneWay: false,
    operatorRefunds: 110,
    async happens(happening) {
      await happening.refundAsOperator(110)
      await dispute(happening, 'lost')
    },
  },
  { ...bought, ...euros, name: 'warned of, in euros with tax', left: 0n, frozen: true, happens: warn },
  {
    ...byCheckout,
    ...euros,
    name: 'Checkout paid in euros with tax, warned of, refunded in part by the operator',
    left: 0n,
    frozen: true,
    oneWay: false,
    operatorRefunds: 110,
    async happens(happening) {
      await pay(happening, visa)
      await happening.again()
      await warn(happening)
      await happening.refundAsOperator(110)
    },
  },
  { ...bought, ...euros, name: 'paid in euros with tax and again in dollars', isPaidTwice: true, happens: payTwice },
  {
    ...byCheckout,
    ...euros,
    name: 'Checkout paid in euros with tax and again in dollars, a fifth refunded by the operator',
    left: 4_000n * MICRO,
    oneWay: false,
    isPaidTwice: true,
    operatorRefunds: 110,
    async happens(happening) {
      await pay(happening, visa)
      await payTwice(happening)
      await happening.refundAsOperator(110)
    },
  },
  {
    ...bought,
    ...euros,
    name: 'paid in euros with tax and again in dollars, then dispute lost',
    state: 'DISPUTED',
    left: 0n,
    isPaidTwice: true,
    async happens(happening) {
      await payTwice(happening)
      await dispute(happening, 'lost')
    },
  },
  { ...bought, ...custom, name: 'any amount paid in euros with tax', happens: nothing },
  { ...recharge, ...custom, name: 'recharge of any amount paid in euros with tax', happens: nothing },
  {
    ...byCheckout,
    ...custom,
    name: 'Checkout of any amount paid in euros with tax, a fifth refunded by the operator',
    left: 5_600n * MICRO,
    operatorRefunds: 155,
    async happens(happening) {
      await pay(happening, visa)
      await happening.again()
      await happening.refundAsOperator(155)
    },
  },
]

type Sale = Pick<Story, 'currency' | 'choice'> & { readonly credits: bigint; readonly total: number }

/** The sales, with the prices of each for a payer in Germany, in cents: net, and 19 % tax rounded half up. */
const sales: readonly Sale[] = [
  { credits: 5_000n, total: 595 },
  { ...euros, credits: 5_000n, total: 550 },
  { choice: { credits: 9_000n * MICRO }, credits: 9_000n, total: 1_071 },
  { ...custom, credits: 7_000n, total: 775 },
]

const ways: readonly Pick<Story, 'cause' | 'card'>[] = [bought, byCheckout, recharge]

function pick<T>(of: readonly T[], random: Random): T {
  const picked = of[random(of.length)]
  if (picked === undefined) throw new Error('Nothing to pick from')
  return picked
}

/** A story that is drawn: a sale, the way of its payment, and what becomes of it. Its end is computed from the story alone. */
export function drawStory(random: Random, number: number): Story {
  const { credits, total, ...sale } = pick(sales, random)
  const way = pick(ways, random)
  const suspicion = pick([null, null, 'warned of', 'reviewed', 'reviewed and approved'] as const, random)
  const refunds = Array.from({ length: random(3) }, () => 1 + random(Math.floor(total / 3)))
  const operatorRefunds = random(2) === 0 ? undefined : 1 + random(Math.floor(total / 3))
  const disputed = pick([null, null, 'open', 'won', 'lost'] as const, random)
  // In the currency of the price, a second payment could as well be the first.
  const isPaidTwice = random(3) === 0 && sale.currency !== undefined

  async function happens(happening: Happening): Promise<void> {
    if (way.card === null) await pay(happening, visa)
    await happening.again()
    if (isPaidTwice) await payTwice(happening)
    if (suspicion === 'warned of') await warn(happening)
    else if (suspicion !== null) await review(happening, suspicion === 'reviewed' ? undefined : 'approved')
    for (const cents of refunds) await refund(happening, cents)
    if (operatorRefunds !== undefined) await happening.refundAsOperator(operatorRefunds)
    if (disputed !== null) await dispute(happening, disputed === 'open' ? undefined : disputed)
  }

  const all = [...refunds, ...(operatorRefunds === undefined ? [] : [operatorRefunds])]
  const isLost = disputed === 'open' || disputed === 'lost'
  const isSuspect = (suspicion === 'warned of' || suspicion === 'reviewed') && disputed !== 'won'
  const end = endOf({ credits: credits * MICRO, total: BigInt(total), back: BigInt(sum(all)), isLost, isSuspect })
  const told = [
    `${credits} credits for ${total} cents ${sale.currency ?? 'USD'}`,
    way.card === null ? 'by Checkout' : way.cause,
    ...(isPaidTwice ? ['paid twice'] : []),
    ...(suspicion === null ? [] : [suspicion]),
    ...refunds.map((cents) => `${cents} refunded`),
    ...(operatorRefunds === undefined ? [] : [`${operatorRefunds} refunded by the operator`]),
    ...(disputed === null ? [] : [`dispute ${disputed}`]),
  ]
  return {
    ...way,
    ...sale,
    name: `drawn story ${number}: ${told.join(', ')}`,
    oneWay: false,
    ...(operatorRefunds === undefined ? {} : { operatorRefunds }),
    ...(isPaidTwice ? { isPaidTwice } : {}),
    ...end,
    happens,
  }
}

type Fate = {
  readonly credits: Credits
  readonly total: bigint
  readonly back: bigint
  readonly isLost: boolean
  readonly isSuspect: boolean
}

function endOf({ credits, total, back, isLost, isSuspect }: Fate): Pick<Story, 'state' | 'left' | 'frozen'> {
  if (isLost) return { state: 'DISPUTED', left: 0n }
  if (back >= total) return { state: 'REFUNDED', left: 0n }
  if (isSuspect) return { state: 'PAID', left: 0n, frozen: true }
  return { state: 'PAID', left: credits - (credits * back) / total }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
