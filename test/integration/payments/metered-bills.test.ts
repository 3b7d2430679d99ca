import pg from 'pg'
import type { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { at, avatar, type Billing, image, inZone, openBilling, patient, use } from './billing-scene.ts'
import { openPaying } from './scene.ts'

const hour = 3_600_000

const linesOf = ({ lines }: Stripe.Invoice) =>
  lines.data.map(({ metadata, amount, description }) => [metadata.rate, amount, description]).sort()

describe('a month of metered usage', () => {
  let scene: Billing
  beforeAll(async () => {
    scene = await openBilling('2030-03-15T12:00:00Z', { catalog: patient })
  })
  afterAll(() => scene.close())

  test('V9: is billed by usage in money, once, apart from credits', async () => {
    const team = await scene.team('pro')
    await scene.saveCard(team)
    const before = await scene.available(team)
    await scene.spend(team, use('image.flux-2-pro', '1', 4), use('avatar.talking-head', '45'))
    await scene.spend(team, use('tts.openai', '1900'))
    const idle = await scene.team('pro')
    const little = await scene.team('pro')
    await scene.spend(little, use('tts.openai', '100'))
    expect(await scene.bills(team)).toEqual([])

    await scene.pass('2030-04-01T00:00:00Z')
    await scene.billed('2030-03')
    const [invoice, ...others] = await scene.invoices(team)
    expect(others).toEqual([])
    expect(invoice).toMatchObject({
      currency: 'usd',
      status: 'open',
      collection_method: 'charge_automatically',
      auto_advance: true,
      metadata: { team, month: '2030-03', currency: 'USD', tag: expect.any(String) },
      total: 115,
    })
    // $0.12, two started 30 seconds, and $0.0285 of characters: $1.1485, rounded once.
    expect(invoice && linesOf(invoice)).toEqual([
      ['avatar.talking-head', 100, 'Talking avatar, seconds: 45'],
      ['image.flux-2-pro', 12, 'Flux 2 Pro, images: 4'],
      ['tts.openai', 3, 'OpenAI TTS, characters: 1900'],
    ])
    expect(await scene.bills(team)).toMatchObject([{ state: 'OPEN', invoice: invoice?.id }])
    expect(await scene.available(team)).toBe(before)

    expect([await scene.bills(idle), await scene.invoices(idle)]).toEqual([[], []])
    expect(await scene.bills(little)).toMatchObject([{ state: 'NOTHING', amount: '0', invoice: null }])
    expect(await scene.invoices(little)).toEqual([])

    scene.sandbox.clock.advance(2 * 3_600)
    expect(await scene.charges(team)).toMatchObject([{ amount: invoice?.total }])
    scene.poke()
    await scene.spend(team, avatar)
    await scene.pass('2030-05-01T00:00:00Z')
    await scene.billed('2030-04')
    expect((await scene.bills(team)).map(({ month, amount }) => [month, amount])).toEqual([
      ['2030-03', '1150000000'],
      ['2030-04', '1000000000'],
    ])
    expect(await scene.invoices(team)).toHaveLength(2)
  })

  test('is sent by e-mail where no method is saved, and waits on its page where there is no address', async () => {
    const [sent, waiting] = [await scene.team('pro'), await scene.team('pro')]
    await scene.payments.hasSavedMethod(sent)
    const { rows } = await scene.database.pool.query('select id from customer where team_id = $1', [sent])
    await scene.stripe.customers.update(rows[0].id, { email: 'billing@example.com' })
    for (const team of [sent, waiting]) await scene.spend(team, avatar)
    await scene.pass('2030-06-01T00:00:00Z')
    await scene.billed('2030-05')
    const [toSend] = await scene.invoices(sent)
    expect(toSend).toMatchObject({ collection_method: 'send_invoice', status: 'open', total: 100 })
    expect((toSend?.due_date ?? 0) - (toSend?.created ?? 0)).toBe(30 * 86_400)
    expect(await scene.invoices(waiting)).toMatchObject([
      {
        collection_method: 'charge_automatically',
        status: 'open',
        hosted_invoice_url: expect.stringContaining('http'),
      },
    ])
  })
})

describe('what is given back', () => {
  test('in a later month is credited to the next invoice', async () => {
    const atStart = 'name: Background removal\n        charge: at-start'
    const catalog = parseCatalog(patient.source.replace('name: Background removal', atStart), 'at-start.yaml')
    const scene = await openBilling('2030-01-31T23:00:00Z', { catalog })
    try {
      const team = await scene.team('pro')
      const { outcome } = await scene.submit(team, {
        kind: 'place-hold',
        usage: [use('image.background-removal', '1', 30)],
        expiresInSeconds: 7_200,
        reference: null,
        memberId: null,
        caller: { id: null, role: 'PLATFORM' },
      })
      expect(outcome.kind).toBe('hold')
      await scene.pass('2030-02-01T00:00:00Z')
      await scene.billed('2030-01')
      await scene.pass('2030-03-01T00:00:00Z')
      await scene.billed('2030-02')
      await scene.spend(team, use('video.kling-3-0', '10'))
      await scene.pass('2030-04-01T00:00:00Z')
      await scene.billed('2030-03')
      expect((await scene.invoices(team)).map(({ total, amount_due }) => [total, amount_due])).toEqual([
        [60, 60],
        [-60, 0],
        [170, 110],
      ])
    } finally {
      await scene.close()
    }
  })
})

describe('months', () => {
  let scene: Billing
  afterEach(() => scene.close())

  test("end in the catalog's time zone, also over daylight saving", async () => {
    scene = await openBilling('2030-03-05T12:00:00Z', { catalog: inZone('America/New_York') })
    const team = await scene.team('pro')
    for (const [month, end] of [
      ['2030-03', '2030-04-01T04:00:00Z'],
      ['2030-10', '2030-11-01T04:00:00Z'],
      ['2030-11', '2030-12-01T05:00:00Z'],
    ] as const) {
      await scene.move(at(end) - 60_000)
      await scene.spend(team, avatar, avatar)
      await scene.pass(at(end))
      await scene.spend(team, avatar)
      await scene.billed(month)
      expect(await scene.bills(team)).toMatchObject(
        expect.arrayContaining([expect.objectContaining({ month, state: 'OPEN' })]),
      )
    }
    expect((await scene.bills(team)).map(({ month, amount }) => [month, amount])).toEqual([
      ['2030-03', '2000000000'],
      ['2030-04', '1000000000'],
      ['2030-10', '2000000000'],
      ['2030-11', '3000000000'],
    ])
    const { rows } = await scene.database.pool.query(
      'select m.ends_at = n.starts_at as whole from metered_month m join metered_month n on n.month > m.month and not exists (select from metered_month o where o.month > m.month and o.month < n.month)',
    )
    expect(rows.every(({ whole }) => whole)).toBe(true)
  })

  test('are billed apart where they are found late, and only once nothing of them is under way', async () => {
    scene = await openBilling('2030-01-20T12:00:00Z', { catalog: patient })
    const team = await scene.team('pro')
    const client = new pg.Client({ connectionString: scene.home.url })
    await client.connect()
    await client.query('begin')
    await scene.spend(team, avatar)
    await scene.move('2030-02-10T00:00:00Z')
    await scene.spend(team, avatar, avatar)
    await scene.pass('2030-03-10T00:00:00Z')
    const closed = async () =>
      (await scene.database.pool.query('select from metered_month where ends_at is not null')).rowCount
    await expect.poll(closed).toBe(2)
    expect(await scene.bills(team)).toEqual([])
    await client.query('rollback')
    await client.end()
    await scene.billed('2030-02')
    expect((await scene.bills(team)).map(({ month, amount }) => [month, amount])).toEqual([
      ['2030-01', '1000000000'],
      ['2030-02', '2000000000'],
    ])
    expect((await scene.invoices(team)).map(({ total }) => total)).toEqual([100, 200])
  })

  test('follow on each other where a catalog changes the time zone', async () => {
    scene = await openBilling('2030-01-20T12:00:00Z', { catalog: patient })
    const team = await scene.team('pro')
    const { sandbox, databaseUrl } = scene
    const tokyo = await openPaying({ catalog: inZone('Asia/Tokyo'), sandbox, databaseUrl })
    scene.paying.push(tokyo)
    await scene.move('2030-01-31T14:59:00Z')
    await scene.spend(team, avatar)
    await scene.pass('2030-01-31T15:00:00Z')
    await scene.spend(team, avatar, avatar)
    await scene.billed('2030-01')
    await scene.pass('2030-02-28T15:00:00Z')
    await scene.billed('2030-02')
    expect((await scene.bills(team)).map(({ month, amount }) => [month, amount])).toEqual([
      ['2030-01', '1000000000'],
      ['2030-02', '2000000000'],
    ])
    const { rows } = await scene.database.pool.query(
      'select starts_at, ends_at from metered_month order by month limit 2',
    )
    expect(rows).toEqual([
      { starts_at: '2030-01-01 00:00:00+00', ends_at: '2030-01-31 15:00:00+00' },
      { starts_at: '2030-01-31 15:00:00+00', ends_at: '2030-02-28 15:00:00+00' },
    ])
  })

  test('are billed once, whoever looks', async () => {
    scene = await openBilling('2030-01-20T12:00:00Z', { catalog: patient, gateways: 4 })
    const teams: TeamId[] = []
    for (let i = 0; i < 20; i += 1) teams.push(await scene.team('pro'))
    await Promise.all(teams.map((team) => scene.spend(team, use('video.kling-3-0', '7'), use('tts.openai', '333'))))
    await scene.pass('2030-02-01T00:00:00Z')
    await scene.billed('2030-01')
    const behind = "select from account where last_at < '2030-02-01T00:00:00Z'"
    expect((await scene.database.pool.query(behind)).rowCount).toBe(0)
    for (const team of teams) {
      expect((await scene.invoices(team)).map(linesOf)).toEqual([
        [
          ['tts.openai', expect.any(Number), expect.stringContaining('characters: 333')],
          ['video.kling-3-0', 119, expect.stringContaining('seconds: 7')],
        ],
      ])
    }
  })
})

describe('whatever goes wrong at Stripe', () => {
  let scene: Billing
  let month = 1
  beforeAll(async () => {
    scene = await openBilling('2031-01-20T12:00:00Z', { catalog: patient })
  })
  afterAll(() => scene.close())

  const forgetKeys = () => scene.sandbox.clock.advance((25 * hour) / 1_000)
  const calls = [
    ['the customer is made', 'POST', '/v1/customers'],
    ['the draft is made', 'POST', '/v1/invoices'],
    ['a line is added', 'POST', '/v1/invoiceitems'],
    ['it is finalized', 'POST', '/v1/invoices/'],
    ['it is read', 'GET', '/v1/invoices/'],
  ] as const

  async function fail(fault: 'fail-after' | 'cut-after', method: string, path: string, meanwhile: (() => void) | null) {
    const times = meanwhile === null ? 2 : 1
    const team = await scene.team('pro')
    await scene.spend(team, use('video.kling-3-0', '7'), use('tts.openai', '333'), image)
    scene.sandbox.faults.add({ do: fault, method, path, times })
    let failures = 0
    const count = ({ status }: Stripe.ResponseEvent) => {
      if (status === 500) failures += 1
    }
    scene.stripe.on('response', count)
    month += 1
    await scene.pass(Date.UTC(2031, month - 1, 1))
    await vi.waitUntil(async () => (await scene.bills(team)).length > 0, 10_000)
    // A connection that was cut has no answer.
    if (fault === 'fail-after') await vi.waitUntil(() => failures > 0, 10_000)
    scene.stripe.off('response', count)
    meanwhile?.()
    await scene.settled()
    scene.sandbox.faults.clear()
    const invoices = await scene.invoices(team)
    expect(invoices).toHaveLength(1)
    expect(invoices[0]).toMatchObject({ status: 'open', auto_advance: true, total: 122 })
    expect(linesOf(invoices[0] as Stripe.Invoice).map(([rate]) => rate)).toEqual([
      'image.flux-2-pro',
      'tts.openai',
      'video.kling-3-0',
    ])
    expect(await scene.bills(team)).toMatchObject([{ state: 'OPEN', invoice: invoices[0]?.id }])
    // An open bill is read again and again, and would take the faults of the next test.
    await scene.stripe.invoices.voidInvoice(invoices[0]?.id ?? '')
    await scene.reaches(team, 'VOID')
  }

  for (const [when, method, path] of calls) {
    for (const fault of ['fail-after', 'cut-after'] as const) {
      // Stripe repeats its 500 as long as it keeps the key, and customers are not looked up.
      const lost = path === '/v1/customers' && fault === 'fail-after' ? forgetKeys : null
      test(`${fault} twice when ${when}: one invoice, each line once`, () => fail(fault, method, path, lost))
    }
  }

  test('a customer that is gone meanwhile: it is decided anew who is billed', async () => {
    const team = await scene.team('pro')
    await scene.saveCard(team)
    await scene.spend(team, avatar)
    scene.sandbox.faults.add({ do: 'rate-limit', method: 'POST', path: '/v1/invoices', times: 2 })
    month += 1
    await scene.pass(Date.UTC(2031, month - 1, 1))
    const row = async (): Promise<{ customer: string | null; payment_method: string | null } | undefined> => {
      const text = 'select customer, payment_method from metered_bill where team_id = $1'
      return (await scene.database.pool.query(text, [team])).rows[0]
    }
    const customer = await vi.waitUntil(async () => (await row())?.customer, 10_000)
    await scene.stripe.customers.del(customer)
    await scene.settled()
    expect(await scene.invoices(team)).toMatchObject([{ status: 'open', default_payment_method: null, total: 100 }])
    expect(await row()).toMatchObject({ customer: expect.not.stringMatching(customer), payment_method: null })
  })

  for (const [when, method, path] of calls.slice(1, 4)) {
    test(`and the keys are forgotten when ${when}: what was made is found`, () =>
      fail('fail-after', method, path, forgetKeys))
  }
})
