import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
let keys = 0
/** The tests advance the clock, each from where the one before left it. */
let month = 0

beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
/** Ends the subscriptions of the test before: otherwise each test would renew all of them for months. */
beforeEach(async () => {
  for await (const { id } of scene.stripe.subscriptions.list({ limit: 100 }))
    await scene.stripe.subscriptions.cancel(id)
  month += 4
  await scene.until(new Date(Date.UTC(2028, month, 5, 12)).toISOString())
})
afterAll(() => scene.close())

const base = 9_000
const unit = 3_000

async function subscribed(card = 'pm_card_visa', seats = 1): Promise<TeamId> {
  const team = await scene.team('free')
  await scene.saveCard(team, card)
  await scene.subscribe(team, [{ price: await scene.price('team', base), quantity: seats }])
  return team
}

const unavailable = (error: unknown) => {
  if (error instanceof StripeUnavailable) return null
  throw error
}
const set = (team: TeamId, units: number, key = `key-${++keys}`) => scene.order(team, units, key)

const refusalOf = async (team: TeamId, units: number) => {
  const fingerprint = `${units}`.padStart(4, '0')
  const command = { kind: 'order-add-on-units', units } as const
  const { outcome } = await scene.ledger.submit({ teamId: team, key: `key-${++keys}`, fingerprint, command })
  return outcome.kind === 'refused' ? outcome.failure : null
}

/** Advances to two hours after this many renewals. */
const renewed = (times: number) => scene.until(new Date(Date.UTC(2028, month + times, 5, 14)).toISOString())

/** The price of the add-on so far, in units; it is a whole number, or money and credits differ. */
const unitsPaid = async (team: TeamId, periods = 1) => ((await scene.paidIn(team)) - periods * base) / unit

/** The add-ons' deposits so far, in units. */
async function unitsDeposited(team: TeamId): Promise<number> {
  const credits = (await scene.deposits(team))
    .filter((line) => line.includes('ADD_ON'))
    .map((line) => Number.parseInt(line, 10))
  return credits.reduce((sum, amount) => sum + amount, 0) / 200
}

describe('D5: units', () => {
  test("of another plan's add-on bring nothing, and stay at Stripe until units of the new plan are set", async () => {
    const team = await subscribed()
    await set(team, 2)
    const [subscription] = (await scene.stripe.subscriptions.list({ customer: await scene.customer(team) })).data
    const planned = subscription?.items.data.find(({ price }) => price.metadata.plan === 'team')
    if (subscription === undefined || planned === undefined) throw new Error('There is no subscription')
    const items = [{ id: planned.id, price: await scene.price('personal', 2_400), quantity: 1 }]
    await scene.stripe.subscriptions.update(subscription.id, { items, proration_behavior: 'none' })
    await scene.sandbox.idle()
    expect(await scene.account(team)).toMatchObject({ planId: 'personal', addOn: { units: 0 } })
    const itemsOf = async () =>
      (await scene.stripe.subscriptions.retrieve(subscription.id)).items.data.map(({ price }) => price.metadata)
    expect(await itemsOf()).toEqual([{ plan: 'personal' }, { add_on: 'team' }])
    const told = scene.logged.filter(({ subscription: of }) => of === subscription.id)
    expect(told.at(-1)).toMatchObject({ team, msg: expect.stringContaining("another plan's add-on") })
    await set(team, 1)
    expect(await itemsOf()).toEqual([{ plan: 'personal' }, { add_on: 'personal' }])
    const before = await scene.paidIn(team)
    await renewed(1)
    expect((await scene.paidIn(team)) - before).toBe(2_400 + 1_000)
  })

  test('are paid and deposited at once in full, late in the cycle too', async () => {
    const team = await subscribed()
    await scene.until(new Date(scene.sandbox.clock.now() + 20 * 86_400_000).toISOString())
    expect(await set(team, 2)).toEqual({ kind: 'done' })
    expect((await scene.account(team)).addOn).toEqual({ units: 2, granted: 2 })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([2, 2])
  })

  test('more pay for the difference, fewer nothing; more again in the same cycle only what it has not had', async () => {
    const team = await subscribed()
    const steps = [
      [1, 1],
      [3, 3],
      [1, 3],
      [3, 3],
      [0, 3],
      [2, 3],
      [4, 4],
      [0, 4],
      [5, 5],
    ] as const
    for (const [units, had] of steps) {
      expect(await set(team, units)).toEqual({ kind: 'done' })
      expect((await scene.account(team)).addOn).toEqual({ units, granted: had })
      expect([units, await unitsPaid(team), await unitsDeposited(team)]).toEqual([units, had, had])
    }
  })

  test('are renewed with the main cycle, and end with it when the subscription is cancelled', async () => {
    const team = await subscribed()
    await set(team, 2)
    const [subscription] = (await scene.stripe.subscriptions.list({ customer: await scene.customer(team) })).data
    await renewed(1)
    expect([await unitsPaid(team, 2), await unitsDeposited(team)]).toEqual([4, 4])
    await set(team, 1)
    await renewed(2)
    expect([await unitsPaid(team, 3), await unitsDeposited(team)]).toEqual([5, 5])
    await scene.stripe.subscriptions.update(subscription?.id ?? '', { cancel_at_period_end: true })
    await scene.sandbox.idle()
    expect((await scene.account(team)).available).toBe((150n + 200n) * MICRO)
    await renewed(3)
    const account = await scene.account(team)
    expect(account).toMatchObject({ planId: 'free', available: 16n * MICRO, addOn: { units: 0 } })
    expect([await unitsPaid(team, 3), await unitsDeposited(team)]).toEqual([5, 5])
    expect(await refusalOf(team, 1)).toMatchObject({ code: 'ADD_ON_NOT_AVAILABLE' })
  })

  test('are not sold while the period is not paid for, on trial, or on a plan that takes none', async () => {
    const team = await scene.team('free')
    await scene.saveCard(team)
    expect(await refusalOf(team, 1)).toMatchObject({ code: 'ADD_ON_NOT_AVAILABLE', reason: 'PLAN' })
    const items = [{ price: await scene.price('team', base) }]
    const { id } = await scene.subscribe(team, items, { trial_period_days: 10 })
    expect(await set(team, 1)).toEqual({ kind: 'not-available' })
    await scene.stripe.subscriptions.update(id, { trial_end: 'now' })
    await scene.sandbox.idle()
    expect(await set(team, 1)).toEqual({ kind: 'done' })
    const { paidThrough } = await scene.account(team)
    await scene.until(new Date((paidThrough ?? 0) + 60_000).toISOString())
    const key = `key-${++keys}`
    expect(await set(team, 0, key)).toEqual({ kind: 'not-available' })
    await scene.until(new Date((paidThrough ?? 0) + 3_700_000).toISOString())
    expect(await set(team, 0, key)).toEqual({ kind: 'done' })
    expect([await unitsPaid(team, 2), await unitsDeposited(team)]).toEqual([2, 2])
  })

  test('of an older price move to the one of the catalog, and only fresh ones are paid', async () => {
    const team = await subscribed()
    const old = await scene.price('team', 1_000, 'month', { add_on: 'team' })
    const [subscription] = (await scene.stripe.subscriptions.list({ customer: await scene.customer(team) })).data
    const terms = { subscription: subscription?.id ?? '', price: old, quantity: 2 }
    await scene.stripe.subscriptionItems.create({ ...terms, proration_behavior: 'none' })
    await scene.sandbox.idle()
    expect((await scene.account(team)).addOn).toEqual({ units: 2, granted: 2 })
    await set(team, 3)
    expect((await scene.account(team)).addOn).toEqual({ units: 3, granted: 3 })
    expect(await unitsPaid(team)).toBe(1)
    const { items } = await scene.stripe.subscriptions.retrieve(subscription?.id ?? '')
    expect(items.data.map(({ price, quantity }) => [price.unit_amount, quantity])).toEqual([
      [base, 1],
      [unit, 3],
    ])
  })

  test('of a yearly subscription are paid and deposited once a year', async () => {
    const team = await scene.team('free')
    await scene.saveCard(team)
    await scene.subscribe(team, [{ price: await scene.price('team', 90_000, 'year'), quantity: 1 }])
    expect(await set(team, 2)).toEqual({ kind: 'done' })
    expect(await scene.paidIn(team)).toBe(90_000 + 2 * unit)
    expect(await unitsDeposited(team)).toBe(2)
  })
})

describe('a payment', () => {
  test('that is declined changes nothing, and stays declined under its key', async () => {
    const team = await subscribed()
    await set(team, 1)
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    const key = `key-${++keys}`
    const declined = await set(team, 3, key)
    expect(declined).toMatchObject({ kind: 'declined', declineCode: 'generic_decline' })
    expect((await scene.account(team)).addOn).toEqual({ units: 1, granted: 1 })
    await scene.saveCard(team)
    expect(await set(team, 3, key)).toEqual(declined)
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([1, 1])
    expect(await set(team, 3)).toEqual({ kind: 'done' })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([3, 3])
  })

  test('has nothing to be taken from where no method is saved', async () => {
    const team = await subscribed()
    const customer = await scene.customer(team)
    const { data } = await scene.stripe.customers.listPaymentMethods(customer)
    for (const { id } of data) await scene.stripe.paymentMethods.detach(id)
    expect(await set(team, 1)).toEqual({ kind: 'no-method' })
    expect(await set(team, 0)).toEqual({ kind: 'done' })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([0, 0])
  })

  test('that the customer has to confirm waits at a page; confirmed, the units arrive by themselves', async () => {
    const team = await subscribed()
    await set(team, 2)
    await set(team, 1)
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const key = `key-${++keys}`
    const waiting = await set(team, 4, key)
    expect(waiting).toEqual({ kind: 'action-required', actionUrl: expect.stringContaining('/invoice/') })
    expect(await set(team, 4, key)).toEqual(waiting)
    expect(await set(team, 3)).toEqual(waiting)
    expect((await scene.account(team)).addOn).toEqual({ units: 1, granted: 2 })
    const { rows } = await scene.database.pool.query('select invoice from add_on_change where key = $1', [key])
    await scene.saveCard(team)
    await scene.stripe.invoices.pay(rows[0].invoice, { payment_method: await scene.savedCard(team) })
    await expect.poll(async () => (await scene.account(team)).addOn).toEqual({ units: 4, granted: 4 })
    await expect.poll(() => set(team, 4, key)).toEqual({ kind: 'done' })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([4, 4])
  })

  test('that was not confirmed for a day is called off', async () => {
    const team = await subscribed()
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const key = `key-${++keys}`
    expect(await set(team, 1, key)).toMatchObject({ kind: 'action-required' })
    await scene.until(new Date(scene.sandbox.clock.now() + 24 * 3_600_000).toISOString())
    expect(await set(team, 1, key)).toMatchObject({ kind: 'declined', declineCode: null })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([0, 0])
  })
})

describe('an answer that is lost', () => {
  afterEach(() => scene.sandbox.faults.clear())
  const steps = ['draft', 'item', 'finalizing', 'payment', 'quantity']
  const faults = [
    ['cut', { do: 'cut-after', times: 2 }],
    ['cut for longer', { do: 'cut-after', times: 4 }],
    ['answered with 500', { do: 'fail-after', times: 2 }],
    ['answered with 500 instead', { do: 'fail-before', times: 2 }],
    ['sent away', { do: 'rate-limit', times: 2 }],
  ] as const
  const lost = steps.flatMap((step, behind) => faults.map(([how, fault]) => ({ step, behind, how, fault })))

  test.each(lost)(
    'at the $step ($how): the same key goes on where it was, and pays once',
    async ({ behind, fault }) => {
      const team = await subscribed()
      await set(team, 2)
      await set(team, 1)
      const requests = { method: 'POST', path: '/v1/' }
      if (behind > 0) scene.sandbox.faults.add({ do: 'delay', ms: 0, times: behind, ...requests })
      scene.sandbox.faults.add({ ...fault, ...requests })
      const key = `key-${++keys}`
      await expect.poll(() => set(team, 4, key).catch(unavailable), { timeout: 30_000 }).toEqual({ kind: 'done' })
      scene.sandbox.faults.clear()
      expect((await scene.account(team)).addOn).toEqual({ units: 4, granted: 4 })
      expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([4, 4])
      const { data } = await scene.stripe.invoices.list({ customer: await scene.customer(team), status: 'open' })
      expect(data).toEqual([])
    },
  )

  test('while nobody asks again: what was decided is taken to its end', async () => {
    const team = await subscribed()
    await set(team, 2)
    await set(team, 1)
    scene.sandbox.faults.add({ do: 'cut-after', path: '/v1/invoices/', times: 3 })
    await expect(set(team, 4)).rejects.toThrow(StripeUnavailable)
    await expect.poll(async () => (await scene.account(team)).addOn).toEqual({ units: 4, granted: 4 })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([4, 4])
  })

  test('before anything was decided charges nobody, and is left to its caller', async () => {
    const team = await subscribed()
    scene.sandbox.faults.add({ do: 'fail-before', method: 'POST', path: '/v1/invoices', times: 20 })
    const key = `key-${++keys}`
    await expect(set(team, 2, key)).rejects.toThrow(StripeUnavailable)
    scene.sandbox.faults.clear()
    const text = 'select claimed_at, invoice from add_on_change where key = $1'
    expect((await scene.database.pool.query(text, [key])).rows).toEqual([{ claimed_at: null, invoice: null }])
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([0, 0])
    expect(await set(team, 2, key)).toEqual({ kind: 'done' })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([2, 2])
  })

  test('for a day: the invoice is called off, and nobody pays late', async () => {
    const team = await subscribed()
    const key = `key-${++keys}`
    scene.sandbox.faults.add({ do: 'fail-before', method: 'POST', path: '/v1/invoices/', times: 1_000 })
    await expect(set(team, 2, key)).rejects.toThrow(StripeUnavailable)
    await scene.until(new Date(scene.sandbox.clock.now() + 24 * 3_600_000).toISOString())
    scene.sandbox.faults.clear()
    await expect.poll(() => set(team, 2, key)).toMatchObject({ kind: 'declined', declineCode: null })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([0, 0])
    expect(await set(team, 2)).toEqual({ kind: 'done' })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([2, 2])
  })

  test('for good keeps no other change from its end', async () => {
    const team = await subscribed()
    await set(team, 2)
    const { data } = await scene.stripe.subscriptions.list({ customer: await scene.customer(team) })
    const begun = `insert into add_on_change (team_id, key, units, created_at, attempt, claimed_at, subscription, ask_at)
      select team_id, $1, 0, ledger_now(), 1, ledger_now(), subscription, ledger_now()
      from unnest($2::text[], $3::text[]) c(team_id, subscription)`
    await scene.database.pool.query(begun, [`key-${++keys}`, ['team-lost', team], ['sub_lost', data[0]?.id]])
    await expect.poll(async () => (await scene.account(team)).addOn.units).toBe(0)
    await scene.database.pool.query(`delete from add_on_change where team_id = 'team-lost'`)
  })

  test('and Stripe out of reach: nothing is charged', async () => {
    const team = await subscribed()
    scene.sandbox.faults.add({ do: 'fail-before', times: 30 })
    await expect(set(team, 2)).rejects.toThrow(StripeUnavailable)
    scene.sandbox.faults.clear()
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([0, 0])
  })
})

describe('a key', () => {
  test('has its effect once, however often it comes and whatever came since', async () => {
    const team = await subscribed()
    const all = await Promise.all([1, 2, 3, 4].map(() => set(team, 2, `once ${team}`)))
    expect(all).toEqual(all.map(() => ({ kind: 'done' })))
    await set(team, 5)
    expect(await set(team, 2, `once ${team}`)).toEqual({ kind: 'done' })
    expect((await scene.account(team)).addOn).toEqual({ units: 5, granted: 5 })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([5, 5])
  })

  test('with another number is refused, and so is one of another command', async () => {
    const team = await subscribed()
    await set(team, 1, `first ${team}`)
    await expect(set(team, 2, `first ${team}`)).rejects.toThrow('IDEMPOTENCY_CONFLICT')
    await scene.submit(team, { kind: 'roll-forward' }, `other ${team}`)
    await expect(set(team, 2, `other ${team}`)).rejects.toThrow('IDEMPOTENCY_CONFLICT')
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([1, 1])
  })

  test('among many at once, in two gateways: each unit is paid once, and the last number stands', async () => {
    const team = await subscribed()
    const other = await openPaying({ catalog: 'ai-studios', sandbox: scene.sandbox, databaseUrl: scene.databaseUrl })
    const patiently = async (gateway: Paying, units: number) => {
      const key = `key-${++keys}`
      for (;;) {
        try {
          return await gateway.order(team, units, key)
        } catch (error) {
          if (!(error instanceof StripeUnavailable)) throw error
        }
      }
    }
    const orders = [3, 1, 4, 2, 5, 0].map((units, index) => patiently(index % 2 === 0 ? scene : other, units))
    expect(await Promise.all(orders)).toEqual(orders.map(() => ({ kind: 'done' })))
    const { granted } = (await scene.account(team)).addOn
    expect(granted).toBe(5)
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([5, 5])
    await other.close()
  })
})
