import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQuotes } from '../../../src/access/quotes.ts'
import { signToken } from '../../../src/access/tokens.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const member = caller('MEMBER')
beforeAll(async () => {
  gateway = await openGateway()
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
})
afterAll(() => gateway.close())

const estimateText = `query ($usage: [UsageInput!]!) { estimate(usage: $usage) {
  __typename
  ... on Estimate { lines { rate credits } total low high metered { amount } available balanceAfter sufficient
    blockers { code message } burn { grantId kind amount } wouldTriggerRecharge quoteId quoteExpiresAt }
  ... on Error { code } } }`
const estimate = async (usage: object[], viewer = member): Promise<Data> =>
  (await gateway.ask(viewer, estimateText, { usage })).estimate
const hold = async (input: object, viewer = member): Promise<Data> =>
  (
    await gateway.ask(
      viewer,
      'mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) { __typename ... on Hold { id amount } ... on Error { code } } }',
      { input: { idempotencyKey: newKey(), ...input } },
    )
  ).holdCredits
const images = [{ rate: 'image.flux-2-pro', count: 4 }]

describe('an estimate', () => {
  it('tells the exact cost, what it would burn, and the balance after it, and changes nothing', async () => {
    const before = await gateway.ask(member, '{ team { balance { revision available } grants { id } } }')
    const told = await estimate([
      ...images,
      { rate: 'chat.input', quantity: '850' },
      { rate: 'chat.output', quantity: '120' },
    ])
    expect(told).toMatchObject({
      total: '133.05',
      low: '133.05',
      high: '133.05',
      metered: null,
      available: '1500',
      balanceAfter: '1366.95',
      sufficient: true,
      blockers: [],
      wouldTriggerRecharge: false,
      burn: [{ grantId: before.team.grants[0].id, kind: 'INCLUDED', amount: '133.05' }],
    })
    expect(await gateway.ask(member, '{ team { balance { revision available } grants { id } } }')).toEqual(before)
  })

  it('tells a range where the platform chooses the engine', async () => {
    expect(await estimate([{ rate: 'video.auto', quantity: '2' }])).toMatchObject({
      low: '100',
      high: '340',
      total: '340',
    })
  })

  it('burns the allowance before what was bought', async () => {
    const { burn } = await estimate([{ rate: 'video.runway-gen-4', quantity: '12' }])
    expect(burn.map(({ kind, amount }: Data) => [kind, amount])).toEqual([
      ['INCLUDED', '500'],
      ['PACKAGE', '100'],
    ])
  })

  it('names every reason why it would be refused', async () => {
    const usage = [{ rate: 'chat.deep-analysis' }, { rate: 'video.kling-3-0', quantity: '100' }]
    const told = await estimate(usage, caller('VIEWER'))
    expect(told).toMatchObject({ sufficient: false, balanceAfter: '-15750' })
    expect(told.blockers.map(({ code }: Data) => code)).toEqual([
      'ROLE_REQUIRED',
      'PLAN_REQUIRED',
      'INSUFFICIENT_CREDITS',
    ])
    expect(told.blockers[2].message).toMatch(/^Insufficient Credits/)
  })

  it('says when to come back where nothing is left; what is free goes on', async () => {
    await makeTeam(gateway, 'empty', '0')
    const viewer = caller('MEMBER', 'empty')
    await gateway.ask(viewer, 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }', {
      input: { usage: [{ rate: 'video.runway-gen-4', quantity: '10' }], idempotencyKey: newKey() },
    })
    expect((await gateway.ask(viewer, '{ team { grants { id } } }')).team.grants).toEqual([])
    const { blockers } = await estimate(images, viewer)
    expect(blockers[0].message).toMatch(/^AI Credits exhausted — top up or wait until Monday, [A-Z][a-z]+ \d+$/)
    expect((await estimate([{ rate: 'chat.light' }], viewer)).blockers).toEqual([])
  })

  it('refuses what it can not price', async () => {
    expect((await estimate([{ rate: 'image.unknown' }])).code).toBe('UNKNOWN_RATE')
    expect((await estimate([{ rate: 'a\0b' }])).code).toBe('UNKNOWN_RATE')
    expect((await estimate([])).code).toBe('INVALID_USAGE')
  })
})

describe('a quote', () => {
  it('holds for what it said', async () => {
    const { quoteId, high } = await estimate(images)
    expect(await hold({ quoteId })).toMatchObject({ __typename: 'Hold', amount: high })
  })

  it('is good for its own team alone, and only as it was made', async () => {
    const { quoteId } = await estimate(images)
    const token = await signToken(
      'a secret of tests, long enough to be one',
      { member: 'm', role: 'MEMBER', team: 'acme' },
      60,
    )
    const elsewhere = createQuotes('another secret of tests, as long as the first')
    const forged = await elsewhere.sign({
      teamId: teamId('acme'),
      usage: [],
      rateCardVersion: 'x',
      high: 0n,
      expiresAt: Date.now() + 9e5,
    })
    expect((await hold({ quoteId }, caller('MEMBER', 'globex'))).code).toBe('QUOTE_EXPIRED')
    const [header, payload, signature] = quoteId.split('.')
    const tampered = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('4]', '1]')).toString('base64url')
    for (const id of [`${header}.${tampered}.${signature}`, token, forged, '', 'x'.repeat(30_000), 'a.b.c']) {
      expect((await hold({ quoteId: id })).code).toBe('QUOTE_EXPIRED')
    }
  })

  it("expires by the ledger's clock; a repeated hold still answers as the first time", async () => {
    const { quoteId, quoteExpiresAt } = await estimate(images)
    const idempotencyKey = newKey()
    const first = await hold({ quoteId, idempotencyKey })
    expect(first.__typename).toBe('Hold')
    await gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to: quoteExpiresAt })
    expect((await hold({ quoteId })).code).toBe('QUOTE_EXPIRED')
    expect(await hold({ quoteId, idempotencyKey })).toEqual(first)
  })
})

describe('a refund', () => {
  const refundText = `mutation ($input: RefundChargeInput!) { refundCharge(input: $input) { __typename
    ... on Refund { id amount charge { id amount lines { name } } balance { available } }
    ... on Error { code message } ... on RefundExceedsCharge { refundable } } }`
  const refund = async (input: object): Promise<Data> =>
    (await gateway.ask(operator, refundText, { input: { reason: 'failed', idempotencyKey: newKey(), ...input } }))
      .refundCharge
  const charge = async (viewer = member): Promise<string> =>
    (
      await gateway.ask(
        viewer,
        'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { id } } }',
        { input: { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() } },
      )
    ).chargeUsage.id
  const available = async () =>
    Number((await gateway.ask(member, '{ team { balance { available } } }')).team.balance.available)

  it('gives a part back, then all of what is left, and never more', async () => {
    const before = await available()
    const chargeId = await charge()
    expect(await refund({ chargeId, amount: '10' })).toMatchObject({
      __typename: 'Refund',
      amount: '10',
      charge: { id: chargeId, amount: '30', lines: [{ name: 'Flux 2 Pro' }] },
      balance: { available: `${before - 20}` },
    })
    expect(await refund({ chargeId, amount: '20.000001' })).toMatchObject({
      code: 'REFUND_EXCEEDS_CHARGE',
      refundable: '20',
    })
    expect((await refund({ chargeId })).amount).toBe('20')
    expect(await refund({ chargeId })).toMatchObject({ code: 'REFUND_EXCEEDS_CHARGE', refundable: '0' })
    expect(await available()).toBe(before)
  })

  it('lands once, however often it is asked for', async () => {
    const input = { chargeId: await charge(), idempotencyKey: newKey() }
    const before = await available()
    const first = await refund(input)
    expect(await refund(input)).toEqual(first)
    expect(await available()).toBe(before + 30)
    expect((await refund({ ...input, amount: '1' })).code).toBe('IDEMPOTENCY_CONFLICT')
  })

  it('finds the team by the id of the charge, and no charge that is not there', async () => {
    const chargeId = await charge()
    expect((await refund({ chargeId, teamId: 'acme', amount: '1' })).amount).toBe('1')
    expect((await refund({ chargeId, teamId: 'globex' })).code).toBe('NOT_FOUND')
    expect((await refund({ chargeId: 'nothing', teamId: 'acme' })).code).toBe('NOT_FOUND')
    expect((await refund({ chargeId: 'nothing' })).code).toBe('NOT_FOUND')
    expect((await refund({ chargeId, teamId: 'nobody' })).code).toBe('NOT_FOUND')
  })

  it("never takes one team's charge for the other's at the same place in its own ledger", async () => {
    for (const team of ['twin', 'other-twin']) await makeTeam(gateway, team)
    const chargeId = await charge(caller('MEMBER', 'twin'))
    const otherId = await charge(caller('MEMBER', 'other-twin'))
    expect(otherId).not.toBe(chargeId)
    expect((await refund({ chargeId, teamId: 'other-twin' })).code).toBe('NOT_FOUND')
    expect((await refund({ chargeId: otherId, teamId: 'other-twin' })).amount).toBe('30')
  })
})

describe('plans and grants', () => {
  const assignText = `mutation ($input: AssignPlanInput!) { assignPlan(input: $input) { __typename
    ... on Team { id name seats plan { code } balance { available included period { allowance used remaining resetsAt } } } ... on Error { code } } }`
  const assign = async (input: object): Promise<Data> => (await gateway.ask(operator, assignText, { input })).assignPlan

  it('make a team, once per key, and change it', async () => {
    const input = { teamId: 'new', teamName: 'New Team', planId: 'free', idempotencyKey: newKey() }
    const first = await assign(input)
    expect(first).toMatchObject({ id: 'new', name: 'New Team', seats: 1, plan: { code: 'free' } })
    expect(first.balance).toMatchObject({ available: '500', period: { allowance: '500', used: '0', remaining: '500' } })
    expect(await assign({ ...input, seats: 1 })).toEqual(first)
    expect((await assign({ ...input, seats: 2 })).code).toBe('IDEMPOTENCY_CONFLICT')
    const changed = await assign({ teamId: 'new', planId: 'pro', seats: 3, idempotencyKey: newKey() })
    expect(changed).toMatchObject({ name: 'New Team', seats: 3, plan: { code: 'pro' }, balance: { available: '500' } })
    expect((await assign({ teamId: 'new', planId: 'gold', idempotencyKey: newKey() })).code).toBe('UNKNOWN_PLAN')
  })

  it('give credits of a source once', async () => {
    const text = `mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { __typename
      ... on CreditGrant { id kind granted available startsAt expiresAt source } ... on Error { code } } }`
    const give = async (input: object): Promise<Data> =>
      (await gateway.ask(operator, text, { input: { teamId: 'globex', idempotencyKey: newKey(), ...input } }))
        .grantCredits
    const terms = { amount: '250', kind: 'PROMOTION', source: 'promo:spring', expiresAt: '2099-01-01T00:00:00Z' }
    const first = await give(terms)
    expect(first).toMatchObject({ kind: 'PROMOTION', granted: '250', available: '250', source: 'promo:spring' })
    expect(first.expiresAt).toBe('2099-01-01T00:00:00.000Z')
    expect(await give(terms)).toEqual(first)
    expect((await give({ ...terms, amount: '300' })).code).toBe('INVALID_INPUT')
    expect((await give({ ...terms, source: 's', expiresAt: '2020-01-01T00:00:00Z' })).code).toBe('INVALID_INPUT')
    expect((await give({ ...terms, teamId: 'nobody' })).code).toBe('NOT_FOUND')
  })
})

describe('time', () => {
  it('shows a balance as it was and as it will be', async () => {
    await makeTeam(gateway, 'clockwork', '100')
    const viewer = caller('VIEWER', 'clockwork')
    const read = async (asOf: string | null): Promise<Data> =>
      (
        await gateway.ask(
          viewer,
          'query ($asOf: DateTime) { team { balance(asOf: $asOf) { available included asOf } } }',
          { asOf },
        )
      ).team.balance
    const now = await read(null)
    expect(now).toMatchObject({ available: '600', included: '500' })
    expect(await read(new Date(Date.parse(now.asOf) - 3_600_000).toISOString())).toMatchObject({ available: '0' })
    const later = new Date(Date.parse(now.asOf) + 30 * 86_400_000).toISOString()
    expect(await read(later)).toEqual({ available: '600', included: '500', asOf: later })
  })

  it('moves forward only, and what it brings is in every list at once', async () => {
    const move = 'mutation ($to: DateTime!) { advanceClock(to: $to) }'
    const { asOf } = (await gateway.ask(member, '{ team { balance { asOf } } }')).team.balance
    const to = new Date(Date.parse(asOf) + 8 * 86_400_000).toISOString()
    expect((await gateway.ask(operator, move, { to })).advanceClock).toBe(to)
    expect((await gateway.run(operator, move, { to: asOf })).codes).toEqual(['BAD_USER_INPUT'])
    expect((await gateway.run(operator, move, { to: '2999-01-01T00:00:00Z' })).codes).toEqual(['BAD_USER_INPUT'])
    const { team } = await gateway.ask(
      caller('VIEWER', 'clockwork'),
      '{ team { activity(first: 2) { nodes { type amount } } } }',
    )
    expect(team.activity.nodes).toEqual([
      { type: 'GRANT', amount: '500' },
      { type: 'EXPIRY', amount: '-500' },
    ])
    const held = await hold({ usage: images, expiresInSeconds: 60 })
    const { asOf: at } = (await gateway.ask(member, '{ team { balance { asOf } } }')).team.balance
    await gateway.ask(operator, move, { to: new Date(Date.parse(at) + 61_000).toISOString() })
    const text =
      'query ($id: ID!) { node(id: $id) { ... on Hold { state remaining } } team { holds { nodes { id } } } }'
    const found = await gateway.ask(member, text, { id: held.id })
    expect(found.node).toEqual({ state: 'EXPIRED', remaining: '0' })
    expect(found.team.holds.nodes.map(({ id }: Data) => id)).not.toContain(held.id)
  })

  it('does not move where the gateway runs on real time', async () => {
    const real = await openGateway({ devClock: false })
    const { codes } = await real.run(operator, 'mutation { advanceClock(to: "2099-01-01T00:00:00Z") }')
    expect(codes).toEqual(['FORBIDDEN'])
    await real.close()
  })
})
