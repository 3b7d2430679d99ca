import { expect, test } from 'vitest'
import { adviceFor, isOfAnyMethod } from '../../../web/elements/buy/advice.ts'
import { en } from '../../../web/elements/locales/buy/en.ts'

test.each([
  ['insufficient_funds', 'insufficient_funds'],
  ['incorrect_number', 'incorrect_card'],
  ['invalid_expiry_year', 'expired_card'],
  ['card_velocity_exceeded', 'card_limit'],
  ['do_not_try_again', 'not_permitted'],
  ['payment_method_not_available', 'not_permitted'],
  ['currency_not_supported', 'currency_not_supported'],
  ['authentication_not_handled', 'authentication'],
  ['issuer_not_available', 'processing_error'],
  ['customer_tax_location_invalid', 'no_address'],
  ['too_many_declines', 'too_many_declines'],
  ['payment_refused', 'payment_refused'],
  ['paid_otherwise', 'paid_otherwise'],
  ['CANCELED', 'CANCELED'],
  [null, 'generic_decline'],
  ['a code of tomorrow', null],
])('the decline %s has the text %s', (code, advice) => {
  expect(adviceFor(code)).toBe(advice)
  if (advice !== null) expect(en).toHaveProperty(advice)
})

test('a card that counts as lost, stolen or a fraud is declined like any other', () => {
  expect(['lost_card', 'stolen_card', 'pickup_card', 'fraudulent'].map(adviceFor)).toEqual(
    [1, 2, 3, 4].map(() => 'generic_decline'),
  )
})

test('another payment method is offered where it helps', () => {
  expect(['expired_card', 'no_payment_method', null].map(isOfAnyMethod)).toEqual([false, false, false])
  expect(['daily_limit', 'too_many_declines', 'paid_otherwise'].map(isOfAnyMethod)).toEqual([true, true, true])
})
