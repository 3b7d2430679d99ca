import type Stripe from 'stripe'
import { Failure, invalid, missing } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { noAddress } from '../customers/address.ts'
import { openSecrets } from '../store/secrets.ts'
import type { MethodType } from './method-types.ts'
import { cardWith, fingerprintOf, type TestCard, testCards } from './test-cards.ts'

const bankToken = 'pm_usBankAccount_success'

type Billing = Partial<Stripe.PaymentMethod.BillingDetails>

/** A new payment method with the card of that number; one that is no test card is declined, as at Stripe. */
export function makeCard(
  work: Work,
  number: string,
  expiry: { month: number; year: number },
  billing: Billing = {},
): Stripe.PaymentMethod {
  const digits = number.replaceAll(/\s/g, '')
  const card = testCards.find((known) => known.number === digits)
  if (card === undefined) throw noTestCard(digits)
  return keep(work, { ...base(work, billing), type: 'card', card: cardDetails(card, expiry) })
}

/** A new payment method that is no card. Payments from accounts are processing until they are finished. */
export function makeOther(
  work: Work,
  type: Exclude<MethodType, 'card'>,
  billing: Billing = {},
  iban = testIban,
): Stripe.PaymentMethod {
  const method = { ...base(work, billing), type }
  if (type === 'link') return keep(work, { ...method, link: { email: billing.email ?? null } })
  if (type === 'klarna') return keep(work, { ...method, klarna: {} })
  if (type === 'sepa_debit') return keep(work, { ...method, sepa_debit: sepaAccount(iban) })
  return keep(work, {
    ...method,
    us_bank_account: {
      account_holder_type: 'individual',
      account_type: 'checking',
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: null,
      fingerprint: fingerprintOf('000123456789'),
      last4: '6789',
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: '110000000',
      status_details: null,
    },
  })
}

const testIban = 'DE89370400440532013000'

const sepaAccount = (iban: string): Stripe.PaymentMethod.SepaDebit => ({
  bank_code: iban.slice(4, 12),
  branch_code: '',
  country: iban.slice(0, 2),
  fingerprint: fingerprintOf(iban),
  generated_from: { charge: null, setup_attempt: null },
  last4: iban.slice(-4),
})

/** The payment method of that id, or a new one where it is one of Stripe's test tokens, such as `pm_card_visa`. */
export function resolveMethod(work: Work, id: string, param: string | undefined): Stripe.PaymentMethod {
  const known = work.objects.get('payment_method', id)
  if (known !== undefined) return known
  if (id === bankToken) return makeOther(work, 'us_bank_account')
  const card = testCards.find(({ token }) => token === id)
  if (card === undefined) throw missing('PaymentMethod', id, param ?? 'payment_method', param === undefined)
  return makeCard(work, card.number, { month: 12, year: new Date(work.now * 1000).getUTCFullYear() + 4 })
}

/** The test card of the payment method; undefined: it is no card. */
export function cardOf(method: Stripe.PaymentMethod): TestCard | undefined {
  return cardWith(method.card?.fingerprint)
}

type MethodSecret = { readonly setUp: true }

/** The customer has authenticated for payments without the customer. */
export function markSetUp(work: Work, method: Stripe.PaymentMethod): void {
  openSecrets<MethodSecret>(work.database).set(method.id, { setUp: true })
}

/** Whether the customer must authenticate a payment with it. */
export function needsAuthentication(work: Work, method: Stripe.PaymentMethod): boolean {
  const authentication = cardOf(method)?.authentication
  if (authentication !== 'until-set-up') return authentication === 'always'
  return openSecrets<MethodSecret>(work.database).get(method.id)?.setUp !== true
}

function keep(work: Work, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  work.objects.put('payment_method', method)
  return method
}

const base = (work: Work, billing: Billing) => ({
  id: work.id('payment_method'),
  object: 'payment_method' as const,
  allow_redisplay: 'unspecified' as const,
  billing_details: { address: noAddress, email: null, name: null, phone: null, tax_id: null, ...billing },
  created: work.now,
  customer: null,
  customer_account: null,
  livemode: false,
  metadata: {},
})

const cardDetails = (
  { number, brand, country = 'US' }: TestCard,
  { month, year }: { month: number; year: number },
): Stripe.PaymentMethod.Card => ({
  brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country,
  display_brand: brand === 'amex' ? 'american_express' : brand,
  exp_month: month,
  exp_year: year,
  fingerprint: fingerprintOf(number),
  funding: 'credit',
  generated_from: null,
  last4: number.slice(-4),
  networks: { available: [brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: null,
})

function noTestCard(digits: string): Failure {
  if (!/^\d{12,19}$/.test(digits)) {
    return new Failure(402, {
      type: 'card_error',
      code: 'invalid_number',
      message: 'The card number is not a valid credit card number.',
      param: 'number',
    })
  }
  return invalid('Your card was declined. Your request was in test mode, but used a card that is not a test card.', {
    code: 'card_declined',
    param: 'number',
  })
}
