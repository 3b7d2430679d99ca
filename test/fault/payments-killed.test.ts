import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { compileCache, type SpawnedGateway, stopped } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import type { Call, Moment } from '../setup/stripe-door.ts'
import { buy, type Faulty, openFaulty, patience, recharge } from './payments-scene.ts'

let scene: Faulty
let gateway: SpawnedGateway

beforeAll(async () => {
  scene = await openFaulty()
  // What becomes of a payment is found out, not told.
  scene.sandbox.webhooks.hold()
  gateway = await scene.spawn()
})

afterEach(async () => {
  scene.door.befall(null)
  await scene.advance(gateway.url, 120)
  await scene.settled(gateway.url)
  await scene.expectEven()
  await scene.expectInvoicedOnce()
})

afterAll(async () => {
  scene.sandbox.webhooks.release()
  await scene.sandbox.idle()
  await scene.expectEven()
  gateway.child.kill('SIGKILL')
  const env = { ...process.env, DATABASE_URL: scene.home.url, NODE_COMPILE_CACHE: compileCache }
  await promisify(execFile)(resolve('node_modules/.bin/node'), ['src/programs/verify-ledger.ts'], { env })
  await scene.close()
})

async function kill(): Promise<void> {
  gateway.child.kill('SIGKILL')
  await stopped(gateway.child)
  scene.line.cut()
  scene.line.mend()
}

async function killAndStart(): Promise<void> {
  await kill()
  gateway = await scene.spawn()
}

const asksFor = (customer: string) => (call: Call) =>
  call.method === 'GET' && call.path.startsWith(`/v1/customers/${customer}`)
const charges = (customer: string) => (call: Call) => call.key.endsWith(':intent') && call.body.includes(customer)

type Step = {
  readonly name: string
  readonly moment: Moment
  readonly fits: (customer: string) => (call: Call) => boolean
}

const chargingSteps: readonly Step[] = [
  { name: 'customer', moment: 'before', fits: asksFor },
  { name: 'charge', moment: 'before', fits: charges },
  { name: 'charged', moment: 'after', fits: charges },
]

test.each([
  ['whose buyer asks again', true],
  ['whose buyer is gone', false],
])('a purchase %s: killed before Stripe is asked, while it is charging, after it charged', async (name, again) => {
  const buyers = chargingSteps.map((step) => ({ ...step, team: `${step.name} ${name}`, key: randomUUID() }))
  const held = []
  for (const { team, moment, fits, key } of buyers) {
    const customer = await scene.team(gateway.url, team)
    held.push(scene.door.hold(moment, fits(customer)))
    buy(gateway.url, team, key).catch(() => undefined)
  }
  await Promise.all(held)
  await killAndStart()
  if (again) {
    for (const { team, key } of buyers) expect(await buy(gateway.url, team, key)).toMatchObject({ state: 'PAID' })
  } else {
    await scene.advance(gateway.url, 120)
    await vi.waitFor(async () => {
      const purchases = await Promise.all(buyers.map(async ({ team }) => (await scene.purchases(team))[0]))
      expect(purchases.map((one) => one?.state)).toEqual(['PENDING', 'PAID', 'PAID'])
      expect(purchases.map((one) => one?.invoice !== null)).toEqual([false, true, true])
    }, patience)
    // What was never asked for is given up after a day.
    await scene.advance(gateway.url, 24 * 3600)
  }
  await scene.settled(gateway.url)
  const taken = (await scene.expectEven()).get(`customer ${name}`)
  expect(taken).toBe(again ? 500 : undefined)
})

const waitsForLock = () =>
  vi.waitFor(async () => {
    const text = `select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    expect((await scene.pool.query(text)).rows).not.toEqual([])
  }, patience)

const isFactBehind = (team: string) =>
  vi.waitFor(async () => {
    const last = (await scene.purchases(team)).at(-1)
    expect(last?.state === 'PAID' && last.posted < last.facts).toBe(true)
  }, patience)

/** Locks a team's row in this table; ends when it is called. */
async function lock(table: 'purchase' | 'account', team: string): Promise<() => Promise<void>> {
  const client = await scene.pool.connect()
  await client.query('begin')
  await client.query(`select 1 from ${table} where team_id = $1 for update`, [team])
  return async () => {
    await client.query('rollback')
    client.release()
  }
}

type Way = (team: string, go: () => void) => Promise<() => Promise<void>>

/** Each lets a gateway have Stripe's answer and keeps it from its next step; what it gives ends that. */
const databaseSteps: readonly [string, Way][] = [
  [
    'before the row tells of the payment',
    async (team, go) => {
      const release = await lock('purchase', team)
      go()
      await waitsForLock()
      return release
    },
  ],
  [
    'between the facts and the posting',
    async (team, go) => {
      const release = await lock('account', team)
      go()
      await isFactBehind(team)
      await waitsForLock()
      return release
    },
  ],
  [
    'when the payment is posted, and the gateway does not know that it is',
    async (team, go) => {
      // The posting is the first statement with a value of this kind.
      const swallowed = scene.line.deafen('"GRANT"')
      go()
      await swallowed
      const text = `select from credit_grant where team_id = $1 and source like 'stripe:%'`
      expect((await scene.pool.query(text, [team])).rows).toHaveLength(1)
      const last = (await scene.purchases(team)).at(-1)
      expect(last?.posted).toBe(last?.facts)
      return async () => undefined
    },
  ],
]

test.each<[string, Way]>([
  ...databaseSteps,
  [
    'before the answer',
    async (_, go) => {
      const swallowed = scene.line.deafen('grants-by-source')
      go()
      await swallowed
      return async () => undefined
    },
  ],
])('a purchase that was charged: killed %s', async (name, bring) => {
  const team = `bought ${name}`
  const key = randomUUID()
  const customer = await scene.team(gateway.url, team)
  const charged = scene.door.hold('after', charges(customer))
  buy(gateway.url, team, key).catch(() => undefined)
  const release = await bring(team, (await charged).go)
  await kill()
  await release()
  gateway = await scene.spawn()
  expect(await buy(gateway.url, team, key)).toMatchObject({ state: 'PAID' })
  expect((await scene.expectEven()).get(team)).toBe(500)
})

/** Cuts the calls that have a name; resolves when each was made and made again, so that nobody makes it for a minute. */
function cutFor(nameOf: (call: Call) => string | null): (names: readonly string[]) => Promise<void> {
  const cut = new Map<string, number>()
  scene.door.befall((call) => {
    const name = nameOf(call)
    if (name === null) return null
    cut.set(name, (cut.get(name) ?? 0) + 1)
    return { cut: 'before' }
  })
  return (names) => vi.waitFor(() => expect(names.filter((name) => (cut.get(name) ?? 0) < 2)).toEqual([]), patience)
}

const invoiceSteps = ['draft', 'item', 'final', 'payment'].flatMap((step) =>
  (['before', 'after'] as const).map((moment) => ({ team: `invoice ${step} ${moment}`, step, moment })),
)

test('an invoice: killed before and after each call that makes it', async () => {
  const areCut = cutFor(({ path, key }) => (path.startsWith('/v1/invoices') ? key : null))
  for (const { team } of invoiceSteps) {
    await scene.team(gateway.url, team)
    expect(await buy(gateway.url, team)).toMatchObject({ state: 'PAID' })
  }
  const tags = new Map<string, string>()
  for await (const { metadata } of scene.stripe.paymentIntents.list({ limit: 100 })) {
    tags.set(metadata.team ?? '', metadata.tag ?? '')
  }
  await areCut(invoiceSteps.map(({ team }) => `${tags.get(team)}:invoice:draft`))
  const held = invoiceSteps.map(({ team, step, moment }) =>
    scene.door.hold(moment, ({ key }) => key === `${tags.get(team)}:invoice:${step}`),
  )
  scene.door.befall(null)
  await scene.advance(gateway.url, 120)
  await Promise.all(held)
  await killAndStart()
})

test('a recharge: killed after its trigger, around its charge, and before the next pack', async () => {
  const steps = [
    { team: 'recharge triggered', packs: 1, moment: 'before', fits: asksFor },
    { team: 'recharge asked for', packs: 1, moment: 'before', fits: charges },
    { team: 'recharge charged', packs: 1, moment: 'after', fits: charges },
    { team: 'recharge next pack', packs: 2, moment: 'before', fits: asksFor },
  ] as const
  const customers: string[] = []
  for (const { team, packs } of steps) {
    customers.push(await scene.team(gateway.url, team))
    await recharge(gateway.url, team, packs === 1 ? 450 : 9_000)
  }
  const [, , , last = ''] = customers
  const paid = (customer: string) => scene.door.calls.some(charges(customer))
  const areCut = cutFor((call) => {
    const customer = customers.find((one) => asksFor(one)(call))
    return customer === undefined || (customer === last && !paid(last)) ? null : customer
  })
  for (const { team } of steps) await charge(gateway.url, team)
  await areCut(customers)
  expect(await scene.purchases('recharge next pack')).toMatchObject([{ state: 'PAID' }, { state: 'PENDING' }])
  const held = steps.map(({ moment, fits }, index) => scene.door.hold(moment, fits(customers[index] ?? '')))
  scene.door.befall(null)
  await scene.advance(gateway.url, 120)
  await Promise.all(held)
  await killAndStart()
  await scene.advance(gateway.url, 120)
  await scene.settled(gateway.url)
  const taken = await scene.expectEven()
  for (const { team, packs } of steps) {
    expect([team, taken.get(team)]).toEqual([team, packs * 500])
    expect(await scene.rechargeOf(team)).toMatchObject({ state: 'ARMED', attempt: null })
  }
})

test.each(databaseSteps)('a recharge that was charged: killed %s', async (name, bring) => {
  const team = `recharged ${name}`
  const customer = await scene.team(gateway.url, team)
  await recharge(gateway.url, team, 450)
  const charged = scene.door.hold('after', charges(customer))
  await charge(gateway.url, team)
  const release = await bring(team, (await charged).go)
  await kill()
  await release()
  gateway = await scene.spawn()
  await scene.advance(gateway.url, 120)
  await scene.settled(gateway.url)
  expect((await scene.expectEven()).get(team)).toBe(500)
  expect(await scene.rechargeOf(team)).toMatchObject({ state: 'ARMED', attempt: null })
})

test('a recharge: killed in back-off and while the bank wants the customer', async () => {
  const declined = await scene.team(gateway.url, 'backing off', 'pm_card_chargeCustomerFail')
  await scene.team(gateway.url, 'parked', 'pm_card_authenticationRequired')
  for (const team of ['backing off', 'parked']) {
    await recharge(gateway.url, team, 450)
    await charge(gateway.url, team)
  }
  await vi.waitFor(async () => {
    expect(await scene.rechargeOf('backing off')).toMatchObject({ state: 'CHARGING', retryAt: expect.any(Number) })
    expect(await scene.rechargeOf('parked')).toMatchObject({ state: 'ACTION_REQUIRED' })
  }, patience)
  const [parked] = await scene.purchases('parked')
  const confirming = await fetch(parked?.actionUrl ?? '', { method: 'POST', redirect: 'manual' })
  await kill()
  await scene.saveCard(declined, 'pm_card_visa')
  await fetch(confirming.headers.get('location') ?? '', {
    method: 'POST',
    body: new URLSearchParams({ answer: 'complete' }),
    redirect: 'manual',
  })
  gateway = await scene.spawn()
  await scene.advance(gateway.url, 3_700)
  await scene.settled(gateway.url)
  await vi.waitFor(async () => {
    const taken = await scene.expectEven()
    expect([taken.get('backing off'), taken.get('parked')]).toEqual([500, 500])
  }, patience)
  for (const team of ['backing off', 'parked']) {
    expect(await scene.rechargeOf(team)).toMatchObject({ state: 'ARMED', attempt: null, retryAt: null })
  }
})
