import type { BuyTexts } from '../locales/buy.ts'

/** Stripe's codes of a decline, and the gateway's own, by the text that says what to do. Source: Stripe, 'Decline codes'. */
const codes = {
  insufficient_funds: 'insufficient_funds',
  expired_card: 'expired_card invalid_expiry_month invalid_expiry_year',
  incorrect_cvc: 'incorrect_cvc invalid_cvc',
  incorrect_card:
    'incorrect_address incorrect_number incorrect_pin incorrect_zip invalid_account invalid_number invalid_pin',
  card_limit: 'amount_too_large card_velocity_exceeded invalid_amount pin_try_exceeded withdrawal_count_limit_exceeded',
  not_permitted:
    'card_not_supported do_not_try_again new_account_information_available not_permitted restricted_card revocation_of_all_authorizations revocation_of_authorization security_violation service_not_allowed stop_payment_order transaction_not_allowed',
  currency_not_supported: 'currency_not_supported',
  processing_error: 'approve_with_id duplicate_transaction issuer_not_available processing_error reenter_transaction',
  authentication:
    'authentication_not_handled authentication_required mobile_device_authentication_required offline_pin_required online_or_offline_pin_required payment_intent_authentication_failure',
  // Nobody is told that a card counts as lost, stolen or a fraud.
  generic_decline:
    'call_issuer card_declined do_not_honor fraudulent generic_decline lost_card merchant_blacklist no_action_taken pickup_card stolen_card testmode_decline try_again_later',
  daily_limit: 'daily_limit',
  too_many_unfinished: 'too_many_unfinished',
  too_many_declines: 'too_many_declines',
  payment_refused: 'payment_refused',
  no_address: 'customer_tax_location_invalid',
  paid_otherwise: 'paid_otherwise',
  no_payment_method: 'no_payment_method',
  CANCELED: 'CANCELED',
} as const satisfies Partial<Record<keyof BuyTexts, string>>
type Advice = keyof typeof codes

const advices = new Map(
  (Object.keys(codes) as Advice[]).flatMap((advice) => codes[advice].split(' ').map((code) => [code, advice] as const)),
)

/** The text that advises after a decline, by Stripe's code or the gateway's; null: the gateway's own words do. */
export function adviceFor(code: string | null): Advice | null {
  if (code === null) return 'generic_decline'
  // A saved method that Stripe refuses, such as one that was removed.
  return advices.get(code) ?? (code.startsWith('payment_method_') ? 'not_permitted' : null)
}

/** Declines that another payment method does not change. */
export const isOfAnyMethod = (code: string | null): boolean =>
  ['daily_limit', 'too_many_unfinished', 'too_many_declines', 'payment_refused', 'paid_otherwise'].includes(code ?? '')
