import { createHash } from 'node:crypto'

/** How a charge of the card is declined, in Stripe's words. */
export type Decline = {
  readonly code: 'authentication_required' | 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error'
  readonly decline_code: string
  readonly message: string
  readonly advice_code: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later' | null
  /** The card network's code; null: the card's issuer was not asked. */
  readonly network_decline_code: string | null
  readonly network_advice_code?: '01' | '02' | '03'
  /** The part of the card that is wrong. */
  readonly param?: 'cvc' | 'exp_month'
}

/** A card of Stripe's test mode (docs.stripe.com/testing); an absent field means success. */
export type TestCard = {
  readonly number: string
  /** Stands for a new payment method with this card. */
  readonly token: string
  readonly brand: 'amex' | 'mastercard' | 'visa'
  /** Absent: US. */
  readonly country?: string
  /** The description, for people who choose a card. */
  readonly effect: string
  readonly decline?: Decline
  /** It cannot be saved where it would be declined, unless it says so. */
  readonly savable?: true
  /**
   * When the customer must authenticate: always, until it has been set up for payments without the customer, or only where
   * the request asks for it. A card without it is not enrolled: the customer is never asked.
   */
  readonly authentication?: 'always' | 'until-set-up' | 'when-asked'
  readonly dispute?: 'fraudulent' | 'product_not_received'
  /** The dispute is an inquiry: nothing is withdrawn yet. */
  readonly inquiry?: true
  /** The consequence of the payment: a report of fraud by the issuer, or a review. */
  readonly radar?: 'early-fraud-warning' | 'review'
  /** `pending`: succeeds a minute later; `failed`: succeeds, and fails a minute later. */
  readonly refund?: 'pending' | 'failed'
}

const declined = 'Your card was declined.'

/** The refusals a bank can give, by decline code; any other code is a plain decline. */
export function declineOf(decline_code: string): Decline {
  const known: Decline | undefined = declines[decline_code]
  if (known !== undefined) return known
  const advice_code = 'try_again_later'
  return { code: 'card_declined', decline_code, message: declined, advice_code, network_decline_code: '01' }
}

/** The decline as errors tell it: a code that there is not is absent. */
export function toldOf({ advice_code, network_decline_code, ...told }: Decline) {
  return {
    ...told,
    ...(advice_code === null ? {} : { advice_code }),
    ...(network_decline_code === null ? {} : { network_decline_code }),
  }
}

const never = {
  code: 'card_declined',
  message: declined,
  advice_code: 'do_not_try_again',
  network_advice_code: '01',
} as const

const declines: Readonly<Record<string, Decline>> = {
  expired_card: {
    code: 'expired_card',
    decline_code: 'expired_card',
    message: 'Your card has expired.',
    advice_code: 'confirm_card_data',
    network_decline_code: '54',
    network_advice_code: '03',
    param: 'exp_month',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    decline_code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    advice_code: 'confirm_card_data',
    network_decline_code: 'N7',
    network_advice_code: '03',
    param: 'cvc',
  },
  insufficient_funds: {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    advice_code: 'try_again_later',
    network_decline_code: '51',
    network_advice_code: '02',
  },
  card_velocity_exceeded: {
    code: 'card_declined',
    decline_code: 'card_velocity_exceeded',
    message: 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    advice_code: 'try_again_later',
    network_decline_code: '61',
    network_advice_code: '02',
  },
  processing_error: {
    code: 'processing_error',
    decline_code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    advice_code: 'try_again_later',
    network_decline_code: '06',
  },
  authentication_required: {
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    advice_code: null,
    network_decline_code: null,
  },
  authentication_not_handled: {
    code: 'authentication_required',
    decline_code: 'authentication_not_handled',
    message: 'Your card was declined. This transaction requires authentication.',
    advice_code: null,
    network_decline_code: null,
  },
  fraudulent: { ...never, decline_code: 'fraudulent', network_decline_code: '59' },
  lost_card: { ...never, decline_code: 'lost_card', network_decline_code: '41' },
  pickup_card: { ...never, decline_code: 'pickup_card', network_decline_code: '04' },
  stolen_card: { ...never, decline_code: 'stolen_card', network_decline_code: '43' },
}

const card = (
  number: string,
  token: string,
  effect: string,
  more: Partial<Omit<TestCard, 'number' | 'token' | 'effect'>> = {},
): TestCard => ({ number, token, effect, brand: 'visa', ...more })

const refused = (number: string, token: string, code: string, more: { savable?: true } = {}): TestCard =>
  card(number, token, `is declined: ${code}`, { decline: declineOf(code), ...more })

export const testCards: readonly TestCard[] = [
  card('4242424242424242', 'pm_card_visa', 'succeeds'),
  card('5555555555554444', 'pm_card_mastercard', 'succeeds', { brand: 'mastercard' }),
  card('378282246310005', 'pm_card_amex', 'succeeds', { brand: 'amex' }),
  card('4000000000003055', 'pm_card_threeDSecureOptional', 'asks the customer to confirm where the request wants it', {
    authentication: 'when-asked',
  }),
  card('4000002500003155', 'pm_card_authenticationRequiredOnSetup', 'asks the customer to confirm, until it is saved', {
    authentication: 'until-set-up',
  }),
  card('4000002760003184', 'pm_card_authenticationRequired', 'asks the customer to confirm, each time', {
    authentication: 'always',
    country: 'DE',
  }),
  card(
    '4000008260003178',
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    'asks the customer to confirm, then is declined: insufficient_funds',
    { authentication: 'always', decline: declineOf('insufficient_funds'), savable: true },
  ),
  refused('4000000000000002', 'pm_card_visa_chargeDeclined', 'generic_decline'),
  refused('4000000000009995', 'pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'),
  refused('4000000000009987', 'pm_card_visa_chargeDeclinedLostCard', 'lost_card'),
  refused('4000000000009979', 'pm_card_visa_chargeDeclinedStolenCard', 'stolen_card'),
  refused('4000000000000069', 'pm_card_chargeDeclinedExpiredCard', 'expired_card'),
  refused('4000000000000127', 'pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'),
  refused('4000000000000119', 'pm_card_chargeDeclinedProcessingError', 'processing_error'),
  refused('4000000000006975', 'pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_velocity_exceeded'),
  refused('4100000000000019', 'pm_card_chargeDeclinedFraudulent', 'fraudulent', { savable: true }),
  card('4000000000000341', 'pm_card_chargeCustomerFail', 'can be saved, is declined when charged', {
    decline: declineOf('generic_decline'),
    savable: true,
  }),
  card('4000000000000259', 'pm_card_createDispute', 'succeeds, then is disputed as fraudulent', {
    dispute: 'fraudulent',
  }),
  card('4000000000002685', 'pm_card_createDisputeProductNotReceived', 'succeeds, then is disputed as not received', {
    dispute: 'product_not_received',
  }),
  card('4000000000001976', 'pm_card_createDisputeInquiry', 'succeeds, then the bank inquires about it', {
    dispute: 'fraudulent',
    inquiry: true,
  }),
  card('4000000000005423', 'pm_card_createIssuerFraudRecord', 'succeeds, then its issuer warns of fraud', {
    radar: 'early-fraud-warning',
  }),
  card('4000000000009235', 'pm_card_riskLevelElevated', 'succeeds, and is reviewed because of its risk', {
    radar: 'review',
  }),
  card('4000000000007726', 'pm_card_pendingRefund', 'succeeds; a refund is pending for a minute', {
    refund: 'pending',
  }),
  card('4000000000005126', 'pm_card_refundFail', 'succeeds; a refund fails after a minute', { refund: 'failed' }),
]

/** The same for the same number, as at Stripe. */
export function fingerprintOf(number: string): string {
  return createHash('sha256').update(number).digest('base64url').replaceAll(/[-_]/g, '0').slice(0, 16)
}

const byFingerprint = new Map(testCards.map((known) => [fingerprintOf(known.number), known]))

/** The card that a payment method holds. */
export function cardWith(fingerprint: string | null | undefined): TestCard | undefined {
  return byFingerprint.get(fingerprint ?? '')
}
