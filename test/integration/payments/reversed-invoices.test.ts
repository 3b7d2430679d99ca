import type { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import { moveClock } from '../../../src/ledger/clock/move-clock.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { ReversedInvoices } from '../../../src/payments/reversed-invoices.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
let keys = 0
let month = 0

beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
/** Each test has months of its own, in which no subscription of another test renews. */
beforeEach(async () => {
  for await (const { id } of scene.stripe.subscriptions.list({ limit: 100 }))
    await scene.stripe.subscriptions.cancel(id)
  month += 4
  await scene.until(new Date(Date.UTC(2028, month, 5, 12)).toISOString())
})
afterEach(async () => {
  scene.sandbox.webhooks.clearFaults()
  scene.sandbox.webhooks.release()
  await scene.sandbox.idle()
})
afterAll(() => scene.close())

const base = 9_000
const caller = { id: null, role: 'PLATFORM' } as const

async function subscribed() {
  const team = await scene.team('free')
  await scene.saveCard(team)
  const subscription = await scene.subscribe(team, [{ price: await scene.price('team', base) }])
  return { team, subscription, invoice: await newest(team) }
}
/** The newest invoice of the team, with the payment that paid it. */
async function newest(team: TeamId): Promise<{ id: string; intent: string }> {
  const { data } = await scene.stripe.invoices.list({ customer: await scene.customer(team), limit: 1 })
  const id = data[0]?.id ?? ''
  const payments = await scene.stripe.invoicePayments.list({ invoice: id })
  const intent = payments.data[0]?.payment.payment_intent
  return { id, intent: typeof intent === 'string' ? intent : '' }
}
const refund = (intent: string, amount?: number): Promise<Stripe.Refund> =>
  scene.stripe.refunds.create({ payment_intent: intent, ...(amount === undefined ? {} : { amount }) })
const pass = (days: number) => scene.until(new Date(scene.sandbox.clock.now() + days * 86_400_000).toISOString())
const spend = (team: TeamId, credits: number) =>
  scene.submit(team, {
    kind: 'charge-usage',
    usage: [{ rate: 'video.generator', quantity: BigInt(credits) * MICRO, count: 1 }],
    reference: null,
    memberId: null,
    caller,
  })

/** The part of each grant that is taken back, in credits: `150/150 INCLUDED`. */
async function taken(team: TeamId): Promise<string[]> {
  const text = `select kind, granted, clawed_back from credit_grant where team_id = $1 and source not like 'plan:free%' order by id`
  const { rows } = await scene.database.pool.query(text, [team])
  return rows.map(
    ({ kind, granted, clawed_back: back }) => `${BigInt(back) / MICRO}/${BigInt(granted) / MICRO} ${kind}`,
  )
}

describe("a refund of a plan's payment", () => {
  test('takes back its share of the cycle that was paid, and no other one', async () => {
    const { team, invoice } = await subscribed()
    await pass(32)
    const second = await newest(team)
    await refund(second.intent, base / 3)
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['0/150 INCLUDED', '50/150 INCLUDED'])
    await refund(second.intent)
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['0/150 INCLUDED', '150/150 INCLUDED'])
    await refund(invoice.intent)
    await scene.sandbox.idle()
    // Credits that have expired unspent are neither taken nor owed.
    expect((await scene.account(team)).owed).toBe(0n)
  })

  test('lets what is spent become owed', async () => {
    const { team, invoice } = await subscribed()
    await spend(team, 100)
    const { available } = await scene.account(team)
    await refund(invoice.intent)
    await scene.sandbox.idle()
    const after = await scene.account(team)
    expect(after.available - after.owed - available).toBe(-150n * MICRO)
    expect(after.owed).toBeGreaterThan(0n)
  })

  test('counts once, in whichever order and however often it is told', async () => {
    const { team, invoice } = await subscribed()
    scene.sandbox.webhooks.hold()
    await refund(invoice.intent, base / 3)
    await refund(invoice.intent, base / 3)
    const { data } = await scene.stripe.events.list({ type: 'refund.created', limit: 2 })
    for (const event of [...data, ...data.toReversed()]) await scene.events.handle(event)
    expect(await taken(team)).toEqual(['100/150 INCLUDED'])
  })

  test('leaves what a change of seats took back as it is', async () => {
    const team = await scene.team('free')
    await scene.saveCard(team)
    const price = await scene.price('team', base)
    const subscription = await scene.subscribe(team, [{ price, quantity: 3 }])
    const { intent } = await newest(team)
    await pass(15)
    const [item] = subscription.items.data
    await scene.stripe.subscriptions.update(subscription.id, { items: [{ id: item?.id ?? '', quantity: 1 }] })
    await scene.sandbox.idle()
    const [before = ''] = await taken(team)
    const fewer = Number(before.split('/')[0])
    expect(fewer).toBeGreaterThan(0)
    await refund(intent, (3 * base) / 10)
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual([`${fewer + 45}/450 INCLUDED`])
    await refund(intent)
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['450/450 INCLUDED'])
    const violations = (await verifyLedger(scene.database)).filter(({ violations: count }) => count > 0)
    expect(violations).toEqual([])
  })

  test('takes nothing of a cycle that begins anew within the one that was paid', async () => {
    const { team, subscription, invoice } = await subscribed()
    await pass(10)
    await scene.stripe.subscriptions.update(subscription.id, { billing_cycle_anchor: { type: 'now' } })
    await scene.sandbox.idle()
    const before = await taken(team)
    await refund(invoice.intent)
    await scene.sandbox.idle()
    const [first, ...others] = await taken(team)
    expect(first).toBe('150/150 INCLUDED')
    expect(others).toEqual(before.slice(1))
  })

  test('that fails gives the credits back', async () => {
    const team = await scene.team('free')
    await scene.saveCard(team, 'pm_card_refundFail')
    await scene.subscribe(team, [{ price: await scene.price('team', base) }])
    await refund((await newest(team)).intent)
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['150/150 INCLUDED'])
    await pass(1)
    expect(await taken(team)).toEqual(['0/150 INCLUDED'])
  })

  test('takes nothing of the plan that follows the one that was cancelled', async () => {
    const { team, subscription, invoice } = await subscribed()
    await pass(5)
    await scene.stripe.subscriptions.cancel(subscription.id)
    await scene.sandbox.idle()
    await pass(1)
    await scene.subscribe(team, [{ price: await scene.price('team', base) }])
    await refund(invoice.intent)
    await scene.sandbox.idle()
    expect((await taken(team)).map((line) => line.split('/')[0])).toEqual(['150', '0'])
  })

  test('takes nothing where another subscription ran beside it, and the log says so', async () => {
    const { team } = await subscribed()
    await scene.subscribe(team, [{ price: await scene.price('team', base) }])
    // The second one begins the cycle anew, where a second has passed.
    const before = await taken(team)
    await refund((await newest(team)).intent)
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(before)
    const said = expect.stringContaining('nobody can tell which credits it brought')
    expect(scene.logged.map(({ msg }) => msg)).toContainEqual(said)
  })
})

test("a dispute of a plan's payment takes its cycle back; won, it gives all back", async () => {
  const { team, invoice } = await subscribed()
  const dispute = scene.sandbox.banks.dispute(invoice.intent)
  await scene.sandbox.idle()
  expect(await taken(team)).toEqual(['150/150 INCLUDED'])
  scene.sandbox.banks.decideDispute(dispute, 'won')
  await scene.sandbox.idle()
  expect(await taken(team)).toEqual(['0/150 INCLUDED'])
})

test('a refund of units takes back those units alone', async () => {
  const { team } = await subscribed()
  await scene.order(team, 1, `key-${++keys}`)
  const first = await newest(team)
  await pass(1)
  await scene.order(team, 3, `key-${++keys}`)
  await refund(first.intent)
  await scene.sandbox.idle()
  expect(await taken(team)).toEqual(['0/150 INCLUDED', '200/200 ADD_ON', '0/400 ADD_ON'])
  await refund((await newest(team)).intent, 1_500)
  await scene.sandbox.idle()
  expect(await taken(team)).toEqual(['0/150 INCLUDED', '200/200 ADD_ON', '100/400 ADD_ON'])
})

describe('a credit note', () => {
  test('counts once with the refund that it makes, and by its share where it makes none', async () => {
    const { team, invoice } = await subscribed()
    await scene.stripe.creditNotes.create({ invoice: invoice.id, amount: base / 3, refund_amount: base / 3 })
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['50/150 INCLUDED'])
    await scene.stripe.creditNotes.create({ invoice: invoice.id, amount: base / 3, out_of_band_amount: base / 3 })
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['100/150 INCLUDED'])
  })

  test('lowers an open invoice by its share, until it is voided', async () => {
    const { team } = await subscribed()
    await pass(26)
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    await pass(6)
    const open = await newest(team)
    const note = await scene.stripe.creditNotes.create({ invoice: open.id, amount: base / 3 })
    await scene.stripe.creditNotes.create({ invoice: open.id, amount: base / 3 })
    await scene.stripe.creditNotes.voidCreditNote(note.id)
    await scene.saveCard(team)
    await scene.stripe.invoices.pay(open.id)
    await scene.sandbox.idle()
    await scene.until(new Date(scene.sandbox.clock.now() + 3_700_000).toISOString())
    await expect.poll(() => taken(team)).toEqual(['0/150 INCLUDED', '50/150 INCLUDED'])
  })
})

describe('refundInvoice', () => {
  const act = {
    mutation: 'refundInvoice',
    caller: { id: memberId('operator'), role: 'PLATFORM' },
    credential: 'TOKEN',
    reference: null,
    address: null,
    traceId: null,
  } as const
  const dollars = (amount: number) => BigInt(amount) * NANO
  const give = (team: TeamId, invoice: string, amount: bigint | null, key = `key-${++keys}`) =>
    scene.payments.refundInvoice({ teamId: team, key, fingerprint: `${amount}`, invoice, amount, reason: 'moved' }, act)

  test('gives back once for its key and never more than was paid, and lists what can be given back', async () => {
    const { team, invoice } = await subscribed()
    const key = `key-${++keys}`
    const both = await Promise.all([1, 2].map(() => give(team, invoice.id, dollars(30), key)))
    expect(both.map(({ kind }) => kind)).toEqual(['refunded', 'refunded'])
    expect(await give(team, invoice.id, dollars(31), key)).toEqual({ kind: 'conflict' })
    expect(await taken(team)).toEqual(['50/150 INCLUDED'])
    expect(await give(team, invoice.id, dollars(61))).toMatchObject({
      kind: 'exceeds',
      refundable: { amount: dollars(60), currency: 'USD' },
    })
    expect(await scene.payments.paidInvoices(team)).toMatchObject([
      { invoice: invoice.id, kind: 'PLAN', total: { amount: dollars(90) }, returned: { amount: dollars(30) } },
    ])
    expect(await give(team, invoice.id, null)).toMatchObject({
      kind: 'refunded',
      invoice: { returned: { amount: dollars(90) } },
    })
    await scene.sandbox.idle()
    expect(await taken(team)).toEqual(['150/150 INCLUDED'])
    const { rows } = await scene.database.pool.query('select after from audit_record where team_id = $1 order by id', [
      team,
    ])
    expect(rows.map(({ after }) => after.amount)).toEqual(['30', '60'])
  })

  test("knows no invoice of another team, and none of a purchase's", async () => {
    const { team, invoice } = await subscribed()
    const other = await scene.team()
    await scene.saveCard(other)
    expect(await give(other, invoice.id, null)).toEqual({ kind: 'not-found' })
    expect(await give(team, 'in_none', null)).toEqual({ kind: 'not-found' })
  })

  test('is made once where its answer is lost', async () => {
    const { team, invoice } = await subscribed()
    scene.sandbox.faults.add({ do: 'cut-after', times: 2, method: 'POST', path: '/v1/refunds' })
    await expect(give(team, invoice.id, dollars(45))).rejects.toThrow('Payments are out of reach')
    await scene.until(new Date(scene.sandbox.clock.now() + 120_000).toISOString())
    await expect.poll(() => taken(team)).toEqual(['75/150 INCLUDED'])
    const { data } = await scene.stripe.refunds.list({ payment_intent: invoice.intent })
    expect(data).toMatchObject([{ amount: 4_500 }])
  })
})

describe('deposits each week of a cycle that is paid by the month', () => {
  let weekly: Paying
  beforeAll(async () => {
    weekly = await openPaying()
    await weekly.until('2028-01-03T12:00:00Z')
  })
  afterAll(() => weekly.close())

  /** The percentage of each week's deposit that is taken back. */
  async function sharesBack(team: TeamId): Promise<number[]> {
    const text = `select clawed_back * 100 / granted as share from credit_grant
      where team_id = $1 and source like 'plan:pro:%' order by id`
    return (await weekly.database.pool.query(text, [team])).rows.map(({ share }) => Number(share))
  }

  test('are taken back by the same share when they come after its refund, and those of the next cycle are not', async () => {
    const team = await weekly.team('free')
    await weekly.saveCard(team)
    await weekly.subscribe(team, [{ price: await weekly.price('pro', 10_000) }])
    await weekly.until('2028-01-11T12:00:00Z')
    const [paid] = await weekly.charges(team)
    await weekly.stripe.refunds.create({ payment_intent: paid?.id ?? '', amount: 2_500 })
    await weekly.sandbox.idle()
    const back = () => sharesBack(team)
    expect(await back()).toEqual([25])
    await weekly.until('2028-01-18T12:00:00Z')
    await weekly.until('2028-01-18T14:00:00Z')
    await expect.poll(back).toEqual([25, 25])
    await weekly.until('2028-02-07T14:00:00Z')
    await weekly.until('2028-02-08T14:00:00Z')
    await expect.poll(back).toEqual([25, 25, 25, 25, 0])
  })

  test('are taken back, too, where the cycle ends while its refund is looked after', async () => {
    const { database, stripe, ledger } = weekly
    const team = await weekly.team('free')
    await weekly.saveCard(team)
    await weekly.subscribe(team, [{ price: await weekly.price('pro', 10_000) }])
    await weekly.until('2028-02-16T14:00:00Z')
    const [paid] = await weekly.charges(team)
    await stripe.refunds.create({ payment_intent: paid?.id ?? '', amount: 2_500 })
    await weekly.sandbox.idle()
    expect(await sharesBack(team)).toEqual([25])
    // Nobody else looks after it meanwhile.
    const { rows } = await database.pool.query(
      'update reversed_invoice set ask_at = null where team_id = $1 returning invoice',
      [team],
    )
    const cycle = 31 * 86_400_000
    const slow: Pick<typeof ledger, 'submitAll'> = {
      async submitAll(asked) {
        const results = await ledger.submitAll(asked)
        await moveClock(database, weekly.sandbox.clock.now() + cycle)
        return results
      },
    }
    const customers = { teamOf: async () => team }
    await new ReversedInvoices({ database, stripe, customers, ledger: slow }).goOn({
      teamId: team,
      invoice: rows[0].invoice,
    })
    await weekly.until(new Date(weekly.sandbox.clock.now() + cycle + 2 * 3_600_000).toISOString())
    await expect.poll(async () => (await sharesBack(team)).slice(0, 4)).toEqual([25, 25, 25, 25])
  })
})
