import { expect, test } from 'vitest'
import { Intent } from '../../../web/pages/operator/acts/intent.ts'

test('the same values have the same idempotency key, in whichever order', () => {
  const intent = new Intent()
  const key = intent.keyFor({ amount: '5', source: 'a' })
  expect(intent.keyFor({ source: 'a', amount: '5' })).toBe(key)
})

test('other values, and another dialog, are another intent', () => {
  const intent = new Intent()
  const key = intent.keyFor({ amount: '5' })
  const others = [intent.keyFor({ amount: '6' }), new Intent().keyFor({ amount: '5' })]
  expect(new Set([key, ...others]).size).toBe(3)
  expect(intent.keyFor({ amount: '5' })).toBe(key)
})
