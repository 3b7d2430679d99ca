import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import type { Json } from '../../packages/stripe-sandbox/src/api/shown.ts'
import type { Shape } from './shapes.ts'
import { type Divergence, divergencesOf } from './type-check.ts'

/*
 * The exchange of this run's tests with the stand-in for Stripe, against the types of Stripe's own SDK. It covers
 * each request that was accepted, each answer with every entry of its lists, each refusal, and each event in the list of
 * events: whichever test made them, in the process of the test. It does not cover a request that was refused with 400, which
 * may be wrong on purpose, nor gateways that a test starts as processes with a stand-in of their own.
 */
let recorded: readonly Shape[]
let found: readonly Divergence[]

/** A run of this file alone has recorded nothing. */
const nothing =
  'No test of this run has used the stand-in. Run this with those that do: npx vitest run packages/stripe-sandbox/test test/recorded'

const request = (endpoint: string, value: Json): Shape => ({ kind: 'request', endpoint, value })
const answer = (endpoint: string, value: Json): Shape => ({ kind: 'answer', endpoint, value })

const taxId = {
  id: 'txi_1',
  object: 'tax_id',
  country: 'DE',
  created: 0,
  customer: 'cus_1',
  customer_account: null,
  livemode: false,
  type: 'eu_vat',
  value: 'text',
  verification: null,
  owner: null,
}
const { value: _, ...withoutValue } = taxId
const price = { product: 'prod_1', currency: 'usd' }
const wrong = {
  'a parameter that Stripe does not know': request('POST /v1/customers', { nickname: 'text' }),
  'a parameter inside another one': request('POST /v1/customers', { invoice_settings: { method: 'pm_1' } }),
  'a value that is none of the enumeration': request('POST /v1/refunds', { payment_intent: 'pi_1', reason: 'regret' }),
  'a text instead of a number': request('POST /v1/prices', { ...price, unit_amount: 'text' }),
  'a request without what it needs': request('POST /v1/prices', { unit_amount: '0' }),
  'an entry of a list': request('POST /v1/customers', { tax_id_data: [{ type: 'moon_vat', value: 'text' }] }),
  'an endpoint that Stripe does not have': request('POST /v1/credits', {}),
  'an answer without a field': answer('POST /v1/customers/:id/tax_ids', withoutValue),
  'an answer with a field that Stripe does not know': answer('POST /v1/customers/:id/tax_ids', { ...taxId, at: 0 }),
  'an answer of another type': answer('POST /v1/customers/:id/tax_ids', { ...taxId, created: 'text' }),
  'an answer with another value': answer('POST /v1/customers/:id/tax_ids', { ...taxId, type: 'moon_vat' }),
  'a wrong entry of an answered list': answer('GET /v1/customers/:id/tax_ids', {
    object: 'list',
    url: 'text',
    has_more: false,
    data: [withoutValue],
  }),
  'a refusal of a kind that Stripe does not know': {
    kind: 'refusal',
    endpoint: '',
    value: { error: { type: 'rude' } },
  },
} satisfies Record<string, Shape>
const right = [
  request('POST /v1/prices', { ...price, unit_amount: '0', recurring: { interval: 'month' }, active: 'true' }),
  request('POST /v1/customers', { metadata: { key: 'text' }, name: '', expand: ['text'] }),
  answer('POST /v1/customers/:customer/tax_ids', taxId),
]

beforeAll(() => {
  const folder = inject('stripeExchanges')
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1))
  recorded = [...new Set(lines)].map((line) => JSON.parse(line))
  found = divergencesOf([...recorded, ...Object.values(wrong), ...right])
}, 120_000)

const reasonsFor = (shapes: readonly Shape[]) => {
  const wanted = new Set(shapes)
  return found
    .filter(({ shape }) => wanted.has(shape))
    .map(({ shape, reason }) => `${shape.kind} ${shape.endpoint}: ${reason}`)
}

test("the SDK's types allow every request to the stand-in, and every answer of it", () => {
  expect(recorded.length, nothing).toBeGreaterThan(0)
  expect([...new Set(reasonsFor(recorded))]).toEqual([])
})

test.each(Object.entries(wrong))('%s is found', (_, shape) => {
  expect(reasonsFor([shape])).toHaveLength(1)
})

test('what the types allow is not found', () => {
  expect(reasonsFor(right)).toEqual([])
})
