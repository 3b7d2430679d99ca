import { InvoiceCharging } from '../../../payments/invoice-charging.ts'
import { metadataOf } from '../../../payments/stripe-metadata.ts'
import type { Check } from '../check.ts'
import { examplePages, examplePurchase } from '../example-purchase.ts'
import { NotChecked, type Step } from '../step.ts'

const tax = { behavior: 'exclusive', code: 'txcd_10103001' } as const
const address = { country: 'DE', line1: 'Street 1', city: 'Berlin', postal_code: '10115' }

/** Taxes are computed once the account says where it is. */
async function computed<T>(check: Check, call: Promise<T>): Promise<T> {
  const { status } = await check.stripe.tax.settings.retrieve()
  if (status !== 'active') throw new NotChecked('set the head office under Tax in the dashboard, in test mode')
  return call
}

export const taxSteps: readonly Step[] = [
  {
    name: 'the tax of a price for a known address',
    fact: 'A preview tells the tax; without an address it tells none',
    async run(check) {
      const { id: customer } = await check.customer(null, { address })
      const line = { amount: 500, reference: 'credits', tax_behavior: tax.behavior, tax_code: tax.code }
      const asked = check.stripe.tax.calculations.create({ currency: 'usd', customer, line_items: [line] })
      const { object, amount_total, tax_amount_exclusive } = await computed(check, asked)
      return {
        expected: { object: 'tax.calculation', isSum: true },
        came: { object, isSum: amount_total === 500 + tax_amount_exclusive },
      }
    },
  },
  {
    name: 'a saved card pays with tax',
    fact: 'Tax is never part of a bare payment: an invoice computes it, and its payment names the purchase before it is charged',
    async run(check) {
      const { id: customer, method: paymentMethod } = await check.customer('pm_card_visa', { address })
      const purchase = examplePurchase(check, 41, { customer, paymentMethod })
      const asking = {
        ...examplePages,
        purchase,
        metadata: metadataOf(purchase),
        age: 0,
        isFirst: true,
        mayCharge: true,
        tax,
      }
      const seen = await computed(check, new InvoiceCharging(check.stripe, check.pushed, check.log).ask(asking))
      const { metadata } = await check.stripe.paymentIntents.retrieve(seen?.intent ?? '')
      return {
        expected: { outcome: 'PAID', purchase: `${purchase.id}`, hasTax: true },
        came: { outcome: seen?.outcome, purchase: metadata.purchase, hasTax: seen?.taxed != null },
      }
    },
  },
]
