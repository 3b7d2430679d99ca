import type { Stripe } from 'stripe'
import { teamId } from '../../../domain/identity.ts'
import { type AddOnChange, markOf } from '../../../payments/add-on-change.ts'
import { setItems } from '../../../payments/add-on-items.ts'
import { priceOf } from '../../../payments/add-on-prices.ts'
import { closeInvoice, finalizeInvoice, isBeingPaid, payInvoice, readInvoice } from '../../../payments/invoice-steps.ts'
import { draftUnits } from '../../../payments/unit-invoices.ts'
import type { Check } from '../check.ts'
import type { Step } from '../step.ts'

const dollars = 1_000_000_000n

/** Three units of a plan's add-on, ordered by a subscription of this card. */
async function ordered(check: Check, card: string) {
  const { stripe, run } = check
  const { id: customer, method: saved } = await check.customer('pm_card_visa')
  const plan = {
    id: `stripe-check-${run}`,
    name: 'Stripe check',
    topUp: true,
    contact: null,
    allowances: [],
    addOn: null,
    creditLine: null,
    trial: null,
  }
  const addOn = { credits: 1_000_000n, price: { amount: 4n * dollars, currency: 'USD' }, illustrative: false }
  const [unitPrice, price] = [
    await priceOf(stripe, plan, addOn, { interval: null, tax: null }),
    await priceOf(stripe, plan, addOn, { interval: 'month', tax: null }),
  ]
  const { product } = await stripe.prices.retrieve(unitPrice)
  check.made(String(product), () => stripe.products.update(String(product), { active: false }))
  const items = [{ price: await check.price(900, { interval: 'month' }) }]
  const subscription = await stripe.subscriptions.create({ customer, items, default_payment_method: saved })
  const { id: method } = await stripe.paymentMethods.attach(card, { customer })
  const paying = await stripe.subscriptions.update(subscription.id, { default_payment_method: method })
  const change: AddOnChange = {
    teamId: teamId(`stripe-check-${run}`),
    key: `units ${card}`,
    units: 3,
    state: 'PENDING',
    createdAt: 0,
    attempt: 1,
    claimedAt: Date.now(),
    terms: null,
    invoice: null,
    amount: null,
    actionUrl: null,
    declineCode: null,
    failure: null,
  }
  const [item] = paying.items.data
  const period = { start: item?.current_period_start ?? 0, end: item?.current_period_end ?? 0 }
  const { invoice } = await draftUnits(stripe, change, {
    subscription: paying,
    unitPrice,
    fresh: 3,
    isTaxed: false,
    amount: 1_200,
    period,
  })
  const open = await finalizeInvoice(stripe, markOf(change), invoice)
  return { change, price, subscription: paying, invoice, open }
}

const statusOf = async ({ stripe }: Check, id: string): Promise<Stripe.Invoice.Status | null | undefined> =>
  (await readInvoice(stripe, id))?.status

export const unitSteps: readonly Step[] = [
  {
    name: 'units are paid by an invoice of their own',
    fact: 'The invoice does not name the subscription, and its sum is the price of a unit × the fresh ones',
    async run(check) {
      const { change, price, subscription, invoice, open } = await ordered(check, 'pm_card_mastercard')
      const paid = await payInvoice(check.stripe, markOf(change), invoice, { off_session: false })
      const terms = { subscription: subscription.id, price, isFormer: false }
      await setItems(check, change, terms, subscription)
      const after = await check.stripe.subscriptions.retrieve(subscription.id)
      const { data: waiting } = await check.stripe.invoiceItems.list({
        customer: String(after.customer),
        pending: true,
      })
      return {
        expected: { open: ['open', 1_200, null], paid: ['paid', 1_200], quantities: [1, 3], waiting: 0 },
        came: {
          open: [open.status, open.subtotal, open.parent],
          paid: [paid.status, paid.amount_paid],
          quantities: after.items.data.map(({ quantity }) => quantity).toSorted(),
          waiting: waiting.length,
        },
      }
    },
  },
  {
    name: 'units whose card is declined',
    fact: 'A payment of an invoice that is declined answers 402; the invoice stays open until it is void',
    async run(check) {
      const { change, invoice } = await ordered(check, 'pm_card_chargeCustomerFail')
      const { statusCode, code, decline_code } = await check.refusal(
        payInvoice(check.stripe, markOf(change), invoice, { off_session: false }),
      )
      const [before, underWay] = [await readInvoice(check.stripe, invoice), await isBeingPaid(check.stripe, invoice)]
      await closeInvoice(check.stripe, { id: invoice, status: before?.status ?? null })
      return {
        expected: [402, 'card_declined', 'generic_decline', 'open', false, 'void'],
        came: [statusCode, code, decline_code, before?.status, underWay, await statusOf(check, invoice)],
      }
    },
  },
  {
    name: 'units whose bank wants the customer',
    fact: '402 with requires_action: the hosted invoice page is the way on',
    async run(check) {
      const { change, invoice } = await ordered(check, 'pm_card_authenticationRequired')
      const { statusCode, code } = await check.refusal(
        payInvoice(check.stripe, markOf(change), invoice, { off_session: false }),
      )
      const found = await readInvoice(check.stripe, invoice)
      return {
        expected: [402, 'invoice_payment_intent_requires_action', 'open', true],
        came: [statusCode, code, found?.status, found?.hosted_invoice_url != null],
      }
    },
  },
  {
    name: 'a draft is deleted',
    fact: 'A draft charges nobody, so that a change that is given up leaves nothing',
    async run(check) {
      const { id: customer } = await check.customer()
      const draft = await check.stripe.invoices.create({ customer, currency: 'usd', auto_advance: false })
      await closeInvoice(check.stripe, draft)
      return { expected: null, came: await readInvoice(check.stripe, draft.id) }
    },
  },
]
