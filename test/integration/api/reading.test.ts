import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const ana = caller('MEMBER', 'acme', 'ana')
const ben = caller('MEMBER', 'acme', 'ben')

const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { id } } }'
const hold = 'mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) { ... on Hold { id } } }'
const spend = (viewer = ana, rate = 'image.flux-2-pro', count = 1, reference?: string) =>
  gateway.ask(viewer, charge, { input: { usage: [{ rate, count }], idempotencyKey: newKey(), reference } })
const holdOne = (expiresInSeconds = 600) =>
  gateway.ask(ana, hold, {
    input: { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey(), expiresInSeconds },
  })

beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
})
afterAll(() => gateway.close())

const page = `query ($first: Int, $after: String, $filter: ActivityFilter) { team { activity(first: $first, after: $after, filter: $filter) {
  edges { cursor node { id } }
  nodes { id type amount balanceAfter revision reference member { memberId name } lines { rate name quantity count credits } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
const activityOf = async (variables: object = {}) => (await gateway.ask(ana, page, { ...variables })).team.activity

describe('activity', () => {
  beforeAll(async () => {
    await spend(ana, 'image.flux-2-pro', 2, 'job-1')
    await spend(ben, 'video.runway-gen-4')
    await spend(ben)
    await holdOne()
  })

  it('tells every credit event, newest first, with its member and what was used', async () => {
    const { nodes, edges, pageInfo } = await activityOf()
    expect(nodes.map(({ type }: Data) => type)).toEqual(['HOLD', 'CHARGE', 'CHARGE', 'CHARGE', 'GRANT', 'GRANT'])
    expect(nodes.map(({ amount }: Data) => amount)).toEqual(['0', '-30', '-50', '-60', '1000', '500'])
    expect(nodes[3]).toMatchObject({
      reference: 'job-1',
      member: { memberId: 'ana', name: 'Ana' },
      balanceAfter: '1440',
      lines: [{ rate: 'image.flux-2-pro', name: 'Flux 2 Pro', quantity: '1', count: 2, credits: '60' }],
    })
    expect(nodes[4].lines).toEqual([])
    expect(edges.map(({ node }: Data) => node.id)).toEqual(nodes.map(({ id }: Data) => id))
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false, endCursor: edges.at(-1).cursor })
  })

  it('comes in pages that meet without a gap', async () => {
    const all = (await activityOf()).nodes.map(({ id }: Data) => id)
    const seen: string[] = []
    let after: string | null = null
    for (let more = true; more; ) {
      const part: Data = await activityOf({ first: 2, after })
      seen.push(...part.nodes.map(({ id }: Data) => id))
      expect(part.pageInfo.hasPreviousPage).toBe(after !== null)
      after = part.pageInfo.endCursor
      more = part.pageInfo.hasNextPage
    }
    expect(seen).toEqual(all)
    expect((await activityOf({ first: 6 })).pageInfo.hasNextPage).toBe(false)
    const behind = await activityOf({ after })
    expect(behind.nodes).toEqual([])
    expect(behind.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null })
  })

  it('is filtered by type, member, rate and time', async () => {
    const typesOf = async (filter: object) => (await activityOf({ filter })).nodes.map(({ type }: Data) => type)
    expect(await typesOf({ types: ['HOLD', 'GRANT'] })).toEqual(['HOLD', 'GRANT', 'GRANT'])
    expect(await typesOf({ memberId: 'ben' })).toEqual(['CHARGE', 'CHARGE'])
    expect(await typesOf({ rate: 'video.runway-gen-4' })).toEqual(['CHARGE'])
    expect(await typesOf({ rate: 'video.runway-gen-4', memberId: 'ana' })).toEqual([])
    expect(await typesOf({ from: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
    expect(await typesOf({ to: new Date(Date.now() + 60_000).toISOString() })).toHaveLength(6)
  })

  it('names a payment by its own reference', async () => {
    const submit = async (command: Command) => {
      const given = { teamId: teamId('acme'), key: newKey(), fingerprint: '00', command }
      return (await gateway.services.ledger.submit(given)).outcome
    }
    const urls = { successUrl: null, cancelUrl: null }
    const by = { memberId: null, caller: { id: null, role: 'ADMIN' } } as const
    const begun = await submit({ kind: 'begin-purchase', packageId: 'starter', pay: 'AUTO', ...urls, ...by })
    if (begun.kind !== 'purchase') throw new Error(`A package was not sold: ${begun.kind}`)
    const { id: purchase, ...sold } = begun.purchase
    const paid = { source: 'stripe:pi_123', costBasis: sold.price, ofNewTeam: false, loss: null }
    await submit({ ...sold, ...paid, kind: 'land-purchase', purchase })
    await gateway.database.pool.query(
      `update purchase set state = 'PAID', payment_intent = 'pi_123' where team_id = 'acme'`,
    )
    const grant =
      'mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { ... on CreditGrant { source } } }'
    const input = { teamId: 'acme', amount: '1', kind: 'PACKAGE', source: 'sales:ACME-42', idempotencyKey: newKey() }
    expect((await gateway.ask(operator, grant, { input })).grantCredits.source).toBe('sales:ACME-42')
    const [sales, stripe] = (await activityOf({ first: 2 })).nodes
    expect([sales.reference, stripe.reference]).toEqual(['sales:ACME-42', 'pi_123'])
  })
})

describe('holds', () => {
  it('that are open come newest first, in pages', async () => {
    const ids = [(await holdOne()).holdCredits.id, (await holdOne()).holdCredits.id].reverse()
    const text = `query ($first: Int, $after: String) { team { holds(first: $first, after: $after) {
      nodes { id state remaining balance { held } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`
    const { holds } = (await gateway.ask(ana, text, { first: 2 })).team
    expect(holds.nodes.map(({ id }: Data) => id)).toEqual(ids)
    expect(holds.nodes[0]).toMatchObject({ state: 'OPEN', remaining: '30', balance: { held: '90' } })
    expect(holds.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const rest = (await gateway.ask(ana, text, { first: 2, after: holds.pageInfo.endCursor })).team.holds
    expect(rest.nodes).toHaveLength(1)
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  })
})

describe('look-ups by id', () => {
  it('find each kind of thing that the team has', async () => {
    const { chargeUsage } = await spend()
    const refund = `mutation ($input: RefundChargeInput!) { refundCharge(input: $input) { ... on Refund { id } } }`
    const input = { chargeId: chargeUsage.id, amount: '10', reason: 'failed', idempotencyKey: newKey() }
    const { refundCharge } = await gateway.ask(operator, refund, { input })
    const held = await holdOne()
    const { team } = await gateway.ask(ana, '{ team { grants { id } activity(first: 1) { nodes { id } } } }')
    const text = `query ($id: ID!) { node(id: $id) { __typename id
      ... on Charge { amount lines { name } balance { revision } } ... on Refund { amount charge { id } } ... on Hold { remaining } ... on CreditGrant { granted }
      ... on Activity { type } ... on Team { name } } }`
    const find = async (id: string) => (await gateway.ask(ana, text, { id })).node
    const { revision } = (await gateway.ask(ana, '{ team { balance { revision } } }')).team.balance
    expect(await find(chargeUsage.id)).toMatchObject({
      amount: '30',
      lines: [{ name: 'Flux 2 Pro' }],
      balance: { revision },
    })
    expect(await find(refundCharge.id)).toMatchObject({ amount: '10', charge: { id: chargeUsage.id } })
    expect(await find(held.holdCredits.id)).toMatchObject({ __typename: 'Hold', remaining: '30' })
    expect(await find(team.grants[0].id)).toMatchObject({ __typename: 'CreditGrant', granted: '500' })
    expect(await find(team.activity.nodes[0].id)).toMatchObject({ __typename: 'Activity', type: 'HOLD' })
    expect(await find('acme')).toMatchObject({ __typename: 'Team', name: 'acme' })
    for (const id of ['nobody', '', 'SG9sZDo5OTk6YWNtZQ', 'a\0b']) expect(await find(id)).toBeNull()
  })
})

describe('usage', () => {
  const dayMs = 86_400_000
  const midnight = Math.ceil(Date.now() / dayMs) * dayMs
  const iso = (ms: number) => new Date(ms).toISOString()
  beforeAll(async () => {
    // No day ends while the tests run.
    const noon = iso(midnight + dayMs / 2)
    await gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to: noon })
    await makeTeam(gateway, 'umbrella', '10000')
    const of = (member: string) => caller('MEMBER', 'umbrella', member)
    await spend(of('ana'), 'image.flux-2-pro', 3)
    await spend(of('ana'), 'video.runway-gen-4')
    await spend(of('ben'), 'image.gpt-image-1-5', 2)
    await spend(of('ben'), 'image.flux-2-pro', 1)
  })
  const report = async (groupBy: string[]) => {
    const text = `query ($from: DateTime!, $to: DateTime!, $groupBy: [UsageDimension!]!) { team { usage(from: $from, to: $to, groupBy: $groupBy) {
      total rows { day rate category member { memberId } credits count } } } }`
    const variables = { from: iso(midnight), to: iso(midnight + dayMs), groupBy }
    return (await gateway.ask(caller('VIEWER', 'umbrella'), text, variables)).team.usage
  }
  const row = { day: null, rate: null, category: null, member: null }

  it('adds up by any of its dimensions, the largest first', async () => {
    expect(await report([])).toEqual({ total: '250', rows: [{ ...row, credits: '250', count: 7 }] })
    expect((await report(['RATE'])).rows).toEqual([
      { ...row, rate: 'image.flux-2-pro', credits: '120', count: 4 },
      { ...row, rate: 'image.gpt-image-1-5', credits: '80', count: 2 },
      { ...row, rate: 'video.runway-gen-4', credits: '50', count: 1 },
    ])
    expect((await report(['CATEGORY'])).rows).toEqual([
      { ...row, category: 'image', credits: '200', count: 6 },
      { ...row, category: 'video', credits: '50', count: 1 },
    ])
    expect((await report(['MEMBER', 'CATEGORY'])).rows).toEqual([
      { ...row, category: 'image', member: { memberId: 'ben' }, credits: '110', count: 3 },
      { ...row, category: 'image', member: { memberId: 'ana' }, credits: '90', count: 3 },
      { ...row, category: 'video', member: { memberId: 'ana' }, credits: '50', count: 1 },
    ])
    expect((await report(['DAY'])).rows).toEqual([{ ...row, day: iso(midnight), credits: '250', count: 7 }])
  })

  it('gives a forecast from the last 14 days', async () => {
    const { forecast } = (await gateway.ask(caller('VIEWER', 'umbrella'), '{ team { forecast { perDay runsOutAt } } }'))
      .team
    expect(forecast).toEqual({ perDay: '17.857143', runsOutAt: null })
  })
})

describe('the catalog', () => {
  it('shows the card in force, with prices in credits and in money', async () => {
    const text =
      'query ($at: DateTime) { rateCard(at: $at) { version effectiveFrom categories { code rates { code credits money { amount currency } per unit free illustrative requires } } } }'
    const { rateCard } = await gateway.ask(ana, text)
    const all = rateCard.categories.flatMap((category: Data) => category.rates)
    const rate = (wanted: string) => all.find(({ code }: Data) => code === wanted)
    expect(rate('chat.input')).toMatchObject({ credits: '9', money: null, per: '1000', unit: 'TOKEN', free: false })
    expect(rate('image.flux-2-pro')).toMatchObject({ credits: '30', money: { amount: '0.03', currency: 'USD' } })
    expect(rate('image.auto')).toMatchObject({ credits: null, money: null })
    expect(rate('chat.light')).toMatchObject({ credits: '0', free: true })
    expect(rate('chat.deep-analysis')).toMatchObject({ illustrative: true, requires: ['PLAN'] })
    const earlier = await gateway.ask(ana, text, { at: '2020-01-01T00:00:00Z' })
    expect(earlier.rateCard.version).toBe(rateCard.version)
  })

  it('shows packages, smallest first, and who may buy them', async () => {
    const text = '{ packages { code credits price { amount } pricePer1000 { amount } approxMessages purchasable } }'
    const { packages } = await gateway.ask(caller('ADMIN'), text)
    expect(packages.map(({ code }: Data) => code)).toEqual(['starter', 'standard', 'pro'])
    expect(packages[0]).toEqual({
      code: 'starter',
      credits: '5000',
      price: { amount: '5' },
      pricePer1000: { amount: '1' },
      approxMessages: 79,
      purchasable: true,
    })
    expect((await gateway.ask(ana, text)).packages[0].purchasable).toBe(false)
    await makeTeam(gateway, 'big', '0', 'enterprise')
    expect((await gateway.ask(caller('ADMIN', 'big'), text)).packages[0].purchasable).toBe(false)
  })

  it('shows plans and a team its own', async () => {
    const { plans, team } = await gateway.ask(
      ana,
      '{ plans { code name topUp addOn { credits } allowances { credits every perSeat illustrative } } team { seats plan { code } } }',
    )
    expect(plans.map(({ code }: Data) => code)).toEqual(['free', 'starter', 'pro', 'enterprise'])
    expect(plans[0].allowances).toEqual([{ credits: '500', every: 'WEEK', perSeat: false, illustrative: true }])
    expect(team).toEqual({ seats: 1, plan: { code: 'free' } })
  })
})
