import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RequestFault } from '../../../packages/stripe-sandbox/src/http/faults.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { actOf } from '../../setup/acts.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
afterAll(() => scene.close())

const standing = { planId: 'free', teamName: null, seats: 1, interval: null, anchor: null, grants: [] } as const

async function cutOver(team: TeamId): Promise<void> {
  const since = (await scene.account(team)).move?.since ?? 0
  const cut = { kind: 'cut-over', since, team: standing, balance: 0n, posted: [], ended: [] } as const
  expect((await scene.submit(team, cut)).outcome).toMatchObject({ kind: 'imported' })
}

/** Counts as a team that was cut over, without its standing. */
async function beCutOver({ database }: Paying, team: TeamId): Promise<void> {
  await database.pool.query(
    `update account set move = '{"system":"Old","stage":"CUT_OVER","since":0,"revision":0,"cutOverAt":0}' where team_id = $1`,
    [team],
  )
}

async function cutBack({ submit }: Paying, team: TeamId): Promise<void> {
  expect((await submit(team, { kind: 'cut-back' })).outcome).toEqual({ kind: 'done' })
}

describe('a subscription', () => {
  const planOf = async (team: TeamId) => (await scene.account(team)).planId

  test('that changes while its team is followed is read again once the team is cut over', async () => {
    const team = teamId('followed')
    await scene.submit(team, { kind: 'follow-team', system: 'Old' })
    await scene.saveCard(team)
    await scene.subscribe(team, [{ price: await scene.price('personal', 2_400) }])
    expect(await planOf(team)).toBe(null)
    await cutOver(team)
    scene.poke()
    await expect.poll(() => planOf(team), { timeout: 20_000 }).toBe('personal')
    const marked = async () =>
      (await scene.database.pool.query('select id from customer where follow_after_cut_over')).rowCount
    await expect.poll(marked, { timeout: 20_000 }).toBe(0)
  })
})

describe('a refund', () => {
  test('needs an amount while another system serves the team, and only then', async () => {
    const other = await openPaying()
    try {
      const team = await other.team()
      await other.saveCard(team)
      const { id } = await other.buy(team)
      await beCutOver(other, team)
      const preview = (amount: bigint | null) => other.payments.refundPreview(team, id, amount)
      expect(await preview(null)).toMatchObject({ credits: 5_000n * MICRO })
      await cutBack(other, team)
      expect(await preview(null)).toEqual({ kind: 'amount-needed', system: 'Old' })
      expect(await preview(1_000_000_000n)).toMatchObject({ amount: { amount: 1_000_000_000n } })
      const request = { teamId: team, key: 'one', fingerprint: 'ab', purchaseId: id, reason: 'asked' }
      expect(await other.payments.refund({ ...request, amount: null }, actOf('refundPurchase'))).toEqual({
        ...{ kind: 'amount-needed', system: 'Old' },
      })
    } finally {
      await other.close()
    }
  })
})

describe('units that were ordered before a cut back', () => {
  const order = { kind: 'order-add-on-units', units: 2 } as const
  const set = (team: TeamId) => scene.payments.setAddOnUnits(team, 'units', 2)

  async function subscribed(): Promise<TeamId> {
    const team = await scene.team()
    await scene.saveCard(team)
    await scene.subscribe(team, [{ price: await scene.price('team', 9_000) }])
    await beCutOver(scene, team)
    expect((await scene.submit(team, order, 'units')).outcome.kind).toBe('ordered')
    return team
  }

  const refused = { kind: 'declined', declineCode: 'payment_refused', reason: expect.stringContaining('Old') }

  test('are not asked for, also under the key of the order', async () => {
    const team = await subscribed()
    await cutBack(scene, team)
    expect(await set(team)).toEqual(refused)
    expect(await scene.paidIn(team)).toBe(9_000)
    expect((await scene.account(team)).addOn.units).toBe(0)
  })

  test('are called off with their draft where Stripe was out of reach', async () => {
    const team = await subscribed()
    scene.sandbox.faults.add({ do: 'rate-limit', method: 'POST', path: '/v1/invoices/', times: 1_000 })
    await expect(set(team)).rejects.toThrow(StripeUnavailable)
    await cutBack(scene, team)
    scene.sandbox.faults.clear()
    expect(await set(team)).toEqual(refused)
    expect(await scene.paidIn(team)).toBe(9_000)
    const { data } = await scene.stripe.invoices.list({ customer: await scene.customer(team) })
    expect(data.map(({ status }) => status)).toEqual(['paid'])
  })

  test('are deposited where they are paid already', async () => {
    const team = await subscribed()
    scene.sandbox.faults.add({ do: 'rate-limit', method: 'POST', path: '/v1/subscriptions/', times: 1_000 })
    await expect(set(team)).rejects.toThrow(StripeUnavailable)
    await cutBack(scene, team)
    scene.sandbox.faults.clear()
    expect(await set(team)).toEqual({ kind: 'done' })
    expect(await scene.paidIn(team)).toBe(15_000)
    expect((await scene.account(team)).addOn).toMatchObject({ units: 2, granted: 2 })
  })
})

const patience = { timeout: 20_000 }
const minute = 60_000
const hour = 60 * minute

const taxed = parseCatalog(
  `${loadCatalog('catalogs/wevion.yaml').source}\ntax: { behavior: exclusive, code: txcd_10103001 }\n`,
  'taxed.yaml',
)

/** Recharges that had not come to their end when their teams were cut back. */
async function openRecharges(catalog: Parameters<typeof openPaying>[0]) {
  const paying = await openPaying(catalog)
  const { sandbox, stripe, database } = paying

  async function one(team: TeamId) {
    const [purchase] = await paying.purchases(team)
    if (purchase === undefined) throw new Error(`${team} has no purchase`)
    return purchase
  }

  const later = (ms: number) => paying.until(new Date(sandbox.clock.now() + ms).toISOString())

  return {
    ...paying,
    one,
    attempt: async (team: TeamId) => (await paying.account(team)).recharge?.attempt,
    intents: async (team: TeamId) =>
      (await stripe.paymentIntents.list({ customer: await paying.customer(team) })).data.map(({ status }) => status),
    invoices: async (team: TeamId) =>
      (await stripe.invoices.list({ customer: await paying.customer(team) })).data.map(({ status }) => status),
    later,

    /** Lets time pass until the recharge is in that state. */
    comesTo: (team: TeamId, state: string, stepMs = 5 * minute) =>
      expect.poll(() => later(stepMs).then(async () => (await one(team)).state), patience).toBe(state),

    /** A team that was cut over and can be charged. */
    async chargeable(): Promise<TeamId> {
      const team = await paying.team()
      await paying.saveCard(team)
      await stripe.customers.update(await paying.customer(team), { address: { country: 'DE' } })
      await beCutOver(paying, team)
      return team
    },

    /** A purchase that is continued while another process has the team and then writes. */
    async advanceBeside(team: TeamId, writes: readonly string[]): Promise<Purchase> {
      const terms = { packageId: 'starter', pay: 'SAVED_METHOD', successUrl: null, cancelUrl: null } as const
      const caller = { id: null, role: 'ADMIN' } as const
      const { outcome } = await paying.submit(team, { kind: 'begin-purchase', ...terms, memberId: null, caller })
      if (outcome.kind !== 'purchase') throw new Error('Not begun')
      const other = await database.pool.connect()
      try {
        await other.query('begin')
        await other.query('select from account where team_id = $1 for update', [team])
        const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and query like '%asked_at = ledger_now()%'`
        const advanced = paying.payments.advance(team, outcome.purchase.id)
        await expect.poll(async () => (await database.pool.query(waits)).rowCount, patience).toBe(1)
        for (const write of writes) await other.query(write, [team])
        await other.query('commit')
        return await advanced
      } finally {
        other.release()
      }
    },

    /** A team that is cut back after its recharge has met faults at Stripe. `asked`: another gateway has asked since. */
    async cutBackAfter(fault: RequestFault, told: string, asked = false): Promise<TeamId> {
      const team = await this.chargeable()
      sandbox.webhooks.fault({ do: 'drop', times: 1_000 })
      sandbox.faults.add({ ...fault, times: 1_000 })
      await paying.recharge(team)
      const isTold = () => paying.logged.some((line) => line.msg === told && (line.team ?? line.teamId) === team)
      await expect.poll(isTold, patience).toBe(true)
      if (asked) await database.pool.query('update purchase set asked_at = ledger_now() where team_id = $1', [team])
      await cutBack(paying, team)
      sandbox.faults.clear()
      return team
    },
  }
}

const cutBackNow = `update account set move = move || '{"stage":"CUT_BACK","payments":[]}' where team_id = $1`
const requestedByOther = `update purchase set asked_at = ledger_now(), asks = 0, pay = 'SAVED_METHOD', payment_method = 'pm_other',
  customer = (select id from customer c where c.team_id = $1) where team_id = $1`

const notReached = 'A purchase could not be looked after; it is tried again'
const notKnown = 'What came of a charge is not known yet'

describe('a recharge that was begun before a cut back', () => {
  let paying: Awaited<ReturnType<typeof openRecharges>>
  beforeAll(async () => {
    paying = await openRecharges({})
  })
  afterEach(() => paying.sandbox.faults.clear())
  afterAll(() => paying.close())

  test('is not asked for any more', async () => {
    const path = '/v1/payment_intents'
    const team = await paying.cutBackAfter({ do: 'rate-limit', path }, notReached)
    await paying.comesTo(team, 'FAILED')
    const { askedAt, declineCode, failure } = await paying.one(team)
    expect({ askedAt, declineCode }).toEqual({ askedAt: null, declineCode: 'payment_refused' })
    expect(failure).toContain('Old')
    expect(await paying.intents(team)).toEqual([])
    await expect.poll(() => paying.attempt(team), patience).toBe(null)
    const { recharge } = await paying.account(team)
    expect(recharge).toMatchObject({ state: 'OFF', spent: 0n, boughtToday: 0, lastFailure: failure })
  })

  test('is not asked for where the cut back comes at the same time', async () => {
    const team = await paying.chargeable()
    const after = await paying.advanceBeside(team, [cutBackNow])
    expect(after).toMatchObject({ state: 'FAILED', askedAt: null })
    expect(await paying.intents(team)).toEqual([])
  })

  test('is only searched for where another gateway requests it and the cut back comes at the same time', async () => {
    const team = await paying.chargeable()
    const after = await paying.advanceBeside(team, [requestedByOther, cutBackNow])
    expect(after).toMatchObject({ state: 'PENDING', askedAt: expect.any(Number) })
    expect(await paying.intents(team)).toEqual([])
  })

  test('stays requested where another gateway requests it at the same time and Stripe is out of reach', async () => {
    const team = await paying.chargeable()
    paying.sandbox.faults.add({ do: 'rate-limit', method: 'POST', path: '/v1/payment_intents', times: 1_000 })
    const after = await paying.advanceBeside(team, [requestedByOther])
    expect(after).toMatchObject({ state: 'PENDING', askedAt: expect.any(Number) })
    expect(await paying.one(team)).toMatchObject({ askedAt: after.askedAt })
  })

  test('is not made again where the answer was lost, and is given up once it can have been', async () => {
    const path = '/v1/payment_intents'
    const team = await paying.cutBackAfter({ do: 'fail-before', path }, notKnown)
    const askedAgain = async () => {
      await paying.later(minute)
      return (await paying.one(team)).asks
    }
    await expect.poll(askedAgain, patience).toBeGreaterThan(2)
    expect((await paying.one(team)).state).toBe('PENDING')
    await paying.comesTo(team, 'CANCELED', hour)
    expect(await paying.intents(team)).toEqual([])
    await expect.poll(() => paying.attempt(team), patience).toBe(null)
    expect((await paying.account(team)).recharge).toMatchObject({ state: 'OFF', spent: 0n })
  })

  test('lands and is told where it was paid and its answer was lost', async () => {
    const path = '/v1/payment_intents'
    const team = await paying.cutBackAfter({ do: 'cut-after', path }, notKnown)
    await paying.comesTo(team, 'PAID')
    await expect.poll(async () => (await paying.account(team)).move?.payments.length, patience).toBe(1)
    const { intent } = await paying.one(team)
    const { move, recharge, grants } = await paying.account(team)
    const source = `stripe:${intent}`
    expect(move?.payments).toEqual([{ source, landed: 5_000n * MICRO, reversed: 0n }])
    expect(grants.find((grant) => grant.source === source)?.available).toBe(5_000n * MICRO)
    expect(recharge).toMatchObject({ state: 'OFF', attempt: null })
    const told = `select from account_notice where team_id = $1 and type = 'RECHARGE_SUCCEEDED'`
    expect((await paying.database.pool.query(told, [team])).rowCount).toBe(1)
  })
})

describe('a recharge with tax that was begun before a cut back', () => {
  let paying: Awaited<ReturnType<typeof openRecharges>>
  beforeAll(async () => {
    paying = await openRecharges({ catalog: taxed })
  })
  afterEach(() => paying.sandbox.faults.clear())
  afterAll(() => paying.close())

  const draft = { do: 'rate-limit', method: 'POST', path: '/v1/invoiceitems' } as const
  const finalized = { do: 'cut-after', method: 'POST', path: '/v1/invoices/' } as const

  test.each([
    ['is refused; its draft is deleted', draft, []],
    ['is refused; its invoice that is not paid yet is void', finalized, ['void']],
  ])('%s', async (_, fault, invoices) => {
    const team = await paying.cutBackAfter(fault, notReached)
    await paying.comesTo(team, 'FAILED')
    expect(await paying.invoices(team)).toEqual(invoices)
    expect(await paying.charges(team)).toEqual([])
  })

  test.each([
    ['is given up with its draft, where the answer was lost', draft, []],
    ['is given up with its invoice that is not paid yet, where the answer was lost', finalized, ['void']],
  ])('%s', async (_, fault, invoices) => {
    const team = await paying.cutBackAfter(fault, notReached, true)
    await paying.comesTo(team, 'CANCELED')
    expect(await paying.invoices(team)).toEqual(invoices)
    expect(await paying.charges(team)).toEqual([])
  })
})
