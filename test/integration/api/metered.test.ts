import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { teamId } from '../../../src/domain/identity.ts'
import type { Role } from '../../../src/domain/role.ts'
import { createCustomers } from '../../../src/payments/customers.ts'
import { BillStates } from '../../../src/payments/metered-bill-states.ts'
import { MeteredInvoices } from '../../../src/payments/metered-invoices.ts'
import { MeteredMonths } from '../../../src/payments/metered-months.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway } from './gateway.ts'

const catalog = parseCatalog(
  `
name: Metered
currency: USD
timeZone: America/New_York
lowThreshold: 10
rounding: { to: 0.000001, mode: half-up }
notices:
  exhausted: Exhausted until {date}
  exhaustedNoGrant: Exhausted
  low: Low
  insufficient: Insufficient
  creditsAdded: Credits added
plans: [{ id: free, name: Free, topUp: true, allowances: [] }]
packages: []
categories:
  - id: chat
    name: Chat
    rates: [{ id: chat.input, name: Chat input, credits: 9, per: 1000, unit: TOKEN }]
  - id: creative
    name: Creative
    rates:
      - { id: image.gpt, name: GPT Image, money: 0.04, unit: IMAGE, settlement: METERED }
      - { id: tts.openai, name: OpenAI TTS, money: 0.015, per: 1000, unit: CHARACTER, settlement: METERED }
`,
  'metered.yaml',
)

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({}, { catalog })
  await gateway.database.pool.query(`
    create table standing_clock (instant timestamptz not null);
    insert into standing_clock values ('2026-01-01T00:00:00Z');
    create or replace function ledger_now() returns timestamptz language sql volatile as
      $$ select instant from standing_clock $$`)
})
afterAll(() => gateway.close())

const setClock = (to: string) => gateway.database.pool.query('update standing_clock set instant = $1', [to])
const text = `query ($month: String!) { team { meteredUsage(month: $month) { month startsAt endsAt final
  rows { rate name category quantity count money { amount currency } } total { amount currency } billable { amount currency } invoiceUrl } } }`
const report = async (team: string, month: string): Promise<Data> =>
  (await gateway.ask(caller('VIEWER', team), text, { month })).team.meteredUsage
const spend = (team: string, ...usage: object[]): Promise<Data> =>
  gateway.ask(
    caller('MEMBER', team),
    `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) {
      ... on Charge { amount metered { amount currency } lines { rate credits money { amount } } balance { available } } } }`,
    { input: { usage, idempotencyKey: newKey() } },
  )
const image = { rate: 'image.gpt' }
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('the report of metered usage', () => {
  it('V9: tells what each rate costs in money, and what to bill', async () => {
    await setClock('2026-11-18T12:00:00Z')
    await makeTeam(gateway, 'acme', '100')
    const usage = [
      { ...image, count: 2 },
      { rate: 'chat.input', quantity: '1000' },
      { rate: 'tts.openai', quantity: '500' },
    ]
    const { estimate } = await gateway.ask(
      caller('MEMBER', 'acme'),
      'query ($usage: [UsageInput!]!) { estimate(usage: $usage) { ... on Estimate { total high metered { amount currency } lines { credits money { amount } } } } }',
      { usage },
    )
    expect(estimate).toEqual({
      total: '9',
      high: '9',
      metered: usd('0.0875'),
      lines: [
        { credits: '0', money: { amount: '0.08' } },
        { credits: '9', money: null },
        { credits: '0', money: { amount: '0.0075' } },
      ],
    })
    const { chargeUsage } = await spend('acme', ...usage)
    expect(chargeUsage).toMatchObject({ amount: '9', metered: usd('0.0875'), balance: { available: '91' } })
    expect(await report('acme', '2026-11')).toEqual({
      month: '2026-11',
      startsAt: '2026-11-01T04:00:00.000Z',
      endsAt: '2026-12-01T05:00:00.000Z',
      final: false,
      rows: [
        { rate: 'image.gpt', name: 'GPT Image', category: 'creative', quantity: '2', count: 2, money: usd('0.08') },
        {
          rate: 'tts.openai',
          name: 'OpenAI TTS',
          category: 'creative',
          quantity: '500',
          count: 1,
          money: usd('0.0075'),
        },
      ],
      total: [usd('0.0875')],
      billable: [usd('0.09')],
      invoiceUrl: null,
    })
  })

  it('has nothing of another team, or of months in which nothing was used', async () => {
    await makeTeam(gateway, 'globex', '0')
    const nothing = { rows: [], total: [], billable: [] }
    expect(await report('globex', '2026-11')).toMatchObject(nothing)
    expect(await report('acme', '2026-10')).toMatchObject({ ...nothing, final: true })
    expect(await report('acme', '2999-12')).toMatchObject({ ...nothing, final: false })
  })

  it.each([
    ['2027-02', '2027-02-01T05:00:00.000Z', '2027-03-01T05:00:00.000Z'],
    ['2027-03', '2027-03-01T05:00:00.000Z', '2027-04-01T04:00:00.000Z'],
    ['2027-04', '2027-04-01T04:00:00.000Z', '2027-05-01T04:00:00.000Z'],
    ['2027-11', '2027-11-01T04:00:00.000Z', '2027-12-01T05:00:00.000Z'],
    ['2028-02', '2028-02-01T05:00:00.000Z', '2028-03-01T05:00:00.000Z'],
  ])("has all of %s in the catalog's zone, to the instant", async (month, startsAt, endsAt) => {
    const instants = [startsAt, endsAt].flatMap((edge) => [Date.parse(edge) - 1, Date.parse(edge)])
    await setClock(new Date((instants[0] ?? 0) - 60_000).toISOString())
    await makeTeam(gateway, `team-${month}`, '0')
    const seen: unknown[] = []
    for (const [i, instant] of instants.entries()) {
      await setClock(new Date(instant).toISOString())
      await spend(`team-${month}`, { ...image, count: 10 ** i })
      const { rows, final } = await report(`team-${month}`, month)
      seen.push([rows[0]?.count ?? 0, final])
    }
    // Of 1, 10, 100 and 1,000 images, those in between are in the month.
    expect(seen).toEqual([
      [0, false],
      [10, false],
      [110, false],
      [110, true],
    ])
    expect(await report(`team-${month}`, month)).toMatchObject({ startsAt, endsAt, total: [usd('4.4')] })
  })

  it('is final also of a team that did nothing after the month', async () => {
    await setClock('2029-01-15T12:00:00Z')
    await makeTeam(gateway, 'idle', '0')
    await spend('idle', image)
    const revision = async () =>
      (await gateway.ask(caller('VIEWER', 'idle'), '{ team { balance { revision } } }')).team.balance.revision
    const before = await revision()
    await setClock('2029-02-01T04:59:59.999Z')
    expect(await report('idle', '2029-01')).toMatchObject({ final: false, billable: [usd('0.04')] })
    await setClock('2029-02-01T05:00:00Z')
    expect(await report('idle', '2029-01')).toMatchObject({ final: true, billable: [usd('0.04')] })
    expect(await revision()).toBe(before)
  })

  it('names rates as the newest card does that has them', async () => {
    await setClock('2029-03-01T12:00:00Z')
    await makeTeam(gateway, 'named', '0')
    await spend('named', image, { rate: 'tts.openai', quantity: '1000' })
    const renamed = parseCatalog(
      catalog.source.replace('GPT Image', 'GPT Image 2').replace(/ +- \{ id: tts.openai.*\n/, ''),
      'renamed.yaml',
    )
    await setClock('2029-03-02T12:00:00Z')
    const { catalogs } = gateway.services
    await catalogs.publish(renamed, { origin: 'PUBLISHED', publishedBy: 'backend', effectiveFrom: null })
    const { team } = await gateway.ask(caller('VIEWER', 'named'), text, { month: '2029-03' })
    expect(team.meteredUsage.rows.map(({ name }: Data) => name)).toEqual(['GPT Image 2', 'OpenAI TTS'])
  })

  it('leads to the invoice once the month is billed', async () => {
    const { database, ledger, catalogs } = gateway.services
    await setClock('2029-05-10T12:00:00Z')
    const months = new MeteredMonths(database, ledger, catalogs)
    await months.look()
    await makeTeam(gateway, 'billed', '0')
    await spend('billed', { ...image, count: 20 })
    await setClock('2029-06-01T04:00:00Z')
    while ((await months.look()) < 60_000);
    expect(await report('billed', '2029-05')).toMatchObject({ billable: [usd('0.8')], invoiceUrl: null })
    const sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
    const stripe = createStripe({ secretKey: sandbox.secretKey, apiUrl: sandbox.url })
    const invoices = new MeteredInvoices(database, {
      stripe,
      customers: createCustomers(database, stripe, catalogs),
      catalogs,
    })
    await invoices.invoice({ teamId: teamId('billed'), month: '2029-05', currency: 'USD' })
    const { data } = await stripe.invoices.list()
    expect(data).toMatchObject([{ status: 'open', total: 80 }])
    expect(await report('billed', '2029-05')).toMatchObject({ invoiceUrl: data[0]?.hosted_invoice_url })
    expect(await report('billed', '2029-06')).toMatchObject({ invoiceUrl: null })

    const [invoice] = data
    const bills =
      '{ team { meteredBills { month amount { amount } carried { amount } total { amount } state carriedTo overdueAt invoiceUrl } } }'
    const shown = async () => (await gateway.ask(caller('ADMIN', 'billed'), bills)).team.meteredBills
    const [bill] = await shown()
    expect(bill).toEqual({
      month: '2029-05',
      amount: { amount: '0.8' },
      carried: { amount: '0' },
      total: { amount: '0.8' },
      state: 'OPEN',
      carriedTo: null,
      overdueAt: expect.stringMatching(/^2029-06-15T04:0/),
      invoiceUrl: invoice?.hosted_invoice_url,
    })
    expect((await gateway.run(caller('MEMBER', 'billed'), bills)).codes).toEqual(['FORBIDDEN'])

    const states = new BillStates({ database, stripe, ledger, log: pino({ level: 'silent' }) })
    await states.follow({ teamId: teamId('billed'), month: '2029-05', currency: 'USD' })
    const blockers = async (role: Role, rate: string) => {
      const text = `{ estimate(usage: [{ rate: "${rate}" }]) { ... on Estimate { blockers { code message } } } }`
      return (await gateway.ask(caller(role, 'billed'), text)).estimate.blockers
    }
    expect(await blockers('MEMBER', image.rate)).toEqual([])
    await setClock(bill.overdueAt)
    expect(await shown()).toMatchObject([{ state: 'OVERDUE' }])
    const code = 'METERED_BILL_OVERDUE'
    expect(await blockers('MEMBER', image.rate)).toEqual([{ code, message: expect.stringContaining('ask an admin') }])
    const [told] = await blockers('ADMIN', image.rate)
    expect(told).toEqual({ code, message: expect.stringContaining(invoice?.hosted_invoice_url ?? '?') })
    expect((await blockers('MEMBER', 'chat.input')).map((one: Data) => one.code)).not.toContain(code)
    const hold = `mutation { holdCredits(input: { usage: [{ rate: "${image.rate}" }], idempotencyKey: "late" }) {
      __typename ... on RequirementNotMet { blockers { code } } } }`
    expect((await gateway.ask(caller('MEMBER', 'billed'), hold)).holdCredits).toEqual({
      __typename: 'RequirementNotMet',
      blockers: [{ code }],
    })
    await sandbox.close()
  })

  it('says which month it needs', async () => {
    for (const month of ['', '2026', '2026-13', '2026-00', '2026-1', '2026-11-01', '11/2026', '0999-01', '3000-01']) {
      const { codes, errors } = await gateway.run(caller('VIEWER', 'acme'), text, { month })
      expect(codes, month).toEqual(['BAD_USER_INPUT'])
      expect(errors?.[0]?.message).toBe('month: not usable: give a calendar month, as "2026-11".')
    }
  })
})
