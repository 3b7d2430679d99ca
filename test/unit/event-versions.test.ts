import { readFile } from 'node:fs/promises'
import pino from 'pino'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { EventVersions, mayBeOfSubscription } from '../../src/payments/event-versions.ts'

test('events of another major version are said in the log, once for each version', () => {
  const versions: unknown[] = []
  const log = pino({}, { write: (line) => void versions.push(JSON.parse(line).version) })
  const seen = new EventVersions(log)
  const [, name] = Stripe.API_VERSION.split('.')
  for (const version of [
    Stripe.API_VERSION,
    `2026-01-01.${name}`,
    '2024-06-20',
    '2025-03-31.basil',
    '2024-06-20',
    null,
  ])
    seen.see({ api_version: version })
  expect(versions).toEqual(['2024-06-20', '2025-03-31.basil'])
})

test('the webhook endpoint is created with the version of the requests', async () => {
  expect(await readFile('docs/payments.md', 'utf8')).toContain(`api_version: ${Stripe.API_VERSION}`)
})

const details = (subscription: string) => ({ metadata: null, subscription })

test.each([
  [
    'names it',
    { parent: { type: 'subscription_details', quote_details: null, subscription_details: details('sub_1') } },
  ],
  ['names it in the form of an older version', { subscription: 'sub_1' }],
  ['does not say', {}],
] as const)("an invoice may be a subscription's where it %s", (_, invoice) => {
  expect(mayBeOfSubscription(invoice)).toBe(true)
})

test.each([
  ['of its own', { parent: null }],
  ['of its own in the form of an older version', { subscription: null }],
  ['of a quote', { parent: { type: 'quote_details', quote_details: { quote: 'qt_1' }, subscription_details: null } }],
] as const)("an invoice is no subscription's where it is one %s", (_, invoice) => {
  expect(mayBeOfSubscription(invoice)).toBe(false)
})
