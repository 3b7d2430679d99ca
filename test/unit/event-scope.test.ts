import pino from 'pino'
import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { createEventScope, modeOf } from '../../src/payments/event-scope.ts'

const logged = () => {
  const lines: string[] = []
  return { lines, log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) }) }
}
const stripe = { accounts: { retrieveCurrent: async () => ({ id: 'acct_own' }) } } as unknown as Stripe
const event = (more: Partial<Stripe.Event>) =>
  ({ id: 'evt_1', type: 'invoice.paid', livemode: false, ...more }) as Stripe.Event

test('the mode of a key is in its name', () => {
  expect(['sk_live_1', 'rk_live_1', 'sk_test_1', 'rk_test_1', 'key'].map(modeOf)).toEqual([
    'live',
    'live',
    'test',
    'test',
    null,
  ])
})

test('events of the other mode and of other accounts are excluded, and warned of once each', async () => {
  const { lines, log } = logged()
  const scope = createEventScope(stripe, 'test', log)
  const of = [
    {},
    { account: 'acct_own' },
    { livemode: true },
    { livemode: true },
    { account: 'acct_2' },
    { context: 'a' },
  ]
  const included = await Promise.all(of.map((more) => scope.includes(event(more))))
  expect(included).toEqual([true, true, false, false, false, false])
  expect(lines).toHaveLength(2)
})

test('a key that does not say its mode has events of either', async () => {
  const scope = createEventScope(stripe, null, logged().log)
  expect(await Promise.all([true, false].map((livemode) => scope.includes(event({ livemode }))))).toEqual([true, true])
})
