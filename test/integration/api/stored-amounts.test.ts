import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

const day = 86_400_000
const rate = 'storage.flexible'
const member = caller('MEMBER')
let gateway: Gateway

beforeAll(async () => {
  gateway = await openGateway({}, { catalog: loadCatalog('catalogs/videogen.yaml') })
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
  await enableTopUps('acme')
  await moveTo(Math.ceil((Date.now() + day) / day) * day)
})
afterAll(() => gateway.close())

const enableTopUps = (team: string) =>
  gateway.database.pool.query('update account set top_ups_enabled = true where team_id = $1', [team])
const moveTo = (instant: number) =>
  gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to: new Date(instant).toISOString() })
const now = () => gateway.services.now()

const amounts = 'storedAmounts { rate name amount since accruedToday }'
const mutation = `mutation ($input: SetStoredAmountInput!) { setStoredAmount(input: $input) {
  __typename ... on Team { ${amounts} } ... on Error { code message } ... on InvalidUsage { path }
  ... on RequirementNotMet { blockers { code } } } }`
const store = async (input: object, viewer = member): Promise<Data> =>
  (await gateway.ask(viewer, mutation, { input: { rate, idempotencyKey: newKey(), ...input } })).setStoredAmount

describe('setStoredAmount', () => {
  it('tells what is stored, since when, and what today has come to', async () => {
    const before = await now()
    const { __typename, storedAmounts } = await store({ amount: '12.5' })
    expect([__typename, storedAmounts]).toEqual([
      'Team',
      [{ rate, name: 'Flexible storage', amount: '12.5', since: expect.any(String), accruedToday: '0' }],
    ])
    const [{ since }] = storedAmounts
    const sinceMs = Date.parse(since)
    expect(sinceMs).toBeGreaterThanOrEqual(before)
    const midnight = Math.ceil((sinceMs + 1) / day) * day
    await moveTo(midnight - day / 2)
    const [later] = (await gateway.ask(member, `{ team { ${amounts} } }`)).team.storedAmounts
    expect(Number(later.accruedToday) / (12.5 * ((midnight - day / 2 - sinceMs) / day))).toBeCloseTo(1, 3)
    expect(later.since).toBe(since)
  })

  it('is charged at midnight as an activity of nobody, and counts in a future balance', async () => {
    await store({ amount: '0' })
    const midnight = Math.ceil((await now()) / day) * day
    await moveTo(midnight)
    await store({ amount: '200' })
    const asOf = new Date(midnight + 1.5 * day).toISOString()
    const text = 'query ($asOf: DateTime) { team { balance(asOf: $asOf) { available } } }'
    const foretold = await gateway.ask(member, text, { asOf })
    await moveTo(midnight + 1.5 * day)
    const { team } = await gateway.ask(
      member,
      `{ team { balance { available owed } activity(first: 1) { nodes {
        id type at amount reference member { memberId } lines { rate name quantity count credits } } } } }`,
    )
    expect(team.balance.available).toBe(foretold.team.balance.available)
    const [{ id, ...charge }] = team.activity.nodes
    const quantity = Number(charge.lines[0].quantity)
    expect(quantity / 200).toBeCloseTo(1, 3)
    expect(charge).toMatchObject({
      type: 'CHARGE',
      at: new Date(midnight + day - 1).toISOString(),
      member: null,
      reference: `storage:${new Date(midnight).toISOString().slice(0, 10)}`,
      lines: [{ rate, name: 'Flexible storage', count: 1 }],
    })
    expect(Number(charge.amount)).toBeCloseTo(-quantity * 0.05, 5)
    const { node } = await gateway.ask(member, `{ node(id: "${id}") { ... on Activity { amount } } }`)
    expect(node).toEqual({ amount: charge.amount })
  })

  it('is in usage and forecast from its midnight on, whether anybody has posted it yet or not', async () => {
    await store({ amount: '200' })
    const midnight = Math.ceil((await now()) / day) * day
    await moveTo(midnight + day)
    const [from, to] = [midnight, midnight + day].map((instant) => new Date(instant).toISOString())
    const text = `query ($from: DateTime!, $to: DateTime!) { team {
      usage(from: $from, to: $to, groupBy: [RATE]) { rows { rate credits } } forecast { perDay } } }`
    const { team } = await gateway.ask(member, text, { from, to })
    expect(team.usage.rows).toEqual([{ rate, credits: '10' }])
    await gateway.ask(member, '{ team { activity(first: 1) { nodes { amount } } } }')
    expect((await gateway.ask(member, text, { from, to })).team).toEqual(team)
  })

  it('repeated under its key tells the team as it was then', async () => {
    const input = { amount: '3', idempotencyKey: newKey() }
    const first = await store(input)
    await store({ amount: '4' })
    await moveTo((await now()) + day)
    expect(await store(input)).toEqual(first)
    expect(await store({ ...input, amount: '3.000' })).toEqual(first)
    expect((await store({ ...input, amount: '5' })).code).toBe('IDEMPOTENCY_CONFLICT')
    const [{ amount }] = (await gateway.ask(member, `{ team { ${amounts} } }`)).team.storedAmounts
    expect(amount).toBe('4')
  })

  it.each([
    [{ amount: '-1' }, 'INVALID_USAGE', ['amount']],
    [{ amount: '1000000000.1' }, 'INVALID_USAGE', ['amount']],
    [{ amount: '0.0000001' }, 'INVALID_USAGE', ['amount']],
    [{ amount: '1', rate: '' }, 'INVALID_USAGE', ['rate']],
    [{ amount: '1', rate: 'image.standard' }, 'INVALID_USAGE', ['rate']],
    [{ amount: '1', rate: 'nothing' }, 'UNKNOWN_RATE', undefined],
  ])('refuses %j', async (input, code, path) => {
    const key = newKey()
    const refused = await store({ ...input, idempotencyKey: key })
    expect([refused.code, refused.path]).toEqual([code, path])
    expect(await store({ ...input, idempotencyKey: key })).toEqual(refused)
  })

  it('is refused to viewers as data, to teams without what the rate requires, and under an unusable key', async () => {
    expect((await store({ amount: '1' }, caller('VIEWER'))).blockers).toEqual([{ code: 'ROLE_REQUIRED' }])
    expect((await store({ amount: '1' }, caller('MEMBER', 'globex'))).blockers).toEqual([{ code: 'TOP_UPS_REQUIRED' }])
    expect(await store({ amount: '1', idempotencyKey: '' })).toMatchObject({ code: 'INVALID_INPUT' })
    expect((await store({ amount: '1', teamId: 'globex' })).code).toBe('NOT_FOUND')
    expect(
      (await gateway.run(member, mutation, { input: { rate, amount: '1', idempotencyKey: 'k', memberId: 'ana' } }))
        .codes,
    ).toEqual(['NOT_ALLOWED'])
    expect((await store({ amount: '1', teamId: 'acme', memberId: 'ana' }, operator)).__typename).toBe('Team')
  })
})
