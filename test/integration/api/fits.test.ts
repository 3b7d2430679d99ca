import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

let teams = 0
/** A member of a new team that has 1,500 credits. */
async function newMember() {
  teams += 1
  const team = `team-${teams}`
  await makeTeam(gateway, team)
  return caller('MEMBER', team)
}
type Viewer = ReturnType<typeof caller>

const errors = '... on Error { code message } ... on InvalidUsage { path }'
const holdText = `mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) {
  __typename ... on Hold { id amount fitted balance { available held } } ... on InsufficientCredits { required } ${errors} } }`
const hold = async (viewer: Viewer, input: object): Promise<Data> =>
  (await gateway.ask(viewer, holdText, { input: { idempotencyKey: newKey(), ...input } })).holdCredits
const estimateText = `query ($usage: [UsageInput!]!, $fit: FitInput) { estimate(usage: $usage, fit: $fit) {
  __typename ... on Estimate { fitted high lines { rate quantity } available sufficient blockers { code } quoteId } ${errors} } }`
const estimate = async (viewer: Viewer, usage: object[], fit?: object): Promise<Data> =>
  (await gateway.ask(viewer, estimateText, { usage, fit })).estimate
const again = async (viewer: Viewer, id: string): Promise<Data> =>
  (await gateway.ask(viewer, 'query ($id: ID!) { node(id: $id) { ... on Hold { fitted state } } }', { id })).node

const chat = [{ rate: 'chat.input', quantity: '850' }, { rate: 'chat.output' }]
const upTo = (atMost: string, atLeast = '16') => ({ atLeast, atMost })

describe('a hold that fits', () => {
  it('is placed for all that is wanted where the balance pays it', async () => {
    const held = await hold(await newMember(), { usage: chat, fit: upTo('1000') })
    expect(held).toMatchObject({ __typename: 'Hold', fitted: '1000', amount: '52.65' })
  })

  it('is placed for the tokens that the balance pays, and settles as any other', async () => {
    const viewer = await newMember()
    const held = await hold(viewer, { usage: chat, fit: upTo('100000') })
    expect(held).toMatchObject({
      fitted: '33163',
      amount: '1499.985',
      balance: { available: '0.015', held: '1499.985' },
    })
    expect(await again(viewer, held.id)).toEqual({ fitted: '33163', state: 'OPEN' })
    const usage = [chat[0], { rate: 'chat.output', quantity: '33163' }]
    const { settleHold } = await gateway.ask(
      viewer,
      'mutation ($input: SettleHoldInput!) { settleHold(input: $input) { ... on Charge { amount hold { fitted } } } }',
      { input: { holdId: held.id, usage, idempotencyKey: newKey() } },
    )
    expect(settleHold).toEqual({ amount: '1499.985', hold: { fitted: '33163' } })
  })

  it('answers a repeated key with the first quantity, whatever the balance is then', async () => {
    const viewer = await newMember()
    const input = { usage: chat, fit: upTo('100000'), idempotencyKey: newKey() }
    const first = await hold(viewer, input)
    const grant = { teamId: viewer.teamId, amount: '5000', kind: 'PACKAGE', source: newKey(), idempotencyKey: newKey() }
    await gateway.ask(
      operator,
      'mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { __typename } }',
      { input: grant },
    )
    expect(await hold(viewer, input)).toEqual(first)
    const same = { ...input, usage: [chat[0], { rate: 'chat.output', quantity: '1.0' }], fit: upTo('100000.0') }
    expect(await hold(viewer, same)).toEqual(first)
    expect(await hold(viewer, { ...input, fit: upTo('99999') })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
    expect(await hold(viewer, { ...input, fit: null })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
  })

  it('is refused for the least where the balance does not pay even that', async () => {
    const refused = await hold(await newMember(), { usage: chat, fit: upTo('100000', '40000') })
    expect(refused).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: '1807.65' })
  })

  it('has no quantity of its own in a hold without a fit', async () => {
    expect(await hold(await newMember(), { usage: chat })).toMatchObject({ __typename: 'Hold', fitted: null })
  })

  it('is refused with the place of what is wrong, and what to do', async () => {
    const viewer = await newMember()
    const usage = [{ rate: 'chat.output', quantity: '2' }]
    expect(await hold(viewer, { usage, fit: upTo('9', '1') })).toMatchObject({
      code: 'INVALID_USAGE',
      path: ['usage', '0', 'quantity'],
      message: expect.stringContaining('leave its quantity out'),
    })
    for (const fit of [upTo('9', '0'), upTo('9', '-1'), upTo('9', '10')]) {
      expect(await hold(viewer, { usage: chat, fit })).toMatchObject({ path: ['fit', 'atLeast'] })
      expect(await estimate(viewer, chat, fit)).toMatchObject({ code: 'INVALID_USAGE', path: ['fit', 'atLeast'] })
    }
    expect(await hold(viewer, { usage: chat, fit: upTo('0') })).toMatchObject({ path: ['fit', 'atMost'] })
    expect(await hold(viewer, { usage: [], fit: upTo('9') })).toMatchObject({ path: ['usage'] })
    expect(await hold(viewer, { fit: upTo('9') })).toMatchObject({ path: ['fit'] })
  })
})

describe('an estimate that fits', () => {
  it('tells what a hold would take, and holds nothing', async () => {
    const viewer = await newMember()
    expect(await estimate(viewer, chat, upTo('100000'))).toMatchObject({
      fitted: '33163',
      high: '1499.985',
      lines: [
        { rate: 'chat.input', quantity: '850' },
        { rate: 'chat.output', quantity: '33163' },
      ],
      available: '1500',
      sufficient: true,
      blockers: [],
    })
    expect(await hold(viewer, { usage: chat, fit: upTo('100000') })).toMatchObject({ fitted: '33163' })
  })

  it('tells no quantity where the balance does not pay the least, and none without a fit', async () => {
    const viewer = await newMember()
    expect(await estimate(viewer, chat, upTo('100000', '40000'))).toMatchObject({
      fitted: null,
      high: '1807.65',
      sufficient: false,
      blockers: [{ code: 'INSUFFICIENT_CREDITS' }],
    })
    expect(await estimate(viewer, chat)).toMatchObject({ fitted: null, sufficient: true })
  })

  it('makes a quote of what fits, which is held without a fit', async () => {
    const viewer = await newMember()
    const { quoteId } = await estimate(viewer, chat, upTo('100000'))
    expect(await hold(viewer, { quoteId, fit: upTo('100000') })).toMatchObject({ path: ['fit'] })
    expect(await hold(viewer, { quoteId })).toMatchObject({ amount: '1499.985', fitted: null })
  })
})
