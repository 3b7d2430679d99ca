import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Viewer } from '../../../src/access/viewer.ts'
import { memberId, teamId } from '../../../src/domain/identity.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team, '20000')
})
afterAll(() => gateway.close())

const images = (count: number) => [{ rate: 'image.flux-2-pro', count }]
const other = [{ rate: 'image.background-removal' }]
const ask = async (viewer: Viewer, mutation: string, input: object): Promise<Data> => {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename
    ... on ${mutation.match(/^(hold|extend|release)/) ? 'Hold' : 'Charge'} { id amount } ... on Error { code message } } }`
  return (await gateway.ask(viewer, text, { input: { idempotencyKey: newKey(), ...input } }))[mutation]
}
const held = async (viewer: Viewer, input: object = {}): Promise<string> =>
  (await ask(viewer, 'holdCredits', { usage: images(4), ...input })).id
const setLimit = (member: string, credits: string) =>
  gateway.ask(
    caller('ADMIN'),
    `mutation { setSpendingLimit(input: { memberId: "${member}", per: DAY, credits: "${credits}" }) { __typename } }`,
  )

const key = (prefix: string): Viewer => ({
  ...caller('MEMBER', 'acme', prefix),
  memberId: memberId(prefix),
  credential: { kind: 'KEY', teamId: teamId('acme'), id: 1, changedAt: null, allowed: null },
})
const acts: [string, object][] = [
  ['extendHold', { usage: images(1) }],
  ['extendHold', { expiresInSeconds: 86_400 }],
  ['captureHold', { usage: [{ rate: 'chat.input', quantity: '1' }] }],
  ['settleHold', { usage: [{ rate: 'chat.input', quantity: '1' }] }],
  ['settleHold', {}],
  ['releaseHold', {}],
]

describe('a hold', () => {
  it.each<[string, Viewer, Viewer]>([
    ["the backend's, by a member for whom it was placed", operator, caller('MEMBER', 'acme', 'ana')],
    ["the backend's, by an admin", operator, caller('ADMIN')],
    ["the backend's, by a member of the same name", operator, caller('MEMBER', 'acme', 'backend')],
    ["an admin's, by another admin", caller('ADMIN'), caller('ADMIN', 'acme', 'other')],
    ["a member's, by another member", caller('MEMBER', 'acme', 'ben'), caller('MEMBER', 'acme', 'ana')],
    ["an API key's, by another API key", key('cg_one'), key('cg_two')],
  ])('is not acted on by somebody else: %s', async (_, placer, viewer) => {
    const own = placer === operator ? { teamId: 'acme', memberId: 'ana' } : {}
    const holdId = await held(placer, own)
    const { node: before } = await gateway.ask(
      operator,
      `{ node(id: "${holdId}") { ... on Hold { state expiresAt } } }`,
    )
    for (const [mutation, input] of acts) {
      expect(await ask(viewer, mutation, { holdId, ...input })).toMatchObject({ __typename: 'NotAllowed' })
    }
    const { node } = await gateway.ask(operator, `{ node(id: "${holdId}") { ... on Hold { state expiresAt } } }`)
    expect(node).toEqual(before)
    expect(await ask(placer, 'releaseHold', { holdId })).toMatchObject({ __typename: 'Hold' })
  })

  it('of one PLATFORM caller is settled by another', async () => {
    const holdId = await held(operator, { teamId: 'acme' })
    const worker = caller('PLATFORM', null, 'worker')
    expect(await ask(worker, 'settleHold', { holdId, usage: other })).toMatchObject({ __typename: 'Charge' })
  })

  it('is settled with any rate by its placer, and by a higher role with the rates that it covers', async () => {
    const ana = caller('MEMBER', 'acme', 'ana')
    for (const viewer of [caller('ADMIN'), operator]) {
      const holdId = await held(ana)
      expect(await ask(viewer, 'extendHold', { holdId, usage: other })).toMatchObject({ __typename: 'NotAllowed' })
      expect(await ask(viewer, 'captureHold', { holdId, usage: other })).toMatchObject({ __typename: 'NotAllowed' })
      expect(await ask(viewer, 'settleHold', { holdId, usage: other })).toMatchObject({ __typename: 'NotAllowed' })
      expect(await ask(viewer, 'settleHold', { holdId, usage: images(1) })).toMatchObject({ amount: '30' })
    }
    expect(await ask(ana, 'settleHold', { holdId: await held(ana), usage: other })).toMatchObject({
      __typename: 'Charge',
    })
  })
})

describe('a spending limit', () => {
  it('binds whoever acts on a hold that it did not place; the placer settles beyond its own', async () => {
    await setLimit('boss', '100')
    await setLimit('ben', '200')
    const [boss, ben] = [caller('ADMIN', 'acme', 'boss'), caller('MEMBER', 'acme', 'ben')]
    const holdId = await held(ben)
    for (const [mutation, usage] of [
      ['extendHold', images(4)],
      ['captureHold', images(4)],
      ['settleHold', images(10)],
    ] as const) {
      expect(await ask(boss, mutation, { holdId, usage })).toMatchObject({ __typename: 'SpendingLimitReached' })
    }
    expect(await ask(boss, 'captureHold', { holdId, usage: images(2) })).toMatchObject({ amount: '60' })
    expect(await ask(boss, 'captureHold', { holdId, usage: images(2) })).toMatchObject({
      code: 'SPENDING_LIMIT_REACHED',
    })
    expect(await ask(ben, 'settleHold', { holdId, usage: images(10) })).toMatchObject({ amount: '300' })
  })
})

describe('an idempotency key', () => {
  const settle = (viewer: Viewer, holdId: string, idempotencyKey: string) =>
    ask(viewer, 'settleHold', { holdId, idempotencyKey })

  it("of the backend is not used up by a member's refusal, nor by what a member did with it", async () => {
    const ana = caller('MEMBER', 'acme', 'ana')
    const holdId = await held(operator, { teamId: 'acme', memberId: 'ana' })
    expect(await settle(ana, holdId, 'job-7')).toMatchObject({ __typename: 'NotAllowed' })
    expect(await settle(operator, holdId, 'job-7')).toMatchObject({ __typename: 'Charge' })
    const usage = images(1)
    const own = await ask(ana, 'chargeUsage', { usage, idempotencyKey: 'job-8' })
    const input = { usage, idempotencyKey: 'job-8', teamId: 'acme', memberId: 'ana' }
    const backends = await ask(operator, 'chargeUsage', input)
    expect(backends).toMatchObject({ __typename: 'Charge' })
    expect(backends.id).not.toBe(own.id)
    expect((await ask(operator, 'chargeUsage', input)).id).toBe(backends.id)
  })

  it('is one for each mutation', async () => {
    const ana = caller('MEMBER', 'acme', 'ana')
    const holdId = (await ask(ana, 'holdCredits', { usage: images(1), idempotencyKey: 'one-job' })).id
    expect(await settle(ana, holdId, 'one-job')).toMatchObject({ __typename: 'Charge' })
  })

  it('tells its outcome to its caller and to a higher role; for others it is a conflict that tells nothing', async () => {
    const [boss, ana] = [caller('ADMIN'), caller('MEMBER', 'acme', 'ana')]
    const input = { usage: images(1), reference: 'r', idempotencyKey: 'told' }
    const holdId = await held(boss)
    const first = await ask(boss, 'settleHold', { holdId, idempotencyKey: 'told' })
    const again = await ask(caller('ADMIN', 'acme', 'second'), 'settleHold', { holdId, idempotencyKey: 'told' })
    expect(again).toEqual(first)
    const same = await ask(ana, 'settleHold', { holdId, idempotencyKey: 'told' })
    const another = await ask(ana, 'settleHold', { holdId, usage: input.usage, idempotencyKey: 'told' })
    expect(same).toMatchObject({ __typename: 'IdempotencyConflict' })
    expect(another).toEqual(same)
  })

  it('whose request was refused for a lack of credits may be tried again after a top-up', async () => {
    const [ana, input] = [
      caller('MEMBER', 'globex', 'ana'),
      { usage: [{ rate: 'video.kling-3-0', quantity: '130' }], idempotencyKey: 'top-up' },
    ]
    expect(await ask(ana, 'chargeUsage', input)).toMatchObject({ __typename: 'InsufficientCredits' })
    await makeTeam(gateway, 'globex', '20000')
    const first = await ask(ana, 'chargeUsage', input)
    expect(first).toMatchObject({ amount: '22100' })
    expect(await ask(ana, 'chargeUsage', input)).toEqual(first)
    expect(await ask(ana, 'chargeUsage', { ...input, usage: images(1) })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    })
  })
})
