import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { openRateCards } from '../../../src/ledger/rate-cards.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const member = caller('MEMBER')
beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
})
afterAll(() => gateway.close())

const dearer = () => {
  const { source } = gateway.services.catalog()
  return parseCatalog(source.replace('name: Flux 2 Pro, money: 0.03', 'name: Flux 2 Pro Max, money: 0.06'), 'dearer')
}
const now = async () => (await gateway.ask(member, '{ team { balance { asOf } } }')).team.balance.asOf
const move = async (ms: number) => {
  const to = new Date(Date.parse(await now()) + ms).toISOString()
  await gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to })
}

describe('rate cards', () => {
  it('stay known: each by its version, and the one in force at an instant', async () => {
    const { rateCards, catalog, database } = gateway.services
    const first = catalog().version
    const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { id } } }'
    const input = { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() }
    const { chargeUsage } = await gateway.ask(member, charge, { input })
    await move(3_600_000)

    const other = dearer()
    const elsewhere = await openRateCards(database, other)
    expect(() => rateCards.cardOf(other.version)).toThrow('not known here yet')
    expect((await rateCards.find(other.version))?.version).toBe(other.version)
    expect(rateCards.cardOf(other.version).version).toBe(other.version)
    expect(elsewhere.cardOf(first).version).toBe(first)
    expect(await rateCards.find('nothing')).toBeNull()
    expect(elsewhere.categoryOf('image.flux-2-pro')).toBe('image')
    expect(elsewhere.categoryOf('nothing')).toBeNull()

    const start = elsewhere.effectiveFrom(other.version) ?? 0
    expect((await rateCards.at(start)).card.version).toBe(other.version)
    expect((await rateCards.at(start - 1)).card.version).toBe(first)
    expect((await rateCards.at(0)).card.version).toBe(first)

    // A gateway that starts again with the newer catalog still tells old charges as they were priced.
    const services = { ...gateway.services, catalog: () => other, rateCards: elsewhere, cardOf: elsewhere.cardOf }
    const node: Data = await gateway.askWith(
      services,
      member,
      'query ($id: ID!) { node(id: $id) { ... on Charge { amount rateCardVersion lines { name } } } }',
      {
        id: chargeUsage.id,
      },
    )
    expect(node.node).toEqual({ amount: '30', rateCardVersion: first, lines: [{ name: 'Flux 2 Pro' }] })
  })

  it('that a quote named keep pricing its hold', async () => {
    const { estimate } = await gateway.ask(
      member,
      '{ estimate(usage: [{ rate: "image.flux-2-pro" }]) { ... on Estimate { quoteId high } } }',
    )
    const other = dearer()
    const services = { ...gateway.services, catalog: () => other }
    const hold = 'mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) { ... on Hold { amount } } }'
    const input = { quoteId: estimate.quoteId, idempotencyKey: newKey() }
    expect((await gateway.askWith(services, member, hold, { input })).holdCredits.amount).toBe(estimate.high)
  })
})

describe('usage by day', () => {
  it("follows the days of the catalog's own time zone, to the instant", async () => {
    const zoned = { ...gateway.services.catalog(), timeZone: 'Asia/Kolkata' }
    const services = { ...gateway.services, catalog: () => zoned }
    await makeTeam(gateway, 'mumbai')
    const viewer = caller('MEMBER', 'mumbai')
    const spend = async (count: number) => {
      const input = { usage: [{ rate: 'image.flux-2-pro', count }], idempotencyKey: newKey() }
      const text = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { at } } }'
      return Date.parse((await gateway.ask(viewer, text, { input })).chargeUsage.at)
    }
    // Midnight in Kolkata is 18:30 in UTC, in the middle of an hour.
    const day = 86_400_000
    const midnight = Math.ceil((Date.parse(await now()) - 18.5 * 3_600_000) / day) * day + 18.5 * 3_600_000
    await move(midnight - 60_000 - Date.parse(await now()))
    const first = await spend(1)
    await move(60_000)
    const second = await spend(2)
    expect(first).toBeLessThan(midnight)
    expect(second).toBeGreaterThanOrEqual(midnight)

    const text = `query ($from: DateTime!, $to: DateTime!) { team { usage(from: $from, to: $to, groupBy: [DAY]) { total rows { day credits } } } }`
    const usage = async (from: number, to: number): Promise<Data> =>
      (await gateway.askWith(services, viewer, text, { from: iso(from), to: iso(to) })).team.usage
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
