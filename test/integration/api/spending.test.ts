import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const member = caller('MEMBER')

beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
  await makeTeam(gateway, 'globex')
})
afterAll(() => gateway.close())

const balance = '{ viewer { memberId role team { id balance { available held included additional label revision } } } }'
const charge = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) {
  __typename
  ... on Charge { id amount lines { rate name quantity count credits money { amount currency } } burn { grantId kind amount }
    rateCardVersion at reference balance { available held revision } }
  ... on Error { code message }
  ... on InsufficientCredits { required available shortfall nextGrantAt canPurchase packages { code purchasable } }
  ... on RequirementNotMet { blockers { code message } }
  ... on InvalidUsage { path } ... on InvalidInput { path }
  ... on UnknownRate { rate }
} }`
const hold = `mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) {
  __typename
  ... on Hold { id state amount captured remaining expiresAt reference balance { available held } }
  ... on Error { code message }
  ... on InvalidUsage { path } ... on InvalidInput { path }
  ... on RequirementNotMet { blockers { code } }
} }`
const settle = `mutation ($input: SettleHoldInput!) { settleHold(input: $input) {
  __typename ... on Charge { id amount balance { available held } } ... on Error { code } ... on HoldClosed { state } } }`

const images = (count: number) => [{ rate: 'image.flux-2-pro', count }]
const chargeOf = (gateway: Gateway, viewer = member, input: object = {}) =>
  gateway.ask(viewer, charge, { input: { usage: images(1), idempotencyKey: newKey(), ...input } })
const availableOf = async (team: string) =>
  (
    await gateway.ask(operator, 'query ($id: ID) { team(id: $id) { balance { available held } } }', {
      id: team,
    })
  ).team.balance

describe('spending', () => {
  it('shows the caller and its team', async () => {
    const { viewer } = await gateway.ask(member, balance)
    expect(viewer).toMatchObject({ memberId: 'member', role: 'MEMBER', team: { id: 'acme' } })
    expect(viewer.team.balance).toMatchObject({ available: '1500', held: '0', included: '500', additional: '1000' })
    expect(viewer.team.balance.label).toBe('1,500 Credits')
  })

  it('charges usage, tells what it cost and the balance right after', async () => {
    const { chargeUsage } = await chargeOf(gateway, member, { reference: 'job-1' })
    expect(chargeUsage).toMatchObject({
      __typename: 'Charge',
      amount: '30',
      reference: 'job-1',
      lines: [{ rate: 'image.flux-2-pro', name: 'Flux 2 Pro', quantity: '1', count: 1, credits: '30', money: null }],
      burn: [{ kind: 'INCLUDED', amount: '30' }],
      balance: { available: '1470', held: '0' },
    })
  })

  it('holds, then settles what was used and frees the rest', async () => {
    const before = await availableOf('acme')
    const { holdCredits } = await gateway.ask(member, hold, { input: { usage: images(4), idempotencyKey: newKey() } })
    expect(holdCredits).toMatchObject({ __typename: 'Hold', state: 'OPEN', amount: '120', remaining: '120' })
    expect(holdCredits.balance.held).toBe('120')
    const input = { holdId: holdCredits.id, usage: images(1), idempotencyKey: newKey() }
    const { settleHold } = await gateway.ask(member, settle, { input })
    expect(settleHold).toMatchObject({ __typename: 'Charge', amount: '30' })
    expect(settleHold.balance).toEqual({ available: `${Number(before.available) - 30}`, held: '0' })
    const again = await gateway.ask(member, settle, { input: { ...input, idempotencyKey: newKey() } })
    expect(again.settleHold).toEqual({ __typename: 'HoldClosed', code: 'HOLD_CLOSED', state: 'SETTLED' })
  })

  it('extends, captures and releases a hold', async () => {
    const { holdCredits } = await gateway.ask(member, hold, { input: { usage: images(2), idempotencyKey: newKey() } })
    const holdId = holdCredits.id
    const { extendHold } = await gateway.ask(
      member,
      'mutation ($input: ExtendHoldInput!) { extendHold(input: $input) { ... on Hold { amount remaining } } }',
      { input: { holdId, usage: images(1), expiresInSeconds: 900, idempotencyKey: newKey() } },
    )
    expect(extendHold).toEqual({ amount: '90', remaining: '90' })
    const { captureHold } = await gateway.ask(
      member,
      'mutation ($input: CaptureHoldInput!) { captureHold(input: $input) { ... on Charge { amount balance { held } } } }',
      { input: { holdId, usage: images(1), idempotencyKey: newKey() } },
    )
    expect(captureHold).toEqual({ amount: '30', balance: { held: '60' } })
    const { releaseHold } = await gateway.ask(
      member,
      'mutation ($input: ReleaseHoldInput!) { releaseHold(input: $input) { ... on Hold { state captured remaining balance { held } } } }',
      { input: { holdId, reason: 'cancelled', idempotencyKey: newKey() } },
    )
    expect(releaseHold).toEqual({ state: 'RELEASED', captured: '30', remaining: '0', balance: { held: '0' } })
  })

  it('refuses what the balance does not cover, and tells an admin what to buy', async () => {
    const usage = [{ rate: 'video.kling-3-0', quantity: '1000' }]
    const { chargeUsage } = await chargeOf(gateway, member, { usage })
    expect(chargeUsage).toMatchObject({
      __typename: 'InsufficientCredits',
      required: '170000',
      canPurchase: false,
      packages: [],
    })
    expect(chargeUsage.nextGrantAt).toMatch(/T00:00:00.000Z$/)
    const asAdmin = await chargeOf(gateway, caller('ADMIN'), { usage })
    expect(asAdmin.chargeUsage.canPurchase).toBe(true)
    expect(asAdmin.chargeUsage.packages).toEqual(
      ['starter', 'standard', 'pro'].map((code) => ({ code, purchasable: true })),
    )
  })

  describe('a lack of credits is told to people', () => {
    const kling = [{ rate: 'video.kling-3-0', quantity: '1000' }]
    const day = String.raw`[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}`
    const told = async (viewer: typeof member, usage: object[] = kling) => {
      const estimated = await gateway.ask(
        viewer,
        'query ($usage: [UsageInput!]!) { estimate(usage: $usage) { ... on Estimate { blockers { code message } } } }',
        { usage },
      )
      const { message } = (await chargeOf(gateway, viewer, { usage })).chargeUsage
      const codes: { code: string; message: string }[] = estimated.estimate.blockers
      expect(codes.find(({ code }) => code === 'INSUFFICIENT_CREDITS')?.message).toBe(message)
      return message
    }
    beforeAll(async () => {
      for (const team of ['short', 'leaderless']) await makeTeam(gateway, team, '8800.5')
      await makeTeam(gateway, 'corporate', '0', 'enterprise')
      await makeTeam(gateway, 'empty', '0')
      await chargeOf(gateway, caller('MEMBER', 'empty'), { usage: [{ rate: 'video.runway-gen-4', quantity: '10' }] })
    })

    it('who may buy is told how much to add', async () => {
      expect(await told(caller('ADMIN', 'short'))).toMatch(
        new RegExp(
          `^Insufficient Credits. This needs 170,000 credits and 9,300.5 are available: add 160,699.5 credits; the next grant lands on ${day}$`,
        ),
      )
    })

    it('a member is told whom to ask, by name once an admin has been seen (facts G4)', async () => {
      const member = caller('MEMBER', 'leaderless')
      expect(await told(member)).toContain('9,300.5 are available: ask an admin to add credits;')
      await gateway.ask(caller('ADMIN', 'leaderless', 'zoe'), '{ viewer { role } }')
      expect(await told(member)).toContain('9,300.5 are available: ask Zoe to add credits;')
    })

    it('a team whose plan sells nothing is told its contact, whoever asks (facts W9)', async () => {
      for (const role of ['MEMBER', 'ADMIN'] as const) {
        expect(await told(caller(role, 'corporate'))).toContain('50,000 are available: contact sales@wevion.ai;')
      }
    })

    it('a team that has nothing left is told when the next grant lands (facts W7)', async () => {
      for (const role of ['MEMBER', 'ADMIN'] as const) {
        expect(await told(caller(role, 'empty'))).toMatch(
          new RegExp(`^AI Credits exhausted — top up or wait until ${day}$`),
        )
      }
    })
  })

  it('refuses an unknown rate and a plan that does not include it', async () => {
    const unknown = await chargeOf(gateway, member, { usage: [{ rate: 'image.unknown' }] })
    expect(unknown.chargeUsage).toMatchObject({ code: 'UNKNOWN_RATE', rate: 'image.unknown' })
    const required = await chargeOf(gateway, member, { usage: [{ rate: 'chat.deep-analysis' }] })
    expect(required.chargeUsage.blockers).toEqual([
      {
        code: 'PLAN_REQUIRED',
        message: 'Deep analysis needs one of the plans starter, pro, enterprise: change the plan to use it',
      },
    ])
  })

  it('names the path to what is wrong with usage', async () => {
    for (const [usage, path] of [
      [[], ['usage']],
      [[{ rate: 'image.flux-2-pro', count: 11 }], ['usage', '0', 'count']],
      [[{ rate: 'image.flux-2-pro', quantity: '-1' }], ['usage', '0', 'quantity']],
      [[{ rate: 'image.flux-2-pro', quantity: '0.0000001' }], ['usage', '0', 'quantity']],
      [
        [{ rate: 'image.flux-2-pro' }, { rate: 'a\0b' }],
        ['usage', '1', 'rate'],
      ],
    ] as const) {
      const { chargeUsage } = await chargeOf(gateway, member, { usage })
      expect(chargeUsage).toMatchObject({ __typename: 'InvalidUsage', path })
    }
  })

  it('takes a quantity as a JSON integer, too', async () => {
    const { chargeUsage } = await chargeOf(gateway, member, { usage: [{ rate: 'chat.input', quantity: 1000 }] })
    expect(chargeUsage.amount).toBe('9')
  })

  it('refuses a hold with an impossible deadline, and one with usage and quote or neither', async () => {
    for (const [rest, __typename, path] of [
      [{ usage: images(1), expiresInSeconds: 0 }, 'InvalidInput', ['expiresInSeconds']],
      [{ usage: images(1), expiresInSeconds: 86_401 }, 'InvalidInput', ['expiresInSeconds']],
      [{}, 'InvalidUsage', ['usage']],
      [{ usage: images(1), quoteId: 'abc' }, 'InvalidUsage', ['usage']],
    ] as const) {
      const { holdCredits } = await gateway.ask(member, hold, { input: { idempotencyKey: newKey(), ...rest } })
      expect(holdCredits).toMatchObject({ __typename, path })
    }
  })
})

describe('idempotency', () => {
  it('answers the same key and input with the first outcome, however the input is written', async () => {
    const idempotencyKey = newKey()
    const before = await availableOf('acme')
    const first = await chargeOf(gateway, member, { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey })
    await chargeOf(gateway)
    const usage = [{ rate: 'image.flux-2-pro', quantity: '1.0', count: 1 }]
    const again = await chargeOf(gateway, member, { usage, idempotencyKey, memberId: 'member' })
    expect(again).toEqual(first)
    expect(Number((await availableOf('acme')).available)).toBe(Number(before.available) - 60)
  })

  it('answers the same key with another input with a conflict, in the same mutation', async () => {
    const idempotencyKey = newKey()
    await chargeOf(gateway, member, { idempotencyKey })
    for (const other of [{ usage: images(2) }, { reference: 'other' }]) {
      const { chargeUsage } = await chargeOf(gateway, member, { ...other, idempotencyKey })
      expect(chargeUsage.code).toBe('IDEMPOTENCY_CONFLICT')
    }
    const held = await gateway.ask(member, hold, { input: { usage: images(1), idempotencyKey } })
    expect(held.holdCredits.__typename).toBe('Hold')
  })

  it('accepts a key again that was refused, once the balance pays', async () => {
    await makeTeam(gateway, 'broke', '0')
    const viewer = caller('MEMBER', 'broke')
    const idempotencyKey = newKey()
    const usage = [
      { rate: 'image.flux-2-pro', count: 10 },
      { rate: 'image.seedream-4-5', count: 10 },
    ]
    const first = await chargeOf(gateway, viewer, { usage, idempotencyKey })
    expect(first.chargeUsage.code).toBe('INSUFFICIENT_CREDITS')
    await makeTeam(gateway, 'broke', '5000')
    const again = await chargeOf(gateway, viewer, { usage, idempotencyKey })
    expect(again.chargeUsage.amount).toBe('600')
    expect(await chargeOf(gateway, viewer, { usage, idempotencyKey })).toEqual(again)
  })

  it('refuses unreadable inputs and leaves their key free', async () => {
    const idempotencyKey = newKey()
    const of = (quantity: string) =>
      chargeOf(gateway, member, { usage: [{ rate: 'chat.input', quantity }], idempotencyKey })
    expect((await of('-1')).chargeUsage.code).toBe('INVALID_USAGE')
    expect((await of('-1')).chargeUsage.code).toBe('INVALID_USAGE')
    expect((await of('-2')).chargeUsage.code).toBe('INVALID_USAGE')
    expect((await of('1')).chargeUsage.__typename).toBe('Charge')
    expect((await of('-2')).chargeUsage.code).toBe('IDEMPOTENCY_CONFLICT')
  })

  it('refuses an unusable key without an effect', async () => {
    for (const idempotencyKey of ['', 'k'.repeat(201), 'a\0b', 'a\nb', '\ud800']) {
      const { chargeUsage } = await chargeOf(gateway, member, { idempotencyKey })
      expect(chargeUsage).toMatchObject({ code: 'INVALID_INPUT', path: ['idempotencyKey'] })
    }
  })
})

describe('recording usage', () => {
  const record = `mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) {
    __typename ... on Charge { amount } ... on Error { code } } }`

  it('charges the other teams where the rows of one contradict each other', async () => {
    await makeTeam(gateway, 'sound', '100')
    await makeTeam(gateway, 'broken', '100')
    // The new version makes the ledger read the team again.
    const damage = (by: number) =>
      gateway.database.pool.query(
        `update account set held = held + $1, version = version + 1 where team_id = 'broken'`,
        [by],
      )
    const events = ['sound', 'broken', 'broken', 'sound'].map((teamId) => ({
      ...{ teamId, usage: images(1), idempotencyKey: newKey() },
    }))
    const text = `mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) {
      __typename ... on Charge { amount } ... on InternalServerError { code message traceId } } }`
    const charge = { __typename: 'Charge', amount: '30' }
    const traceId = expect.stringMatching(/^[\da-f-]{36}$/)
    const message = expect.stringContaining('with the same key')
    const failure = { __typename: 'InternalServerError', code: 'INTERNAL_SERVER_ERROR', message, traceId }

    await damage(1)
    const { recordUsage } = await gateway.ask(operator, text, { events })
    expect(recordUsage).toEqual([charge, failure, failure, charge])
    expect(recordUsage[1].traceId).toBe(recordUsage[2].traceId)
    await damage(-1)
    expect((await gateway.ask(operator, text, { events })).recordUsage).toEqual([charge, charge, charge, charge])
  })

  it('gives each event its own outcome, in order', async () => {
    const key = newKey()
    const { recordUsage } = await gateway.ask(member, record, {
      events: [
        { usage: images(1), idempotencyKey: key },
        { usage: [{ rate: 'nothing' }], idempotencyKey: newKey() },
        { usage: images(1), idempotencyKey: '' },
        { usage: images(1), idempotencyKey: key },
        { usage: images(2), idempotencyKey: key },
        { usage: images(1), idempotencyKey: newKey(), teamId: 'globex' },
        { usage: images(2), idempotencyKey: newKey() },
      ],
    })
    expect(recordUsage).toEqual([
      { __typename: 'Charge', amount: '30' },
      { __typename: 'UnknownRate', code: 'UNKNOWN_RATE' },
      { __typename: 'InvalidInput', code: 'INVALID_INPUT' },
      { __typename: 'Charge', amount: '30' },
      { __typename: 'IdempotencyConflict', code: 'IDEMPOTENCY_CONFLICT' },
      { __typename: 'NotFound', code: 'NOT_FOUND' },
      { __typename: 'Charge', amount: '60' },
    ])
  })

  const bad = (event: object) => ({ usage: images(1), idempotencyKey: newKey(), ...event })

  it('refuses an event that would be no request of its own, and charges the others', async () => {
    const paths = record.replace('code }', 'code } ... on InvalidInput { path }')
    const key = newKey()
    const events = [
      { usage: images(1), idempotencyKey: newKey() },
      bad({ idempotencyKey: key, reference: 'r'.repeat(501) }),
      bad({ reference: 'a\0' }),
      bad({ memberId: 'somebody-else' }),
      bad({ teamId: 'a\nb' }),
      bad({ idempotencyKey: key, reference: 'right by now' }),
      { usage: images(2), idempotencyKey: newKey() },
    ]
    const { recordUsage } = await gateway.ask(member, paths, { events })
    expect(recordUsage).toEqual([
      { __typename: 'Charge', amount: '30' },
      { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: ['reference'] },
      { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: ['reference'] },
      { __typename: 'NotAllowed', code: 'NOT_ALLOWED' },
      { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: ['teamId'] },
      { __typename: 'Charge', amount: '30' },
      { __typename: 'Charge', amount: '60' },
    ])
    const again = (await gateway.ask(member, paths, { events })).recordUsage
    expect(again).toEqual(recordUsage.with(1, { __typename: 'IdempotencyConflict', code: 'IDEMPOTENCY_CONFLICT' }))
  })

  it('refuses an event of the platform that names no team, or a member that can not be', async () => {
    const events = [bad({}), bad({ teamId: 'nobody' }), bad({ teamId: 'acme', memberId: '' }), bad({ teamId: 'acme' })]
    const { recordUsage } = await gateway.ask(operator, record, { events })
    expect(recordUsage.map((result: Data) => result.__typename)).toEqual([
      'InvalidInput',
      'NotFound',
      'InvalidInput',
      'Charge',
    ])
  })

  it('takes 1 to 1,000 events, of several teams for the platform', async () => {
    const events = Array.from({ length: 1000 }, (_, index) => ({
      usage: [{ rate: 'chat.light' }],
      idempotencyKey: newKey(),
      teamId: index % 2 ? 'acme' : 'globex',
    }))
    const { recordUsage } = await gateway.ask(operator, record, { events })
    expect(recordUsage).toHaveLength(1000)
    expect(new Set(recordUsage.map((result: Data) => result.__typename))).toEqual(new Set(['Charge']))
    expect((await gateway.run(member, record, { events: [] })).codes).toEqual(['BAD_USER_INPUT'])
    const { codes } = await gateway.run(operator, record, { events: [...events, events[0]] })
    expect(codes).toEqual(['BAD_USER_INPUT'])
  })
})
