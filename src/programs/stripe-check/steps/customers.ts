import { teamId } from '../../../domain/identity.ts'
import { createBillingDetails } from '../../../payments/billing-details.ts'
import type { Step } from '../step.ts'

const details = {
  name: 'Stripe check',
  email: 'stripe-check@example.com',
  country: 'DE',
  line1: 'Street 1',
  line2: null,
  city: 'Berlin',
  postalCode: '10115',
  state: null,
  taxIds: [{ type: 'eu_vat', value: 'DE123456789' }],
  purchaseOrder: 'PO-1',
}

export const customerSteps: readonly Step[] = [
  {
    name: 'billing details of a customer',
    fact: 'Invoices carry address, tax id and purchase-order number; Stripe refuses a tax id of an unknown type',
    async run(check) {
      const made = await check.customer(null)
      const found = async () => {
        const customer = await check.stripe.customers.retrieve(made.id)
        if (customer.deleted) throw new Error('The customer is gone')
        return customer
      }
      const store = createBillingDetails(check.stripe, { ensure: found }, () => undefined)
      const team = teamId(`stripe-check-${check.run}`)
      const first = await store.set(team, details)
      const read = await store.read(team)
      const refused = await store.set(team, { taxIds: [{ type: 'moon_vat', value: '1' }] })
      await store.set(team, { taxIds: [] })
      const { taxIds } = await store.read(team)
      return {
        expected: { first: null, read: details, refused: 'taxIds', taxIds: [] },
        came: { first, read, refused: refused?.field, taxIds },
      }
    },
  },
  {
    name: 'saved methods are listed without a type',
    fact: 'A Link payment has type: link even when paid by card, so that methods are listed without a type',
    async run(check) {
      const { id, method } = await check.customer()
      const { data } = await check.stripe.customers.listPaymentMethods(id, { limit: 100 })
      const { type, customer, card } = await check.stripe.paymentMethods.retrieve(method)
      return {
        expected: { listed: [method], type: 'card', isOurs: true, hasFingerprint: true },
        came: {
          listed: data.map((one) => one.id),
          type,
          isOurs: customer === id,
          hasFingerprint: typeof card?.fingerprint === 'string',
        },
      }
    },
  },
  {
    name: 'a method that is saved without a payment',
    fact: 'A page that saves a method ends in a setup intent, which names the method',
    async run(check) {
      const { id: customer } = await check.customer(null)
      const setup = await check.stripe.setupIntents.create({
        customer,
        payment_method: 'pm_card_visa',
        confirm: true,
        usage: 'off_session',
        return_url: 'https://example.com/payment',
      })
      const { status, payment_method } = await check.stripe.setupIntents.retrieve(setup.id)
      const { data } = await check.stripe.customers.listPaymentMethods(customer)
      return { expected: ['succeeded', [payment_method]], came: [status, data.map(({ id }) => id)] }
    },
  },
  {
    name: 'a card that is declined when it is saved',
    fact: 'Declines at attach carry advice_code and network_decline_code',
    async run(check) {
      const { id: customer } = await check.customer(null)
      const attach = check.stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer })
      const { statusCode, code, decline_code, advice_code } = await check.refusal(attach)
      return {
        expected: [402, 'card_declined', 'generic_decline', 'try_again_later'],
        came: [statusCode, code, decline_code, advice_code],
      }
    },
  },
  {
    name: 'a payment method that does not exist',
    fact: '`No such PaymentMethod` has `param: payment_method`',
    async run(check) {
      const { id: customer } = await check.customer(null)
      const attach = check.stripe.paymentMethods.attach('pm_1234567890abcdefghijklmn', { customer })
      const { statusCode, code, param } = await check.refusal(attach)
      return { expected: [404, 'resource_missing', 'payment_method'], came: [statusCode, code, param] }
    },
  },
  {
    name: 'a deleted customer',
    fact: 'A team whose customer was deleted gets another one; the subscriptions of the old one end',
    async run(check) {
      const { id: customer } = await check.customer()
      const price = await check.price(900, { interval: 'month' })
      await check.stripe.subscriptions.create({ customer, items: [{ price }] })
      await check.stripe.customers.del(customer)
      const { deleted } = await check.stripe.customers.retrieve(customer)
      const { data } = await check.stripe.subscriptions.list({ customer, status: 'all' })
      const { code } = await check.refusal(check.stripe.customers.listPaymentMethods(customer))
      return {
        expected: { deleted: true, subscriptions: ['canceled'], methods: 'resource_missing' },
        came: { deleted, subscriptions: data.map(({ status }) => status), methods: code },
      }
    },
  },
  {
    name: 'a change of a saved card',
    fact: "The card updater keeps the payment method's id, so that an event about the method arms a recharge again",
    async run(check) {
      const { method } = await check.customer()
      const { id, card } = await check.stripe.paymentMethods.update(method, { card: { exp_month: 12, exp_year: 2040 } })
      return { expected: [method, 12, 2040], came: [id, card?.exp_month, card?.exp_year] }
    },
  },
]
