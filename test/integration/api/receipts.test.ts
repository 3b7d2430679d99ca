import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const ana = caller('MEMBER', 'acme', 'ana')
const ben = caller('MEMBER', 'acme', 'ben')
const reader = caller('VIEWER', 'acme', 'eve')
const image = 'image.flux-2-pro'

beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme', '10000')
})
afterAll(() => gateway.close())

const charged = '... on Charge { id lines { tags { key value } } }'
const refunded = '... on Refund { id at reason }'
const acts = {
  holdCredits: ['HoldCreditsInput', '... on Hold { id }'],
  chargeUsage: ['ChargeUsageInput', charged],
  settleHold: ['SettleHoldInput', charged],
  releaseHold: ['ReleaseHoldInput', '... on Hold { id }'],
  refundCharge: ['RefundChargeInput', refunded],
} as const
async function act(viewer: typeof ana, field: keyof typeof acts, input: object): Promise<Data> {
  const [type, selection] = acts[field]
  const text = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Error { message } ${selection} } }`
  return (await gateway.ask(viewer, text, { input: { idempotencyKey: newKey(), ...input } }))[field]
}
const usage = (count = 1, tags?: object[]) => [{ rate: image, count, tags }]
const charge = (viewer: typeof ana, reference: string | null, count = 1, tags?: object[]) =>
  act(viewer, 'chargeUsage', { usage: usage(count, tags), reference })
const hold = (viewer: typeof ana, reference: string, count = 1, tags?: object[]) =>
  act(viewer, 'holdCredits', { usage: usage(count, tags), reference })

const receiptText = `query ($reference: String!) { team { receipt(reference: $reference) {
  reference held charged refunded net complete member { memberId }
  holds { id state } charges { id amount rateCardVersion lines { rate credits } } refunds { id amount reason at charge { id } } } } }`
const receiptOf = async (reference: string, viewer = reader) =>
  (await gateway.ask(viewer, receiptText, { reference })).team.receipt

describe('a receipt', () => {
  it('says what a job holds, was charged and got back, why, and by which card and lines', async () => {
    const { id: heldId } = await hold(ana, 'job-1', 2)
    expect(await receiptOf('job-1')).toMatchObject({ held: '60', charged: '0', net: '0', charges: [], refunds: [] })
    const settled = await act(ana, 'settleHold', { holdId: heldId, usage: usage(1) })
    const extra = await charge(ana, 'job-1', 3)
    const refund = await act(operator, 'refundCharge', { chargeId: extra.id, amount: '20', reason: 'Blurred' })
    const { version } = (await gateway.ask(ana, '{ rateCard { version } }')).rateCard
    const ofOneRate = (id: string, amount: string) => ({
      id,
      amount,
      rateCardVersion: version,
      lines: [{ rate: image, credits: amount }],
    })
    expect(await receiptOf('job-1')).toEqual({
      reference: 'job-1',
      held: '0',
      charged: '120',
      refunded: '20',
      net: '100',
      complete: true,
      member: { memberId: 'ana' },
      holds: [{ id: heldId, state: 'SETTLED' }],
      charges: [ofOneRate(extra.id, '90'), ofOneRate(settled.id, '30')],
      refunds: [{ id: refund.id, amount: '20', reason: 'Blurred', at: expect.any(String), charge: { id: extra.id } }],
    })
    expect(refund).toMatchObject({ reason: 'Blurred', at: (await receiptOf('job-1')).refunds[0].at })
  })

  it('of a job that failed says that nothing was charged', async () => {
    const { id } = await hold(ana, 'job-2')
    await act(ana, 'releaseHold', { holdId: id, reason: 'It crashed' })
    const { holds, ...sums } = await receiptOf('job-2')
    expect(sums).toMatchObject({ held: '0', charged: '0', refunded: '0', net: '0' })
    expect(holds).toEqual([{ id, state: 'RELEASED' }])
  })

  it('is null for a reference with which nothing was done, and for one of another team', async () => {
    await makeTeam(gateway, 'globex', '100')
    await charge(caller('MEMBER', 'globex'), 'job-of-globex')
    for (const reference of ['job-9', '', 'job-of-globex']) expect(await receiptOf(reference)).toBeNull()
    const { codes } = await gateway.run(ana, receiptText, { reference: 'x'.repeat(501) })
    expect(codes).toEqual(['BAD_USER_INPUT'])
  })

  it('names no member where several had a part in it', async () => {
    await charge(ana, 'shared')
    await charge(ben, 'shared')
    expect(await receiptOf('shared')).toMatchObject({ charged: '60', member: null })
  })

  it('of a reference with very many charges has exact sums, and says that its lists are cut', async () => {
    const events = Array.from({ length: 150 }, () => ({
      usage: usage(),
      idempotencyKey: newKey(),
      reference: 'busy',
    }))
    const text = 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }'
    await gateway.ask(ana, text, { events })
    const receipt = await receiptOf('busy')
    expect(receipt).toMatchObject({ charged: '4500', complete: false })
    expect(receipt.charges).toHaveLength(100)
  })

  it('tells a member as much as the activity of the same reference does', async () => {
    const text = `{ team { activity(filter: { reference: "shared" }) { nodes { type reference member { memberId } subject { __typename id } } } } }`
    const { nodes } = (await gateway.ask(ana, text)).team.activity
    const { charges } = await receiptOf('shared', ana)
    const subjects = charges.map(({ id }: Data) => ({ __typename: 'Charge', id }))
    expect(nodes.map(({ subject }: Data) => subject)).toEqual(subjects)
    expect(nodes.map(({ member }: Data) => member.memberId)).toEqual(['ben', 'ana'])
  })
})

describe('a grant', () => {
  it('lists the charges that it paid, page by page, and what it paid of each', async () => {
    await makeTeam(gateway, 'initech', '1000')
    const bob = caller('MEMBER', 'initech', 'bob')
    const ids = []
    // The allowance of 500 pays first, and a part of the third.
    for (const count of [10, 6, 5]) ids.push((await charge(bob, null, count)).id)
    const text = `query ($after: String) { team { grants { granted uses(first: 1, after: $after) {
      nodes { amount charge { id amount } } pageInfo { hasNextPage endCursor } } } } }`
    const pack = async (after: string | null) => {
      const { team } = await gateway.ask(bob, text, { after })
      return team.grants.find(({ granted }: Data) => granted === '1000').uses
    }
    const first = await pack(null)
    expect(first.nodes).toEqual([{ amount: '130', charge: { id: ids[2], amount: '150' } }])
    expect(first.pageInfo.hasNextPage).toBe(false)
    await charge(bob, null, 1)
    const newest = await pack(null)
    expect(newest.nodes).toMatchObject([{ amount: '30' }])
    expect(newest.pageInfo.hasNextPage).toBe(true)
    expect((await pack(newest.pageInfo.endCursor)).nodes).toEqual(first.nodes)
  })
})

describe('a report of usage', () => {
  const hooli = (member: string) => caller('MEMBER', 'hooli', member)
  const tags = (project: string, env?: string) => [
    { key: 'project', value: project },
    ...(env === undefined ? [] : [{ key: 'env', value: env }]),
  ]
  beforeAll(async () => {
    await makeTeam(gateway, 'hooli', '10000')
    await charge(hooli('ana'), 'job-1', 1, tags('apollo', 'live'))
    await charge(hooli('ana'), 'job-2', 2, tags('apollo'))
    await act(operator, 'chargeUsage', { usage: usage(3), teamId: 'hooli', memberId: 'ana', reference: 'job-2' })
    const { id } = await hold(hooli('ben'), 'job-3', 9, tags('gemini'))
    const settled = await act(operator, 'settleHold', { holdId: id, usage: usage(4) })
    expect(settled.lines).toEqual([{ tags: tags('gemini') }])
  })
  const text = `query ($from: DateTime!, $to: DateTime!, $by: [UsageDimension!]!, $tags: [String!]) { team {
    usage(from: $from, to: $to, groupBy: $by, groupByTags: $tags) {
      total rows { hour caller reference credits count tags { key value } } } } }`
  const iso = (ms: number) => new Date(Date.now() + ms).toISOString()
  const variables = (by: string[], keys: string[] | null) => ({
    from: iso(-3_600_000),
    to: iso(60_000),
    by,
    tags: keys,
  })
  const report = async (by: string[], keys: string[] | null = null) =>
    (await gateway.ask(hooli('ana'), text, variables(by, keys))).team.usage
  const none = { hour: null, caller: null, reference: null, tags: null }

  it('adds up by caller: the one that charged, or that placed the hold', async () => {
    expect(await report(['CALLER'])).toEqual({
      total: '300',
      rows: [
        { ...none, caller: 'ben', credits: '120', count: 4 },
        { ...none, caller: 'ana', credits: '90', count: 3 },
        { ...none, caller: operator.memberId, credits: '90', count: 3 },
      ],
    })
  })

  it('adds up by reference', async () => {
    expect((await report(['REFERENCE'])).rows).toEqual([
      { ...none, reference: 'job-2', credits: '150', count: 5 },
      { ...none, reference: 'job-3', credits: '120', count: 4 },
      { ...none, reference: 'job-1', credits: '30', count: 1 },
    ])
  })

  it('adds up by up to three tags; lines without one are a row of their own', async () => {
    expect((await report([], ['project'])).rows).toEqual([
      { ...none, tags: tags('gemini'), credits: '120', count: 4 },
      { ...none, tags: tags('apollo'), credits: '90', count: 3 },
      { ...none, tags: [], credits: '90', count: 3 },
    ])
    const { total, rows } = await report(['CALLER'], ['env', 'project', 'nobody-uses-this'])
    expect(total).toBe('300')
    expect(rows.map((row: Data) => [row.caller, row.credits, row.tags.length])).toEqual([
      ['ben', '120', 1],
      [operator.memberId, '90', 0],
      ['ana', '60', 1],
      ['ana', '30', 2],
    ])
  })

  it('adds up by hours in UTC', async () => {
    const { total, rows } = await report(['HOUR'])
    expect(total).toBe('300')
    for (const { hour } of rows) expect(hour).toMatch(/^....-..-..T..:00:00.000Z$/)
  })

  it('refuses keys that no tag can have, and too many of them', async () => {
    for (const keys of [['Project'], [''], ['a', 'b', 'c', 'd']]) {
      const { codes, errors } = await gateway.run(hooli('ana'), text, variables([], keys))
      expect(codes).toEqual(['BAD_USER_INPUT'])
      expect(errors?.[0]?.message).toMatch(/give/)
    }
  })
})

describe('tags', () => {
  it('are refused where they could not be stored, with the place of the fault', async () => {
    const one = (key: string, value = 'x') => ({ key, value })
    const refused = [one('Key'), one('9'), one('k'.repeat(33)), one('key', ''), one('key', 'v'.repeat(65))]
    for (const tag of refused) {
      expect(await charge(ana, null, 1, [tag])).toMatchObject({ __typename: 'InvalidUsage' })
    }
    expect(await charge(ana, null, 1, [one('a'), one('a')])).toMatchObject({
      message: expect.stringMatching(/each key once/),
    })
    const four = [one('a'), one('b'), one('c'), one('d')]
    expect(await charge(ana, null, 1, four)).toMatchObject({ message: expect.stringMatching(/at most 3/) })
  })

  it('are part of a quote, and of what an idempotency key stands for', async () => {
    const tags = [
      { key: 'b', value: '“2”' },
      { key: 'a', value: '1' },
    ]
    const inOrder = tags.toReversed()
    const estimate = `query ($usage: [UsageInput!]!) { estimate(usage: $usage) { ... on Estimate { quoteId lines { tags { key value } } } } }`
    const { estimate: estimated } = await gateway.ask(ana, estimate, { usage: usage(1, tags) })
    expect(estimated.lines).toEqual([{ tags: inOrder }])
    const held = await act(ana, 'holdCredits', { quoteId: estimated.quoteId })
    expect((await act(ana, 'settleHold', { holdId: held.id })).lines).toEqual([{ tags: inOrder }])
    const again = { usage: usage(1, tags), idempotencyKey: newKey() }
    const first = await act(ana, 'chargeUsage', again)
    expect(await act(ana, 'chargeUsage', { ...again, usage: usage(1, inOrder) })).toEqual(first)
    expect(await act(ana, 'chargeUsage', { ...again, usage: usage() })).toMatchObject({
      __typename: 'IdempotencyConflict',
    })
  })
})
