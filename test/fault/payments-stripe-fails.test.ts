import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import type { Call, Mishap } from '../setup/stripe-door.ts'
import { buy, type Faulty, openFaulty, patience, recharge } from './payments-scene.ts'

let scene: Faulty
let gateway: Gateway

beforeAll(async () => {
  scene = await openFaulty()
  gateway = await scene.start()
  // Whatever is known here was found out: no webhook tells it.
  scene.sandbox.webhooks.fault({ do: 'drop', times: 1_000_000 })
})

afterEach(() => scene.door.befall(null))

afterAll(async () => {
  await scene.advance(gateway.url, 25 * 3600)
  await scene.settled(gateway.url)
  await scene.expectEven()
  await gateway.close()
  await scene.close()
})

/** A team's charges. Purchases of earlier tests may still be asked after. */
const chargesOf =
  (team: string) =>
  ({ key, body }: Call): boolean =>
    key.endsWith(':intent') && new URLSearchParams(body).get('metadata[team]') === team

/** One after another for the calls that fit; then none. */
function inTurn(fits: (call: Call) => boolean, mishaps: readonly (Mishap | null)[]): void {
  const left = [...mishaps]
  scene.door.befall((call) => (fits(call) ? (left.shift() ?? null) : null))
}

const cut = { cut: 'after' } as const
const tooMany = { answer: 429, error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow down.' } }
const inProgress = {
  answer: 409,
  error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'Another request is in progress.' },
}

const state = async (team: string) => (await scene.purchases(team)).map((purchase) => purchase.state)

async function expectChargedOnce(team: string): Promise<void> {
  const begun = performance.now()
  await vi.waitFor(async () => {
    expect(await scene.purchases(team)).toMatchObject([{ state: 'PAID' }])
    expect(await scene.creditsOf(team)).toBe(5_000n)
  }, patience)
  const ms = Math.round(performance.now() - begun)
  const { byTeam, twice } = await scene.taken()
  expect([byTeam.get(team), twice]).toEqual([500, []])
  console.info(`${team}: on the balance ${ms} ms later, by no webhook`)
}

test('connections that are cut after the charge: charged once, found again', async () => {
  await scene.team(gateway.url, 'cut')
  const isCharge = chargesOf('cut')
  let charges = 0
  scene.door.befall((call) => {
    if (isCharge(call)) charges += 1
    // The gateway's own looks learn nothing before the buyer is answered.
    return charges === 0 ? null : cut
  })
  const key = randomUUID()
  expect(await buy(gateway.url, 'cut', key)).toMatchObject({ __typename: 'Purchase', state: 'PENDING' })
  scene.door.befall(null)
  expect(charges).toBe(2)
  await expectChargedOnce('cut')
  expect(await buy(gateway.url, 'cut', key)).toMatchObject({ state: 'PAID' })
})

test('500 after the charge: charged once, found again', async () => {
  await scene.team(gateway.url, 'broken after')
  scene.sandbox.faults.add({ do: 'fail-after', method: 'POST', path: '/v1/payment_intents' })
  expect(await buy(gateway.url, 'broken after')).toMatchObject({ __typename: 'Purchase', state: 'PENDING' })
  await expectChargedOnce('broken after')
})

test('500 instead of a charge: nothing is charged, and another purchase goes through', async () => {
  await scene.team(gateway.url, 'broken before')
  scene.sandbox.faults.add({ do: 'fail-before', method: 'POST', path: '/v1/payment_intents' })
  expect(await buy(gateway.url, 'broken before')).toMatchObject({ __typename: 'Purchase', state: 'PENDING' })
  expect(await buy(gateway.url, 'broken before')).toMatchObject({ state: 'PAID' })
  expect((await scene.taken()).byTeam.get('broken before')).toBe(500)
})

test('429: nothing is charged, and the same key tries again', async () => {
  await scene.team(gateway.url, 'too many')
  inTurn(chargesOf('too many'), [tooMany])
  const key = randomUUID()
  expect(await buy(gateway.url, 'too many', key)).toMatchObject({ __typename: 'PaymentUnavailable' })
  expect((await scene.taken()).byTeam.get('too many')).toBeUndefined()
  expect(await buy(gateway.url, 'too many', key)).toMatchObject({ state: 'PAID' })
  await expectChargedOnce('too many')
})

test('429 to the second try of a charge whose answer was lost: it is not called uncharged, and found again', async () => {
  await scene.team(gateway.url, 'lost, then too many')
  inTurn(chargesOf('lost, then too many'), [cut, tooMany])
  const key = randomUUID()
  const told = await buy(gateway.url, 'lost, then too many', key)
  expect((await scene.taken()).byTeam.get('lost, then too many')).toBe(500)
  expect(told).toMatchObject({ __typename: 'Purchase', state: 'PENDING' })
  const text = `select asked_at, ask_at <= ledger_now() + interval '1 minute' as soon from purchase where team_id = $1`
  const { rows } = await scene.pool.query(text, ['lost, then too many'])
  expect(rows).toEqual([{ asked_at: expect.any(Date), soon: true }])
  await scene.advance(gateway.url, 120)
  await expectChargedOnce('lost, then too many')
})

test('429 to whoever asks after a charge whose answer was lost: it is still looked for', async () => {
  await scene.team(gateway.url, 'lost, later too many')
  inTurn(chargesOf('lost, later too many'), [cut, cut, tooMany])
  const key = randomUUID()
  expect(await buy(gateway.url, 'lost, later too many', key)).toMatchObject({ state: 'PENDING' })
  const again = await buy(gateway.url, 'lost, later too many', key)
  expect(again).toMatchObject({ __typename: 'Purchase' })
  const { rows } = await scene.pool.query('select asked_at from purchase where team_id = $1', ['lost, later too many'])
  expect(rows).toEqual([{ asked_at: expect.any(Date) }])
  await scene.advance(gateway.url, 120)
  await expectChargedOnce('lost, later too many')
})

test('409 because Stripe is still charging: not called off', async () => {
  await scene.team(gateway.url, 'in progress')
  inTurn(chargesOf('in progress'), [inProgress, inProgress])
  expect(await buy(gateway.url, 'in progress')).toMatchObject({ __typename: 'Purchase', state: 'PENDING' })
  expect(await state('in progress')).toEqual(['PENDING'])
  await scene.advance(gateway.url, 120)
  await expectChargedOnce('in progress')
})

test('a customer that could not be made for a fault of Stripe is made soon, not a day later', async () => {
  await scene.team(gateway.url, 'no customer')
  await scene.pool.query("delete from customer where team_id = 'no customer'")
  await scene.pool.query("update account set name = 'Renamed' where team_id = 'no customer'")
  scene.sandbox.faults.add({ do: 'fail-before', method: 'POST', path: '/v1/customers' })
  const key = randomUUID()
  expect(await buy(gateway.url, 'no customer', key)).toMatchObject({ __typename: 'PaymentUnavailable' })
  await scene.advance(gateway.url, 60)
  expect((await buy(gateway.url, 'no customer', key)).checkoutUrl).toMatch(/^http/)
})

test.each([
  ['instead of', '/v1/invoices', 'fail-before'],
  ['after', '/v1/invoices', 'fail-after'],
  ['instead of', '/v1/invoiceitems', 'fail-before'],
  ['after', '/v1/invoiceitems', 'fail-after'],
] as const)('500 %s a call of %s: the invoice is made all the same, once', async (when, path, fault) => {
  const team = `500 ${when} ${path}`
  await scene.team(gateway.url, team)
  scene.sandbox.faults.add({ do: fault, method: 'POST', path })
  expect(await buy(gateway.url, team)).toMatchObject({ state: 'PAID' })
  await vi.waitFor(
    async () => {
      await scene.advance(gateway.url, 60)
      expect(await scene.purchases(team)).toMatchObject([{ invoice: expect.stringContaining('in_') }])
      await scene.expectInvoicedOnce()
    },
    { timeout: 20_000, interval: 100 },
  )
})

test('Stripe out of reach: nothing is charged behind the buyer’s back, the same key tries again', async () => {
  await scene.team(gateway.url, 'away')
  const key = randomUUID()
  await scene.door.shut()
  expect(await buy(gateway.url, 'away', key)).toMatchObject({ __typename: 'PaymentUnavailable' })
  await scene.door.open()
  expect(await state('away')).toEqual(['PENDING'])
  expect(await buy(gateway.url, 'away', key)).toMatchObject({ state: 'PAID' })
  await expectChargedOnce('away')
})

test('Stripe out of reach while a payment waits for the customer: the same key tells how it stands', async () => {
  await scene.team(gateway.url, 'confirming', 'pm_card_authenticationRequired')
  const key = randomUUID()
  const told = await buy(gateway.url, 'confirming', key)
  expect(told).toMatchObject({ __typename: 'PaymentActionRequired' })
  await scene.door.shut()
  expect(await buy(gateway.url, 'confirming', key)).toEqual(told)
  await scene.door.open()
  const [waiting] = await scene.purchases('confirming')
  const page = `${scene.sandbox.url}/authenticate/${waiting?.intent}`
  await fetch(page, { method: 'POST', body: new URLSearchParams({ answer: 'complete' }), redirect: 'manual' })
  await scene.advance(gateway.url, 120)
  await expectChargedOnce('confirming')
})

test('one that Stripe is slow to charge keeps no other team waiting', async () => {
  for (const team of ['hanging', 'waiting']) {
    await scene.team(gateway.url, team)
    await recharge(gateway.url, team, 450)
  }
  const hanging = scene.door.hold('before', chargesOf('hanging'))
  await charge(gateway.url, 'hanging')
  const held = await hanging
  await charge(gateway.url, 'waiting')
  await vi.waitFor(async () => expect(await state('waiting')).toEqual(['PAID']), { timeout: 8_000, interval: 50 })
  expect(await state('hanging')).toEqual(['PENDING'])
  held.go()
  await expectChargedOnce('hanging')
})

test('an answer that takes Stripe 30 seconds: charged once', async () => {
  await scene.team(gateway.url, 'slow')
  scene.sandbox.faults.add({ do: 'delay', ms: 30_000, method: 'POST', path: '/v1/payment_intents' })
  const key = randomUUID()
  const begun = performance.now()
  expect(['PAID', 'PENDING']).toContain((await buy(gateway.url, 'slow', key)).state)
  console.info(`The buyer was answered after ${Math.round(performance.now() - begun)} ms`)
  await expectChargedOnce('slow')
  expect(await buy(gateway.url, 'slow', key)).toMatchObject({ state: 'PAID' })
})
