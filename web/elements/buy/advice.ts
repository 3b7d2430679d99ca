import type { BuyTexts } from '../locales/buy.ts'

const advised = [
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'processing_error',
  'authentication',
  'generic_decline',
  'daily_limit',
  'too_many_unfinished',
  'no_payment_method',
  'CANCELED',
] as const satisfies readonly (keyof BuyTexts)[]
type Advice = (typeof advised)[number]

const generic = /^(lost_card|stolen_card|pickup_card|fraudulent|card_declined|do_not_honor|try_again_later)$/

/** The text that advises after a decline, by Stripe's code or the gateway's. */
export function adviceFor(code: string | null): Advice | null {
  if (code === null || generic.test(code)) return 'generic_decline'
  if (code.startsWith('authentication') || code === 'payment_intent_authentication_failure') return 'authentication'
  return advised.find((advice) => advice === code) ?? null
}
