import pino from 'pino'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import type { Role } from '../../../src/domain/role.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { readBills } from '../../../src/payments/metered-bill-rows.ts'
import { BillStates } from '../../../src/payments/metered-bill-states.ts'
import { avatar, type Billing, openBilling, use } from './billing-scene.ts'

const hour = 3_600
/** $0.30 */
const tenImages = use('image.flux-2-pro', '1', 10)
const chat = use('chat.input', '1')

const shapeOf = ({ month, amount, carried, carried_to, state }: Record<string, unknown>) => [
  month,
  `${amount}`,
  `${carried}`,
  carried_to,
  state,
]

async function violations({ database }: Billing): Promise<string[]> {
  const verdicts = await verifyLedger(database)
  return verdicts
    .filter((one) => one.violations > 0)
    .map(({ name, examples }) => `${name}: ${JSON.stringify(examples)}`)
}

describe('a sum below the least that can be charged', () => {
  let scene: Billing
  beforeAll(async () => {
    scene = await openBilling('2030-03-15T12:00:00Z')
  })
  afterAll(() => scene.close())

  test('is carried to the next bill, once, and is shown there', async () => {
    const [team, leaver] = [await scene.team('pro'), await scene.team('pro')]
    for (const one of [team, leaver]) await scene.spend(one, tenImages)
    await scene.pass('2030-04-01T00:00:00Z')
    await scene.billed('2030-03')
    expect(await scene.invoices(team)).toEqual([])
    // A month without use carries nothing on.
    await scene.pass('2030-05-01T00:00:00Z')
    await scene.billed('2030-04')
    await scene.spend(team, use('image.flux-2-pro', '1', 3))
    await scene.pass('2030-06-01T00:00:00Z')
    await scene.billed('2030-05')
    expect(await scene.invoices(team)).toEqual([])
    await scene.spend(team, tenImages)
    await scene.pass('2030-07-01T00:00:00Z')
    await scene.billed('2030-06')

    expect((await scene.bills(team)).map(shapeOf)).toEqual([
      ['2030-03', '300000000', '0', '2030-05', 'CARRIED'],
      ['2030-05', '90000000', '300000000', '2030-06', 'CARRIED'],
      ['2030-06', '300000000', '390000000', null, 'OPEN'],
    ])
    const [invoice, ...others] = await scene.invoices(team)
    expect(others).toEqual([])
    expect(invoice).toMatchObject({ total: 69, status: 'open' })
    expect(invoice?.lines.data.map(({ description, amount }) => [description, amount])).toEqual(
      expect.arrayContaining([
        ['Flux 2 Pro, images: 10', 30],
        ['Carried over from earlier months', 39],
      ]),
    )
    expect((await scene.bills(leaver)).map(shapeOf)).toEqual([['2030-03', '300000000', '0', null, 'CARRIED']])
    expect(await violations(scene)).toEqual([])
  })

  test('that was carried twice, or not at all, is found', async () => {
    const team = await scene.team('pro')
    await scene.spend(team, tenImages)
    await scene.pass('2030-08-01T00:00:00Z')
    await scene.billed('2030-07')
    await scene.spend(team, tenImages)
    await scene.pass('2030-09-01T00:00:00Z')
    await scene.billed('2030-08')
    const { pool } = scene.database
    await pool.query(`update metered_bill set carried = carried + 10000000 where team_id = $1 and month = '2030-08'`, [
      team,
    ])
    expect(await violations(scene)).toEqual([expect.stringContaining('bill-carries-what-was-left')])
    await pool.query(`update metered_bill set carried = carried - 10000000 where team_id = $1 and month = '2030-08'`, [
      team,
    ])
    expect(await violations(scene)).toEqual([])
  })
})

describe('a bill that is not paid', () => {
  let scene: Billing
  beforeAll(async () => {
    scene = await openBilling('2030-03-15T12:00:00Z')
  })
  afterAll(() => scene.close())

  async function charge(team: TeamId, usage: Usage, role: Role = 'MEMBER') {
    const caller = { id: memberId('ana'), role }
    const { outcome } = await scene.submit(team, {
      kind: 'charge-usage',
      usage: [usage],
      reference: null,
      memberId: null,
      caller,
    })
    return outcome
  }

  const notices = async (team: TeamId): Promise<[string, string][]> => {
    const text = `select type, reason, effective_at::text as at from account_notice
      where team_id = $1 and type like 'METERED%' order by revision, number`
    return (await scene.database.pool.query(text, [team])).rows.map(({ type, at }) => [type, at.slice(0, 16)])
  }

  const state = async (team: TeamId) => (await scene.bills(team)).at(-1)?.state
  async function opened(month: number): Promise<{ team: TeamId; invoice: Stripe.Invoice }> {
    const team = await scene.team('pro')
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    await scene.spend(team, avatar)
    await scene.pass(Date.UTC(2030, month, 1))
    await scene.billed(`2030-${`${month}`.padStart(2, '0')}`)
    const [invoice] = await scene.invoices(team)
    if (invoice === undefined) throw new Error('There is no invoice')
    return { team, invoice }
  }

  test('stops usage in money once its grace is over, tells why and where to pay, and goes on when it is paid', async () => {
    const { team, invoice } = await opened(3)
    expect((await charge(team, avatar)).kind).toBe('charge')
    scene.sandbox.clock.advance(2 * hour)
    expect((await scene.invoices(team))[0]).toMatchObject({
      status: 'open',
      attempt_count: 1,
      next_payment_attempt: null,
    })
    await scene.pass(Date.UTC(2030, 3, 1, 3))
    await expect.poll(() => notices(team)).toHaveLength(2)

    await scene.pass(Date.UTC(2030, 3, 14, 23))
    expect((await charge(team, avatar)).kind).toBe('charge')
    await scene.move(Date.UTC(2030, 3, 15, 0, 5))
    const refused = await charge(team, avatar, 'ADMIN')
    if (refused.kind !== 'refused' || refused.failure.code !== 'REQUIREMENT_NOT_MET') throw new Error(refused.kind)
    expect(refused.failure.blockers).toEqual([
      { code: 'METERED_BILL_OVERDUE', message: expect.stringContaining(`${invoice.hosted_invoice_url}`) },
    ])
    const toMember = await charge(team, avatar)
    expect(toMember).toMatchObject({ kind: 'refused', failure: { message: expect.stringContaining('2030-03') } })
    expect(JSON.stringify(toMember)).not.toContain('http')
    await scene.submit(team, {
      kind: 'grant-credits',
      amount: 100n * MICRO,
      grantKind: 'PACKAGE',
      expiresAt: null,
      source: 'pack',
    })
    expect((await charge(team, chat)).kind).toBe('charge')
    expect((await notices(team)).map(([type]) => type)).toEqual([
      'METERED_BILL_OPENED',
      'METERED_BILL_PAYMENT_FAILED',
      'METERED_BILL_OVERDUE',
    ])
    expect((await notices(team))[2]?.[1]).toMatch(/^2030-04-15 00:0/)

    await scene.stripe.invoices.pay(invoice.id, { paid_out_of_band: true })
    await scene.reaches(team, 'PAID')
    await expect.poll(async () => (await charge(team, avatar)).kind).toBe('charge')
    expect(await notices(team)).toHaveLength(3)
    expect(await violations(scene)).toEqual([])
  })

  test('has the state that Stripe gives it, whatever the order of events and however often they come', async () => {
    const { team, invoice } = await opened(4)
    scene.sandbox.clock.advance(2 * hour)
    await scene.stripe.invoices.markUncollectible(invoice.id)
    const { data } = await scene.stripe.events.list({ limit: 100 })
    const about = data.filter(({ data: { object } }) => 'id' in object && object.id === invoice.id)
    for (const event of about) await scene.events.handle(event)
    expect(await state(team)).toBe('UNCOLLECTIBLE')
    await scene.stripe.invoices.pay(invoice.id, { paid_out_of_band: true })
    const later = (await scene.stripe.events.list({ limit: 100 })).data.filter(
      ({ data: { object } }) => 'id' in object && object.id === invoice.id,
    )
    for (const event of [...later, ...later.toReversed()]) await scene.events.handle(event)
    expect(await state(team)).toBe('PAID')
    expect((await notices(team)).map(([type]) => type)).toEqual(['METERED_BILL_OPENED', 'METERED_BILL_PAYMENT_FAILED'])
    await scene.pass(Date.UTC(2030, 4, 20))
    expect((await charge(team, avatar)).kind).toBe('charge')
  })

  test('that is voided stops nothing', async () => {
    const { team, invoice } = await opened(5)
    await scene.stripe.invoices.voidInvoice(invoice.id)
    await scene.pass(Date.UTC(2030, 5, 20))
    await scene.reaches(team, 'VOID')
    await expect.poll(async () => (await charge(team, avatar)).kind).toBe('charge')
  })

  test('that is paid and given back as a whole is REFUNDED, in whichever order that is told', async () => {
    const { team, invoice } = await opened(6)
    await scene.saveCard(team)
    const payment_method = await scene.savedCard(team)
    scene.sandbox.webhooks.hold()
    await scene.stripe.invoices.pay(invoice.id, { payment_method })
    const { data } = await scene.stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid' })
    const intent = data[0]?.payment.payment_intent
    await scene.stripe.refunds.create({ payment_intent: `${intent}`, amount: 60 })
    await scene.stripe.refunds.create({ payment_intent: `${intent}` })
    const shown = async () => (await readBills(scene.database.pool, team))[0]?.state
    const told = (await scene.stripe.events.list({ types: ['refund.created', 'invoice.paid'], limit: 3 })).data
    for (const event of told) await scene.events.handle(event)
    expect(await shown()).toBe('REFUNDED')
    for (const event of told.toReversed()) await scene.events.handle(event)
    expect(await shown()).toBe('REFUNDED')
    scene.sandbox.webhooks.release()
    await scene.sandbox.idle()
    expect(await violations(scene)).toEqual([])
  })

  test('that is opened while the ledger is told of another one is told of, too', async () => {
    const { team } = await opened(7)
    const { pool } = scene.database
    const month = (await scene.bills(team))[0]?.month ?? ''
    expect((await charge(team, avatar)).kind).toBe('charge')
    // Only this test follows the first bill again.
    await pool.query(
      `update metered_bill set facts = facts + 1, ask_at = ask_at + interval '1 year' where team_id = $1`,
      [team],
    )
    // Stripe repeats a 500 under the same key for a day, and a 429 not.
    scene.sandbox.faults.add({ do: 'rate-limit', method: 'POST', path: '/v1/invoices', times: 1_000_000 })
    await scene.pass(Date.UTC(2030, 8, 1))
    await expect.poll(async () => (await scene.bills(team)).length).toBe(2)
    let told = 0
    const ledger: Pick<Ledger, 'submit'> = {
      async submit(submission) {
        told += 1
        scene.sandbox.faults.clear()
        await scene.reaches(team, 'OPEN')
        return scene.ledger.submit(submission)
      },
    }
    const { database, stripe } = scene
    const states = new BillStates({ database, stripe, ledger, log: pino({ level: 'silent' }) })
    await states.follow({ teamId: team, month, currency: 'USD' })
    expect(told).toBe(1)
    const known = async () => (await scene.account(team)).unpaidBills.map((bill) => bill.month)
    await expect.poll(known).toEqual([month, '2030-08'])
  })
})
