import { paidThroughOf } from '../../../payments/paid-through.ts'
import { itemsOf, linesOf } from '../../../payments/sublists.ts'
import { readPlan } from '../../../payments/subscription-marks.ts'
import type { Check } from '../check.ts'
import type { Step } from '../step.ts'

const withInvoice = { expand: ['latest_invoice'] }
const minutes = 60
const hours = 3_600

/** The customer's only subscription, as the gateway reads it. */
async function standing({ stripe }: Check, customer: string) {
  const { data } = await stripe.subscriptions.list({
    customer,
    status: 'all',
    limit: 100,
    expand: ['data.latest_invoice'],
  })
  const [subscription] = data
  const plan = subscription === undefined ? null : await readPlan(stripe, subscription)
  if (subscription === undefined || plan === null) throw new Error('There is no subscription that names a plan')
  const [item] = await itemsOf(stripe, subscription)
  const invoice = typeof subscription.latest_invoice === 'object' ? subscription.latest_invoice : null
  const { current_period_start: start = 0, current_period_end: end = 0 } = item ?? {}
  const paidThrough = ((await paidThroughOf(stripe, plan, 'when-paid')) ?? 0) / 1000
  return { subscription, invoice, item: item?.id ?? '', start, end, paid: paidThrough === end ? 'end' : 'begin' }
}

export const subscriptionSteps: readonly Step[] = [
  {
    name: 'a subscription is billed flexibly and paid through its period',
    fact: 'Subscriptions have `billing_mode: flexible` by default since 2025-09-30',
    async run(check) {
      const { id: customer } = await check.customer()
      const items = [{ price: await check.price(900, { interval: 'month' }), quantity: 2 }]
      await check.stripe.subscriptions.create({ customer, items })
      const { subscription, invoice, paid } = await standing(check, customer)
      return {
        expected: ['active', 'flexible', 'paid', 1_800, 'end'],
        came: [subscription.status, subscription.billing_mode.type, invoice?.status, invoice?.amount_paid, paid],
      }
    },
  },
  {
    name: 'a preview of more seats is what the change bills',
    fact: '`invoices.createPreview` computes the invoice of a change without making it',
    async run(check) {
      const { customer, until } = await check.clock()
      const items = [{ price: await check.price(900, { interval: 'month' }) }]
      const { id } = await check.stripe.subscriptions.create({ customer: customer.id, items })
      const begin = await standing(check, customer.id)
      await until(begin.start + 24 * hours)
      const change = {
        items: [{ id: begin.item, quantity: 3 }],
        proration_behavior: 'always_invoice' as const,
        proration_date: begin.start + 24 * hours,
      }
      const preview = await check.stripe.invoices.createPreview({ subscription: id, subscription_details: change })
      await check.stripe.subscriptions.update(id, change)
      const { invoice } = await standing(check, customer.id)
      return { expected: [true, preview.total], came: [preview.total > 0, invoice?.total] }
    },
  },
  {
    name: 'a subscription of eleven items',
    fact: 'A subscription shows some of its items; the others are listed',
    async run(check) {
      const { id: customer } = await check.customer()
      const items: { price: string }[] = []
      for (let cents = 101; cents <= 111; cents += 1)
        items.push({ price: await check.price(cents, { interval: 'month' }) })
      const made = await check.stripe.subscriptions.create({ customer, items })
      const { data } = await check.stripe.subscriptionItems.list({ subscription: made.id, limit: 100 })
      return { expected: [11, 11], came: [(await itemsOf(check.stripe, made)).length, data.length] }
    },
  },
  {
    name: 'a renewal after eleven changes of seats',
    fact: '`lines` of an invoice holds the first 10 lines, prorations first; the renewal is a draft for an hour',
    async run(check) {
      const { customer, until } = await check.clock()
      const items = [{ price: await check.price(900, { interval: 'month' }) }]
      const { id } = await check.stripe.subscriptions.create({ customer: customer.id, items })
      const begin = await standing(check, customer.id)
      for (let seats = 2; seats <= 12; seats += 1) {
        await check.stripe.subscriptions.update(id, { items: [{ id: begin.item, quantity: seats }] })
      }
      await until(begin.end + 10 * minutes)
      const draft = await standing(check, customer.id)
      const lines = draft.invoice === null ? [] : await linesOf(check.stripe, draft.invoice)
      await until(begin.end + 3 * hours)
      const paid = await standing(check, customer.id)
      return {
        expected: { draft: ['draft', 'begin'], shown: 10, more: true, all: true, paid: ['paid', 'end'] },
        came: {
          draft: [draft.invoice?.status, draft.paid],
          shown: draft.invoice?.lines.data.length,
          more: draft.invoice?.lines.has_more,
          all: lines.some(({ amount, period }) => amount === 12 * 900 && period.end === draft.end),
          paid: [paid.invoice?.status, paid.paid],
        },
      }
    },
  },
  {
    name: 'a renewal that is declined, and a subscription that ends',
    fact: 'A team whose renewal is declined keeps its plan, paid through the end of the last period that was paid for',
    async run(check) {
      const { customer, until } = await check.clock()
      const items = [{ price: await check.price(900, { interval: 'month' }) }]
      const { id } = await check.stripe.subscriptions.create({ customer: customer.id, items })
      const begin = await standing(check, customer.id)
      const card = await check.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await check.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } })
      await until(begin.end + 3 * hours)
      const after = await standing(check, customer.id)
      const ended = await check.stripe.subscriptions.cancel(id)
      return {
        expected: ['past_due', 'open', 'begin', 'canceled'],
        came: [after.subscription.status, after.invoice?.status, after.paid, ended.status],
      }
    },
  },
  {
    name: 'a trial without a method pauses the subscription, and it is resumed',
    fact: 'trialing → paused where there is no method at the end of the trial',
    async run(check) {
      const { customer, until } = await check.clock('pm_card_visa')
      await check.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: '' } })
      const items = [{ price: await check.price(900, { interval: 'month' }) }]
      const trial = await check.stripe.subscriptions.create({
        customer: customer.id,
        items,
        trial_period_days: 3,
        trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
      })
      const { start } = await standing(check, customer.id)
      await until(start + 4 * 24 * hours)
      const paused = await check.stripe.subscriptions.retrieve(trial.id, withInvoice)
      const invoice_settings = { default_payment_method: customer.method }
      await check.stripe.customers.update(customer.id, { invoice_settings })
      await check.stripe.subscriptions.resume(trial.id)
      const resumed = await check.eventually(async () => {
        const now = await check.stripe.subscriptions.retrieve(trial.id)
        return now.status === 'active' ? now : null
      })
      return {
        expected: ['trialing', 'paused', 'active'],
        came: [trial.status, paused.status, resumed?.status],
      }
    },
  },
]
