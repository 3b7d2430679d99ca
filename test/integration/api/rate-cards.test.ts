import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const member = caller('MEMBER')
beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
})
afterAll(() => gateway.close())

const source = readFileSync('catalogs/wevion.yaml', 'utf8')
const dearer = source.replace('name: Flux 2 Pro, money: 0.03', 'name: Flux 2 Pro Max, money: 0.06')
const publish = async (text: string): Promise<Data> => {
  const mutation = `mutation ($input: PublishCatalogInput!) { publishCatalog(input: $input) {
    ... on PublishedCatalog { version effectiveFrom } ... on Error { message } } }`
  return (await gateway.ask(operator, mutation, { input: { source: text } })).publishCatalog
}
const now = async () => (await gateway.ask(member, '{ team { balance { asOf } } }')).team.balance.asOf
const move = async (ms: number) => {
  const to = new Date(Date.parse(await now()) + ms).toISOString()
  await gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to })
}

const spendOne = async (): Promise<Data> => {
  const text = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { id amount } } }'
  const input = { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() }
  return (await gateway.ask(member, text, { input })).chargeUsage
}

describe('rate cards', () => {
  it('stay known: a charge by the one that priced it, and the one in force at an instant', async () => {
    const card = async (at: number | null): Promise<Data> =>
      (
        await gateway.ask(member, 'query ($at: DateTime) { rateCard(at: $at) { version effectiveFrom } }', {
          at: at === null ? null : iso(at),
        })
      ).rateCard
    const first = (await card(null)).version
    const { id } = await spendOne()
    const second = await publish(dearer)
    const start = Date.parse(second.effectiveFrom)
    expect(await card(null)).toMatchObject({ version: first })
    expect(await card(start)).toEqual(second)
    await move(10_000)
    expect(await card(null)).toEqual(second)
    expect((await spendOne()).amount).toBe('60')
    const third = await publish(source)
    expect(third.version).toBe(first)
    await move(10_000)
    expect(await card(null)).toEqual(third)
    expect((await spendOne()).amount).toBe('30')
    for (const [at, version] of [
      [0, first],
      [start - 1, first],
      [start, second.version],
      [Date.parse(third.effectiveFrom) - 1, second.version],
      [Date.parse(third.effectiveFrom), first],
    ] as const) {
      expect((await card(at)).version, iso(at)).toBe(version)
    }
    const text = 'query ($id: ID!) { node(id: $id) { ... on Charge { amount rateCardVersion lines { name } } } }'
    const node = async (chargeId: string) => (await gateway.ask(member, text, { id: chargeId })).node
    expect(await node(id)).toEqual({ amount: '30', rateCardVersion: first, lines: [{ name: 'Flux 2 Pro' }] })
  })

  it('that a quote or a hold was made by price it to its end', async () => {
    const { estimate } = await gateway.ask(
      member,
      '{ estimate(usage: [{ rate: "image.flux-2-pro" }]) { ... on Estimate { quoteId high } } }',
    )
    const hold = 'mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) { ... on Hold { id amount } } }'
    const placed = (input: Data) => gateway.ask(member, hold, { input: { ...input, idempotencyKey: newKey() } })
    const before = (await placed({ usage: [{ rate: 'image.flux-2-pro' }] })).holdCredits
    await publish(dearer)
    await move(10_000)
    expect((await placed({ usage: [{ rate: 'image.flux-2-pro' }] })).holdCredits.amount).toBe('60')
    expect((await placed({ quoteId: estimate.quoteId })).holdCredits.amount).toBe(estimate.high)
    const settle = 'mutation ($input: SettleHoldInput!) { settleHold(input: $input) { ... on Charge { amount } } }'
    const input = { holdId: before.id, usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() }
    expect((await gateway.ask(member, settle, { input })).settleHold.amount).toBe('30')
  })
})

describe('usage by day', () => {
  it("follows the days of the catalog's own time zone, to the instant", async () => {
    await publish(source.replace('timeZone: UTC', 'timeZone: Asia/Kolkata'))
    await move(10_000)
    await makeTeam(gateway, 'mumbai')
    const viewer = caller('MEMBER', 'mumbai')
    const spend = async (count: number) => {
      const input = { usage: [{ rate: 'image.flux-2-pro', count }], idempotencyKey: newKey() }
      const text = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { at } } }'
      return Date.parse((await gateway.ask(viewer, text, { input })).chargeUsage.at)
    }
    // Midnight in Kolkata is 18:30 in UTC, in the middle of an hour; the next one that is still some minutes away.
    const day = 86_400_000
    const soon = Date.parse(await now()) + 300_000
    const midnight = Math.ceil((soon - 18.5 * 3_600_000) / day) * day + 18.5 * 3_600_000
    await move(midnight - 60_000 - Date.parse(await now()))
    const first = await spend(1)
    await move(60_000)
    const second = await spend(2)
    expect(first).toBeLessThan(midnight)
    expect(second).toBeGreaterThanOrEqual(midnight)

    const text = `query ($from: DateTime!, $to: DateTime!) { team { usage(from: $from, to: $to, groupBy: [DAY]) { total rows { day credits } } } }`
    const usage = async (from: number, to: number): Promise<Data> =>
      (await gateway.ask(viewer, text, { from: iso(from), to: iso(to) })).team.usage
    expect(await usage(first - day, second + day)).toEqual({
      total: '90',
      rows: [
        { day: iso(midnight - day), credits: '30' },
        { day: iso(midnight), credits: '60' },
      ],
    })
    expect((await usage(first, second)).total).toBe('30')
    expect((await usage(first + 1, second + 1)).total).toBe('60')
    expect((await usage(second, second + 1)).rows).toEqual([{ day: iso(midnight), credits: '60' }])
  })
})

describe('a member', () => {
  it('is told by the name of its latest token', async () => {
    const acting = { ...caller('MEMBER', 'acme', 'eve'), name: 'Eve' }
    const input = () => ({ usage: [{ rate: 'chat.light' }], idempotencyKey: newKey() })
    const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'
    const name = async () =>
      (await gateway.ask(member, '{ team { activity(first: 1) { nodes { member { name } } } } }')).team.activity
        .nodes[0].member.name
    await gateway.ask(acting, charge, { input: input() })
    expect(await name()).toBe('Eve')
    await gateway.ask({ ...acting, name: 'Eve Moneypenny' }, charge, { input: input() })
    expect(await name()).toBe('Eve Moneypenny')
  })
})

const iso = (ms: number) => new Date(ms).toISOString()
