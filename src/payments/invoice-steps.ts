import type { Stripe } from 'stripe'
import { laterKey, step } from './step.ts'
import { isMissing } from './stripe-faults.ts'

/*
 * The steps of an invoice that is paid by a saved method, from the finished draft to its end. `name`: the beginning of
 * their idempotency keys.
 */

/** The invoice as it is now; null: it was deleted while it was a draft. */
export async function readInvoice({ invoices }: Stripe, invoice: string): Promise<Stripe.Invoice | null> {
  try {
    return await invoices.retrieve(invoice)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Closes the draft: its lines can't be changed any more. Nobody is charged yet, unless the customer's credit pays it. */
export const finalizeInvoice = ({ invoices }: Stripe, name: string, invoice: string): Promise<Stripe.Invoice> =>
  step(
    `${name}:final`,
    (key) => invoices.finalizeInvoice(invoice, { auto_advance: false }, key),
    () => unless(invoices, invoice, 'draft'),
    laterKey(),
  )

/** Charges the open invoice. An invoice has one payment, so that repeated calls charge once. */
export const payInvoice = (
  { invoices }: Stripe,
  name: string,
  invoice: string,
  how: Stripe.InvoicePayParams,
): Promise<Stripe.Invoice> =>
  step(
    `${name}:pay`,
    (key) => invoices.pay(invoice, how, key),
    () => unless(invoices, invoice, 'open'),
    laterKey(),
  )

/**
 * Makes sure that the invoice can't be paid any more: a draft is deleted, another one is void. Repeated calls change
 * nothing, so that no key is needed.
 */
export async function closeInvoice(
  { invoices }: Stripe,
  { id, status }: Pick<Stripe.Invoice, 'id' | 'status'>,
): Promise<void> {
  if (status === 'draft') await invoices.del(id)
  else await invoices.voidInvoice(id)
}

/** Whether a payment of the invoice is under way, such as a bank debit that takes days. */
export async function isBeingPaid({ invoicePayments }: Stripe, invoice: string): Promise<boolean> {
  const expand = ['data.payment.payment_intent']
  for await (const { payment } of invoicePayments.list({ invoice, status: 'open', limit: 100, expand })) {
    const intent = payment.payment_intent
    if (typeof intent === 'object' && intent?.status === 'processing') return true
  }
  return false
}

async function unless(
  invoices: Stripe['invoices'],
  invoice: string,
  status: Stripe.Invoice.Status,
): Promise<Stripe.Invoice | null> {
  const found = await invoices.retrieve(invoice)
  return found.status === status ? null : found
}
