import type Stripe from 'stripe'
import type { Listing, Work } from '../api/work.ts'
import { changed } from '../api/work.ts'
import { minimumOf } from '../payments/amount-limits.ts'
import { taxIdsOf } from '../tax/tax-ids.ts'
import type { Period } from './calendar.ts'
import { discountOf, withLineTax } from './line-tax.ts'
import { idOf } from './reference.ts'

/** How long an invoice that advances by itself stays a draft. */
export const draftSeconds = 3600

export type InvoicePlan = {
  readonly customer: string
  readonly currency: string
  readonly billing_reason: Stripe.Invoice.BillingReason
  readonly subscription: Stripe.Subscription | null
  /** In which its items came up. */
  readonly period: Period
  readonly auto_advance: boolean
  readonly collection_method: Stripe.Invoice.CollectionMethod
  readonly days_until_due: number | null
  readonly lines: readonly Stripe.InvoiceLineItem[]
  readonly default_payment_method?: string | null
  readonly description?: string | null
  readonly footer?: string | null
  readonly metadata?: Record<string, string>
  readonly custom_fields?: Stripe.Invoice.CustomField[]
  /** Whether the bank asks a customer who pays by card; absent: Stripe decides. */
  readonly threeDSecure?: 'any' | 'challenge' | 'automatic'
  /** Absent: as its subscription does. */
  readonly automaticTax?: boolean
}

/** A draft that has these lines, not stored. */
export function draftOf(work: Work, id: string, plan: InvoicePlan): Stripe.Invoice {
  const { subscription, days_until_due, auto_advance } = plan
  const customer = work.need('customer', plan.customer, 'customer')
  const advancesAt = auto_advance ? work.now + draftSeconds : null
  const invoice: Stripe.Invoice = {
    ...unusedFields,
    id,
    object: 'invoice',
    auto_advance,
    automatic_tax: {
      disabled_reason: null,
      enabled: plan.automaticTax ?? subscription?.automatic_tax.enabled ?? false,
      liability: null,
      provider: null,
      status: null,
    },
    custom_fields: plan.custom_fields ?? null,
    automatically_finalizes_at: advancesAt,
    billing_reason: plan.billing_reason,
    collection_method: plan.collection_method,
    created: work.now,
    currency: plan.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_tax_ids: taxIdsOf(work, customer.id),
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    default_payment_method: plan.default_payment_method ?? null,
    description: plan.description ?? null,
    due_date: days_until_due === null ? null : work.now + days_until_due * 86_400,
    footer: plan.footer ?? null,
    lines: linesOf(id, []),
    metadata: plan.metadata ?? {},
    payment_settings: {
      default_mandate: null,
      payment_method_options: plan.threeDSecure === undefined ? null : optionsOf(plan.threeDSecure),
      payment_method_types: null,
    },
    next_payment_attempt: plan.collection_method === 'charge_automatically' ? advancesAt : null,
    parent: parentOf(subscription),
    period_end: plan.period.end,
    period_start: plan.period.start,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: customer.test_clock ?? null,
  }
  return withLines(work, invoice, plan.lines)
}

const optionsOf = (
  request_three_d_secure: 'any' | 'challenge' | 'automatic',
): Stripe.Invoice.PaymentSettings.PaymentMethodOptions => ({
  acss_debit: null,
  bancontact: null,
  card: { request_three_d_secure },
  customer_balance: null,
  konbini: null,
  payto: null,
  pix: null,
  sepa_debit: null,
  upi: null,
  us_bank_account: null,
})

const parentOf = (subscription: Stripe.Subscription | null): Stripe.Invoice.Parent | null =>
  subscription === null
    ? null
    : {
        quote_details: null,
        subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
        type: 'subscription_details',
      }

/** The fields that are the same in every new draft. */
const unusedFields = {
  account_country: 'US',
  account_name: 'Sandbox',
  account_tax_ids: null,
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  application: null,
  attempt_count: 0,
  attempted: false,
  customer_account: null,
  customer_shipping: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  effective_at: null,
  ending_balance: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  number: null,
  on_behalf_of: null,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  starting_balance: 0,
  statement_descriptor: null,
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: null,
} satisfies Partial<Stripe.Invoice>

/** The draft with these lines, their discounts and taxes, its sums and what the customer's balance takes off. */
export function withLines(
  work: Work,
  invoice: Stripe.Invoice,
  lines: readonly Stripe.InvoiceLineItem[],
): Stripe.Invoice {
  const { balance, address } = work.need('customer', idOf(invoice.customer) ?? '')
  const country = invoice.automatic_tax.enabled ? (address?.country ?? null) : null
  const taxed = lines.map((line) => ({ ...withLineTax(work, line, country), invoice: invoice.id }))
  const taxes = taxed.flatMap((line) => line.taxes ?? [])
  const sumOf = (amounts: readonly { readonly amount: number }[]) =>
    amounts.reduce((sum, { amount }) => sum + amount, 0)
  const exclusive = sumOf(taxes.filter(({ tax_behavior }) => tax_behavior === 'exclusive'))
  const subtotal = sumOf(taxed)
  const discount = taxed.reduce((sum, line) => sum + discountOf(line), 0)
  const total = subtotal - discount + exclusive
  const due = Math.max(0, total + balance)
  return {
    ...invoice,
    automatic_tax: invoice.automatic_tax.enabled ? calculated(invoice.automatic_tax, country) : invoice.automatic_tax,
    lines: linesOf(invoice.id, taxed),
    starting_balance: balance,
    subtotal,
    subtotal_excluding_tax: subtotal - sumOf(taxes) + exclusive,
    total,
    total_discount_amounts: totalDiscounts(taxed),
    total_excluding_tax: total - sumOf(taxes),
    total_taxes: taxes.length === 0 ? [] : totalTaxes(taxes),
    amount_due: due,
    amount_remaining: due,
  }
}

/** The charge for a rest to pay. A rest below the currency's minimum stays on the customer's balance. */
export const dueOf = (rest: number, currency: string): number => (rest < minimumOf(currency) ? 0 : rest)

const calculated = (automatic: Stripe.Invoice.AutomaticTax, country: string | null): Stripe.Invoice.AutomaticTax => ({
  ...automatic,
  provider: 'stripe',
  status: country === null ? 'requires_location_inputs' : 'complete',
})

/** One amount for each discount. */
function totalDiscounts(lines: readonly Stripe.InvoiceLineItem[]): Stripe.Invoice.TotalDiscountAmount[] {
  const amounts = lines.flatMap((line) => line.discount_amounts ?? [])
  const groups = Map.groupBy(amounts, ({ discount }) => idOf(discount) ?? '')
  return [...groups].map(([discount, parts]) => ({
    discount,
    amount: parts.reduce((sum, { amount }) => sum + amount, 0),
  }))
}

/** One tax for each rate and behaviour. */
function totalTaxes(taxes: readonly Stripe.InvoiceLineItem.Tax[]): Stripe.Invoice.TotalTax[] {
  const groups = Map.groupBy(
    taxes,
    ({ tax_behavior, tax_rate_details }) => `${tax_behavior} ${tax_rate_details?.tax_rate}`,
  )
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return []
    const add = (sum: Stripe.InvoiceLineItem.Tax, { amount, taxable_amount }: Stripe.InvoiceLineItem.Tax) => ({
      ...sum,
      amount: sum.amount + amount,
      taxable_amount: (sum.taxable_amount ?? 0) + (taxable_amount ?? 0),
    })
    return [rest.reduce(add, first)]
  })
}

const linesOf = (id: string, data: Stripe.InvoiceLineItem[]): Listing<Stripe.InvoiceLineItem> => ({
  object: 'list',
  data,
  has_more: false,
  url: `/v1/invoices/${id}/lines`,
})

/** Stores the new draft and tells of it; one that advances by itself is finalized an hour later. */
export function openDraft(work: Work, invoice: Stripe.Invoice): Stripe.Invoice {
  work.objects.put('invoice', invoice)
  work.emit('invoice.created', invoice)
  if (invoice.automatically_finalizes_at !== null) {
    work.at(invoice.automatically_finalizes_at, 'invoice.finalize', invoice.id)
  }
  return invoice
}

/** Stores the invoice's new state and tells of it. */
export function changeInvoice(work: Work, before: Stripe.Invoice, invoice: Stripe.Invoice): Stripe.Invoice {
  work.objects.put('invoice', invoice)
  work.emit('invoice.updated', invoice, changed(before, invoice))
  return invoice
}

/** The subscription that the invoice bills, as it is now. */
export function billedSubscription(work: Work, { parent }: Stripe.Invoice): Stripe.Subscription | undefined {
  const id = idOf(parent?.subscription_details?.subscription)
  return id === null ? undefined : work.objects.get('subscription', id)
}
