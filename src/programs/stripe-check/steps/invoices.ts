import type { Stripe } from 'stripe'
import { makeInvoice } from '../../../payments/invoices.ts'
import { linesOf } from '../../../payments/sublists.ts'
import type { Check } from '../check.ts'
import { examplePages } from '../example-purchase.ts'
import type { Step } from '../step.ts'
import { charged } from './payments.ts'

/** A metered bill that is sent by e-mail. */
async function sentBill({ stripe, run }: Check, customer: string, amount: number): Promise<Stripe.Invoice> {
  const draft = await stripe.invoices.create({
    customer,
    currency: 'usd',
    collection_method: 'send_invoice',
    days_until_due: 30,
    description: 'Stripe check',
    metadata: { run },
    auto_advance: false,
    pending_invoice_items_behavior: 'exclude',
  })
  const period = { start: draft.created - 86_400, end: draft.created }
  await stripe.invoiceItems.create({ customer, invoice: draft.id, currency: 'usd', amount, period })
  return stripe.invoices.finalizeInvoice(draft.id, { auto_advance: true })
}

export const invoiceSteps: readonly Step[] = [
  {
    name: 'the invoice of a purchase, with its payment attached',
    fact: 'A purchase invoice is paid by the payment that was made before',
    async run(check) {
      const { purchase, seen } = await charged(check, 30, 'pm_card_visa')
      const { customer, intent } = { customer: purchase.customer ?? '', intent: seen.intent ?? null }
      await check.stripe.invoiceItems.create({ customer, currency: 'usd', amount: 700, description: 'Waits' })
      const made = await makeInvoice(check.stripe, { ...purchase, intent }, examplePages.title, check.pushed)
      const again = await makeInvoice(check.stripe, { ...purchase, intent, asks: 2 }, examplePages.title, check.pushed)
      const invoice = await check.stripe.invoices.retrieve(made.invoice ?? '')
      const { data: waiting } = await check.stripe.invoiceItems.list({ customer, pending: true })
      return {
        expected: { again: made.invoice, status: 'paid', paid: 500, lines: 1, hasUrl: true, waiting: 1 },
        came: {
          again: again.invoice,
          status: invoice.status,
          paid: invoice.amount_paid,
          lines: (await linesOf(check.stripe, invoice)).length,
          hasUrl: made.invoiceUrl != null,
          waiting: waiting.length,
        },
      }
    },
  },
  {
    name: 'a metered bill that is sent',
    fact: 'A bill is open until it is paid, voided or marked uncollectible, and is found by its metadata',
    async run(check) {
      const { id: customer } = await check.customer(null, { email: 'stripe-check@example.com' })
      const bill = await sentBill(check, customer, 1_200)
      const { data: items } = await check.stripe.invoiceItems.list({ invoice: bill.id })
      const found: string[] = []
      for await (const one of check.stripe.invoices.list({ customer, created: { gte: bill.created - 3_600 } })) {
        if (one.metadata?.run === check.run) found.push(one.id)
      }
      const marked = await check.stripe.invoices.markUncollectible(bill.id)
      const gone = await check.stripe.invoices.voidInvoice(bill.id)
      return {
        expected: { status: 'open', due: 30, items: [1_200], found: [bill.id], ends: ['uncollectible', 'void'] },
        came: {
          status: bill.status,
          due: Math.round(((bill.due_date ?? 0) - bill.created) / 86_400),
          items: items.map(({ amount }) => amount),
          found,
          ends: [marked.status, gone.status],
        },
      }
    },
  },
  {
    name: 'credit notes of an open invoice',
    fact: 'A credit note lowers what is open, and is followed until it is void',
    async run(check) {
      const { id: customer } = await check.customer(null, { email: 'stripe-check@example.com' })
      const bill = await sentBill(check, customer, 1_200)
      const { id, status: made } = await check.stripe.creditNotes.create({ invoice: bill.id, amount: 200 })
      const { amount_remaining: left } = await check.stripe.invoices.retrieve(bill.id)
      const { status: gone } = await check.stripe.creditNotes.voidCreditNote(id)
      const { status } = await check.stripe.creditNotes.retrieve(id)
      await check.stripe.invoices.voidInvoice(bill.id)
      return {
        expected: { made: 'issued', left: 1_000, gone: 'void', status: 'void' },
        came: { made, left, gone, status },
      }
    },
  },
  {
    name: 'a bill below the minimum',
    fact: "Bills below $0.50 are marked paid and moved to the customer's balance, so that the gateway carries such sums",
    async run(check) {
      const { id: customer } = await check.customer(null, { email: 'stripe-check@example.com' })
      const bill = await sentBill(check, customer, 20)
      const owner = await check.stripe.customers.retrieve(customer)
      return {
        expected: { status: 'paid', amount_paid: 0, balance: 20 },
        came: {
          status: bill.status,
          amount_paid: bill.amount_paid,
          balance: owner.deleted ? null : owner.balance,
        },
      }
    },
  },
]
