import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { purchaseId, teamId as teamIdOf } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { caller, type Gateway, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const shown = 'teamId stage system events lastEventId theirs ours difference firstDivergence { eventId rule }'
const followText = 'mutation ($input: FollowTeamsInput!) { result: followTeams(input: $input) { teamId problem } }'
const recordText = `mutation ($input: RecordRehearsalEventsInput!) { result: recordRehearsalEvents(input: $input) {
  teamId recorded ignored problem rehearsal { ${shown} } } }`
const overText = `mutation ($input: CutOverInput!) { result: cutOver(input: $input) {
  __typename ... on CutOver { available owed grants } ... on Error { code message } } }`
const backText = `mutation ($input: CutBackInput!) { result: cutBack(input: $input) {
  __typename ... on CutBack { system balance cutOverAt grants { source available } } ... on Error { code message } } }`
const chargeText = `mutation ($input: ChargeUsageInput!) { result: chargeUsage(input: $input) {
  __typename ... on Charge { amount } ... on Error { code message } } }`

const ask = async (text: string, input: object) => (await gateway.ask(operator, text, { input })).result
const hour = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * hour).toISOString()

let teamId = ''
beforeEach(() => {
  teamId = `moving-${randomUUID()}`
})
const pack = { source: 'old:pack', kind: 'PACKAGE', amount: '1000' }
const startsAt = ago(48)
const follow = (given: object = {}) =>
  ask(followText, {
    system: 'Old',
    teams: [{ startsAt, team: { teamId, planId: 'enterprise', grants: [pack], ...given } }],
  })
const event = (id: string, hours: number, amount: number, balanceAfter: number, given: object = {}) => ({
  ...{ id, at: ago(hours), type: 'CHARGE', amount: `${amount}`, balanceAfter: `${balanceAfter}`, ...given },
})
const record = async (events: readonly object[]) => (await ask(recordText, { teams: [{ teamId, events }] }))[0]
const over = (balance: number, given: object = {}) =>
  ask(overText, { teamId, balance: `${balance}`, idempotencyKey: randomUUID(), ...given })
const back = (given: object = {}) => ask(backText, { teamId, idempotencyKey: randomUUID(), ...given })
const charge = () => ask(chargeText, { teamId, usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: randomUUID() })
const listed = async (filter: object) =>
  (
    await gateway.ask(
      operator,
      `query ($filter: RehearsalFilter) { rehearsals(filter: $filter) { nodes { ${shown} } } }`,
      { filter },
    )
  ).rehearsals.nodes
const available = async () =>
  (await gateway.ask(operator, 'query ($id: ID!) { team(id: $id) { servedBy balance { available } } }', { id: teamId }))
    .team

describe('a team that is followed', () => {
  it('is compared through events that come in any order and more than once', async () => {
    expect(await follow()).toEqual([{ teamId, problem: null }])
    const image = { usage: [{ rate: 'image.flux-2-pro' }] }
    const first = event('9', 30, 30, 970, image)
    const second = event('10', 20, 31, 939, image)
    expect(await record([second])).toMatchObject({
      ...{ recorded: 1, ignored: 0 },
      rehearsal: { theirs: '939', firstDivergence: { eventId: '10', rule: expect.stringMatching(/is missing/) } },
    })
    expect(await record([first, second, first])).toEqual({
      ...{ teamId, recorded: 1, ignored: 2, problem: null },
      rehearsal: {
        ...{ teamId, stage: 'FOLLOWED', system: 'Old', events: 2, lastEventId: '10' },
        ...{ theirs: '939', ours: '940', difference: '1' },
        firstDivergence: { eventId: '10', rule: expect.stringMatching(/charges 30 here/) },
      },
    })
    expect(await listed({ diverged: true, teamId })).toHaveLength(1)
    expect(await listed({ diverged: false, teamId })).toHaveLength(0)
    expect(await follow()).toEqual([{ teamId, problem: null }])
    expect(await listed({ teamId })).toMatchObject([{ events: 2 }])
    expect(await follow({ grants: [] })).toEqual([{ teamId, problem: null }])
    expect(await listed({ teamId })).toMatchObject([{ events: 0, ours: '0' }])
  })

  it('is not charged, and not imported, before it is cut over', async () => {
    await follow()
    expect(await charge()).toEqual({
      ...{ __typename: 'NotAllowed', code: 'NOT_ALLOWED' },
      message: 'This is not allowed: the team is still served by Old: do it there, or cut the team over first.',
    })
    const estimated = `{ estimate(teamId: "${teamId}", usage: [{ rate: "image.flux-2-pro" }]) {
      ... on Estimate { blockers { code } } } }`
    expect((await gateway.ask(operator, estimated)).estimate.blockers).toContainEqual({ code: 'SERVED_ELSEWHERE' })
    const imported = await ask(
      'mutation ($input: ImportTeamsInput!) { result: importTeams(input: $input) { problem } }',
      {
        teams: [{ teamId, planId: 'enterprise', grants: [] }],
      },
    )
    expect(imported[0].problem).toMatch(/still served by Old/)
    expect(await available()).toEqual({ servedBy: 'Old', balance: { available: '0' } })
  })
})

describe('a cut over', () => {
  it('brings the team as its shadow stands, once, and refuses another balance with the cause', async () => {
    await follow()
    await record([event('1', 30, 30, 970)])
    expect(await over(960)).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(
        /^balance: Old has 960 and the gateway's rehearsal comes to 970, a difference of 10\./,
      ),
    })
    const key = { idempotencyKey: randomUUID() }
    const answer = { __typename: 'CutOver', available: '970', owed: '0', grants: 1 }
    expect(await over(970, { ...key, dryRun: true })).toEqual(answer)
    expect((await available()).servedBy).toBe('Old')
    expect(await Promise.all([over(970, key), over(970, key)])).toEqual([answer, answer])
    expect(await charge()).toEqual({ __typename: 'Charge', amount: '30' })
    expect(await over(970, key)).toEqual(answer)
    expect(await over(970)).toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await available()).toEqual({ servedBy: null, balance: { available: '940' } })
    expect(await listed({ teamId })).toEqual([])
    expect(await record([event('2', 1, 1, 969)])).toMatchObject({ problem: expect.stringMatching(/not followed/) })
    expect(await follow()).toEqual([{ teamId, problem: expect.stringMatching(/cut it back first/) }])
  })

  it('brings the grants that the other system gives, if its balance is accepted', async () => {
    await follow()
    const grants = [{ ...pack, amount: '700' }]
    expect(await over(700, { grants })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await over(701, { grants, acceptDifference: true })).toMatchObject({
      message: 'grants: their sum is 700 and the balance 701: give all.',
    })
    expect(await over(700, { grants, acceptDifference: true })).toMatchObject({ available: '700', grants: 1 })
  })
})

describe('a team that was followed by mistake', () => {
  it('is given back by a cut over with nothing', async () => {
    await follow()
    expect(await over(0, { grants: [], acceptDifference: true })).toMatchObject({ available: '0', grants: 0 })
    expect(await available()).toEqual({ servedBy: null, balance: { available: '0' } })
  })
})

describe('a cut back', () => {
  const moved = async () => {
    await follow()
    await over(1_000)
    await charge()
  }

  it('answers with what the other system begins with, and the team can be cut over again', async () => {
    await moved()
    const key = { idempotencyKey: randomUUID() }
    const answer = {
      ...{ __typename: 'CutBack', system: 'Old', balance: '970', cutOverAt: expect.any(String) },
      grants: [{ source: 'old:pack', available: '970' }],
    }
    expect(await back(key)).toEqual(answer)
    expect(await back(key)).toEqual(answer)
    expect(await charge()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await listed({ teamId })).toMatchObject([{ stage: 'CUT_BACK', theirs: '970', ours: '970' }])
    const now = { at: new Date(Date.now() + 1_000).toISOString() }
    expect(await record([event('77', 0, 100, 870, now)])).toMatchObject({ rehearsal: { difference: '0' } })
    expect(await over(970)).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await over(870)).toMatchObject({ available: '870', grants: 0 })
    await back()
    expect(await over(900, { acceptDifference: true })).toMatchObject({ available: '900', grants: 1 })
    expect(await charge()).toMatchObject({ amount: '30' })
    expect(await verified()).toEqual([])
  })

  it('keeps its rehearsal when an earlier cut over or cut back is repeated', async () => {
    await follow()
    const [first, again] = [randomUUID(), randomUUID()]
    await over(1_000, { idempotencyKey: first })
    await back({ idempotencyKey: again })
    const now = { at: new Date(Date.now() + 1_000).toISOString() }
    await record([event('77', 0, 100, 900, now)])
    expect(await over(1_000, { idempotencyKey: first })).toMatchObject({ __typename: 'CutOver' })
    expect(await listed({ teamId })).toMatchObject([{ stage: 'CUT_BACK', events: 1 }])
    await follow({ grants: [{ ...pack, amount: '900' }] })
    expect(await back({ idempotencyKey: again })).toMatchObject({ balance: '1000' })
    expect(await listed({ teamId })).toMatchObject([{ stage: 'CUT_BACK', ours: '900' }])
  })

  const land = (source: string) =>
    gateway.services.ledger.submit(
      keyless(teamIdOf(teamId), {
        ...{ kind: 'land-purchase', purchase: purchaseId(1), cause: 'PURCHASE', source, credits: 500_000_000n },
        ...{ price: { amount: 10n, currency: 'USD' }, costBasis: null, memberId: null, ofNewTeam: false, loss: null },
      }),
    )
  const posted = (balanceAfter: number) =>
    event('78', 0, 500, balanceAfter, {
      ...{ at: new Date(Date.now() + 1_000).toISOString(), type: 'GRANT', kind: 'PACKAGE', source: 'stripe:pi_1' },
    })

  it('counts a purchase once that the other system has posted, also when its grant is in no newer standing', async () => {
    await follow()
    await over(1_000)
    await back()
    await land('stripe:pi_1')
    await record([posted(1_500)])
    await follow({ grants: [{ ...pack, amount: '300' }] })
    expect(await over(300)).toMatchObject({ available: '300' })
  })

  it('counts a purchase that the other system does not have, once it is said', async () => {
    await follow()
    await over(1_000)
    await back()
    await land('stripe:pi_1')
    expect(await over(900, { acceptDifference: true })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^posted: .*stripe:pi_1 \(500 credits\)/),
    })
    expect(await over(900, { acceptDifference: true, posted: [], dryRun: true })).toMatchObject({ available: '1400' })
    expect(await over(900, { acceptDifference: true, posted: ['stripe:pi_1'] })).toMatchObject({ available: '900' })
  })

  it('does not know what was posted before a standing that replaces no rehearsal', async () => {
    await follow()
    await over(1_000)
    await back()
    await gateway.services.database.pool.query('delete from rehearsal where team_id = $1', [teamId])
    await land('stripe:pi_1')
    await follow()
    expect(await over(1_000)).toMatchObject({ message: expect.stringMatching(/^posted: /) })
    expect(await over(1_000, { posted: [] })).toMatchObject({ available: '1500' })
  })

  it('is refused while a hold is open, and for a team that was never cut over', async () => {
    expect(await back()).toMatchObject({ code: 'NOT_FOUND' })
    await follow()
    expect(await back()).toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringMatching(/served by Old already/) })
    await over(1_000)
    const hold = await ask(
      'mutation ($input: HoldCreditsInput!) { result: holdCredits(input: $input) { ... on Hold { id } } }',
      { teamId, usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: randomUUID() },
    )
    expect(await back()).toMatchObject({
      message: expect.stringMatching(/1 of its holds is open: settle or release it/),
    })
    const settled = `mutation ($input: SettleHoldInput!) { result: settleHold(input: $input) { __typename } }`
    await ask(settled, { holdId: hold.id, idempotencyKey: randomUUID() })
    expect(await back()).toMatchObject({ balance: '970' })
  })
})

const verified = async () =>
  (await verifyLedger(gateway.services.database)).filter(({ violations }) => violations > 0).map(({ name }) => name)

describe('what a caller controls', () => {
  const many = (count: number, one: (index: number) => object) =>
    Array.from({ length: count }, (_, index) => one(index))
  const events = (count: number) => many(count, (index) => event(`${index}`, 1, 1, 1))
  it.each([
    [recordText, { teams: [] }, /teams: give 1 to 50/],
    [recordText, { teams: many(51, () => ({ teamId: 'a', events: [] })) }, /teams: give 1 to 50/],
    [recordText, { teams: [{ teamId: 'a', events: events(1_001) }] }, /give at most 1000 at once/],
    [recordText, { teams: [{ teamId: 'a', events: [event('', 1, 1, 1)] }] }, /teams\.0\.events\.0\.id/],
    [recordText, { teams: [{ teamId: 'a', events: [event('1', -3, 1, 1)] }] }, /at: it is in the future/],
    [recordText, { teams: [{ teamId: 'a', events: [event('1', 1, 0, 1)] }] }, /amount: an entry moves something/],
    [
      recordText,
      { teams: [{ teamId: 'a', events: [event('1', 1, 1, 1, { source: 'x'.repeat(191) })] }] },
      /source: not/,
    ],
    [followText, { system: 'x'.repeat(101), teams: [] }, /system: not usable/],
    [followText, { system: 'Old', teams: [] }, /teams: give 1 to 100/],
  ])('is bounded: %s', async (text, input, message) => {
    const { errors } = await gateway.run(operator, text, { input })
    expect(errors?.[0]?.message).toMatch(message)
  })

  it('is the operator alone', async () => {
    for (const [text, input] of [
      [followText, { system: 'Old', teams: [] }],
      [recordText, { teams: [] }],
    ] as const) {
      const { errors } = await gateway.run(caller('ADMIN', 'acme'), text, { input })
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    }
  })

  it('is a problem of its team alone, where the team can not be followed', async () => {
    const team = (given: object) => ({
      startsAt,
      team: { teamId: `t-${randomUUID()}`, planId: 'enterprise', grants: [], ...given },
    })
    const answers = await ask(followText, {
      system: 'Old',
      teams: [
        team({ planId: 'none' }),
        team({}),
        { ...team({}), startsAt: ago(24 * 401) },
        team({ teamId: ' ' }),
        team({ seats: 0 }),
      ],
    })
    expect(answers.map(({ problem }: { problem: string | null }) => problem)).toEqual([
      expect.stringMatching(/planId: the catalog has no such plan/),
      null,
      expect.stringMatching(/startsAt: not usable/),
      expect.stringMatching(/teamId: not a usable id/),
      expect.stringMatching(/seats/),
    ])
  })
})
