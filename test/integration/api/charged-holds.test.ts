import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { decodeId, encodeId } from '../../../src/resolvers/request/ids.ts'
import { videosAtStart } from '../../setup/at-start.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const member = caller('MEMBER')
const video = [{ rate: 'video.kling-3-0', quantity: '5' }]

beforeAll(async () => {
  gateway = await openGateway({}, { catalog: parseCatalog(videosAtStart(), 'videos-at-start.yaml') })
})
afterAll(() => gateway.close())

const selections = {
  Hold: 'id state amount captured remaining chargedAtStart reference balance { available held revision }',
  Charge:
    'id amount lines { rate name quantity count credits } burn { grantId kind amount } reference balance { available }',
  Refund: 'id amount charge { id } balance { available }',
}

async function mutate(name: string, input: Data, viewer = member): Promise<Data> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const members = Object.entries(selections).filter(([type]) => answers[name]?.includes(type))
  const fragments = members.map(([type, fields]) => `... on ${type} { ${fields} }`).join(' ')
  const text = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${fragments} ... on Error { code message } } }`
  return (await gateway.ask(viewer, text, { input: { idempotencyKey: newKey(), ...input } }))[name]
}
const answers: Record<string, string[]> = {
  holdCredits: ['Hold'],
  extendHold: ['Hold'],
  releaseHold: ['Hold'],
  captureHold: ['Charge'],
  settleHold: ['Charge'],
  refundCharge: ['Refund'],
}

const activity = async (team = 'acme'): Promise<string[]> =>
  (
    await gateway.ask(caller('MEMBER', team), '{ team { activity(first: 50) { nodes { type amount } } } }')
  ).team.activity.nodes
    .toReversed()
    .map(({ type, amount }: Data) => `${type} ${amount}`)

describe('V2, W8: a rate that is charged at the start', () => {
  it('says so on the rate card', async () => {
    const text = '{ rateCard { categories { rates { code charge } } } }'
    const { categories } = (await gateway.ask(member, text)).rateCard
    const charges = categories.flatMap(({ rates }: Data) => rates.map(({ code, charge }: Data) => [code, charge]))
    expect(charges).toContainEqual(['video.kling-3-0', 'AT_START'])
    expect(charges).toContainEqual(['video.auto', 'AT_START'])
    expect(charges).toContainEqual(['image.flux-2-pro', 'AT_SUCCESS'])
  })

  it('shows the hold as charged at once, holds nothing, and settling confirms it', async () => {
    await makeTeam(gateway, 'acme')
    const input = { usage: video, reference: 'job-7', idempotencyKey: newKey() }
    const held = await mutate('holdCredits', input)
    expect(held).toMatchObject({
      state: 'OPEN',
      amount: '850',
      captured: '850',
      remaining: '0',
      chargedAtStart: true,
      reference: 'job-7',
      balance: { available: '650', held: '0' },
    })
    const before = await activity()
    expect(before.slice(-1)).toEqual(['CHARGE -850'])

    const settle = { holdId: held.id, idempotencyKey: newKey() }
    const confirmed = await mutate('settleHold', settle)
    expect(confirmed).toMatchObject({
      __typename: 'Charge',
      amount: '850',
      reference: 'job-7',
      balance: { available: '650' },
      lines: [{ rate: 'video.kling-3-0', name: 'Kling 3.0', quantity: '5', count: 1, credits: '850' }],
      burn: [
        { kind: 'INCLUDED', amount: '500' },
        { kind: 'PACKAGE', amount: '350' },
      ],
    })
    expect(await activity()).toEqual(before)
    expect(await mutate('holdCredits', input)).toEqual(held)
    expect(await mutate('settleHold', settle)).toEqual(confirmed)
    const text = `query ($id: ID!) { node(id: $id) { ... on Hold { state captured chargedAtStart } } }`
    const { node } = await gateway.ask(member, text, { id: held.id })
    expect(node).toEqual({ state: 'SETTLED', captured: '850', chargedAtStart: true })
  })

  it('reserves as ever where no rate of the usage is', async () => {
    await makeTeam(gateway, 'images')
    const viewer = caller('MEMBER', 'images')
    const held = await mutate('holdCredits', { usage: [{ rate: 'image.flux-2-pro' }] }, viewer)
    expect(held).toMatchObject({ chargedAtStart: false, captured: '0', remaining: '30' })
    expect(held.balance).toMatchObject({ held: '30' })
  })

  it('charges a quote what it said', async () => {
    await makeTeam(gateway, 'quoted')
    const viewer = caller('MEMBER', 'quoted')
    const text = 'query ($usage: [UsageInput!]!) { estimate(usage: $usage) { ... on Estimate { high quoteId } } }'
    const { high, quoteId } = (await gateway.ask(viewer, text, { usage: video })).estimate
    expect(await mutate('holdCredits', { quoteId }, viewer)).toMatchObject({ chargedAtStart: true, captured: high })
  })

  it('V8: left to the platform is charged at its dearest, and at the price of the engine once it is named', async () => {
    await makeTeam(gateway, 'auto')
    const viewer = caller('MEMBER', 'auto')
    const held = await mutate('holdCredits', { usage: [{ rate: 'video.auto', quantity: '5' }] }, viewer)
    expect(held).toMatchObject({ captured: '850' })
    const usage = [{ rate: 'video.runway-gen-4', quantity: '5' }]
    const charged = await mutate('settleHold', { holdId: held.id, usage }, viewer)
    expect(charged).toMatchObject({ amount: '250', balance: { available: '1250' } })
    expect((await activity('auto')).slice(-3)).toEqual(['CHARGE -850', 'REFUND 850', 'CHARGE -250'])
  })

  it('is given back when it is released, and refunded by hand only once it is confirmed', async () => {
    await makeTeam(gateway, 'failed')
    const viewer = caller('MEMBER', 'failed')
    const held = await mutate('holdCredits', { usage: video }, viewer)
    const charged = '{ team { activity(first: 1, filter: { types: [CHARGE] }) { nodes { lines { rate } } } } }'
    expect((await gateway.ask(viewer, charged)).team.activity.nodes[0].lines).toEqual([{ rate: 'video.kling-3-0' }])
    const more = await mutate('extendHold', { holdId: held.id, usage: video }, viewer)
    expect(more).toMatchObject({ code: 'INVALID_USAGE', message: expect.stringContaining('place another hold') })
    const part = await mutate('captureHold', { holdId: held.id, usage: video }, viewer)
    expect(part).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('settle or release it') })
    const longer = await mutate('extendHold', { holdId: held.id, expiresInSeconds: 3_000 }, viewer)
    expect(longer).toMatchObject({ state: 'OPEN', chargedAtStart: true })
    const released = await mutate('releaseHold', { holdId: held.id, reason: 'the filter said no' }, viewer)
    expect(released).toMatchObject({ state: 'RELEASED', captured: '0', balance: { available: '1500', held: '0' } })
    const told = '{ team { activity(first: 1) { nodes { type amount } } } }'
    expect((await gateway.ask(viewer, told)).team.activity.nodes).toEqual([{ type: 'REFUND', amount: '850' }])

    const again = await mutate('holdCredits', { usage: video }, viewer)
    const { id: chargeId } = await mutate('settleHold', { holdId: again.id }, viewer)
    const refund = { chargeId, amount: '50', reason: 'a glitch' }
    expect(await mutate('refundCharge', refund, operator)).toMatchObject({ amount: '50', charge: { id: chargeId } })
  })

  it('is not refunded by hand while its hold is open', async () => {
    await makeTeam(gateway, 'open')
    const viewer = caller('MEMBER', 'open')
    const held = await mutate('holdCredits', { usage: video }, viewer)
    const chargeId = encodeId('Charge', decodeId(held.id)?.number ?? 0, teamId('open'))
    const refused = await mutate('refundCharge', { chargeId, reason: 'by hand' }, operator)
    expect(refused).toMatchObject({
      __typename: 'RefundExceedsCharge',
      message: expect.stringContaining('release the hold'),
    })
  })
})
