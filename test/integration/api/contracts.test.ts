import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../../src/domain/role.ts'
import { catalogWith } from '../ledger/told.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

const catalog = catalogWith(`
  - id: free
    name: Free
    topUp: true
    allowances: [{ id: month, credits: 100, every: MONTH, anchor: subscription }]
    addOn: { credits: 60, price: 10 }
  - { id: plain, name: Plain, topUp: true, allowances: [{ id: month, credits: 100, every: MONTH }] }
`)
const day = 86_400_000
/** In whole seconds, some days from now. */
const inDays = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * day).toISOString()
const soon = inDays(2)
let gateway: Gateway
let team = ''
let teams = 0

beforeAll(async () => {
  gateway = await openGateway({}, { catalog })
  await makeTeam(gateway, 'globex', '0')
})
afterAll(() => gateway.close())

/** Another team for each test, so that each sees only what it made. */
async function newTeam(planId = 'free'): Promise<string> {
  team = `team-${++teams}`
  await makeTeam(gateway, team, '0', planId)
  return team
}

const contractFields = 'reference credits every state startsAt endsAt rollover rolloverUpTo nextGrantAt'
const result = `__typename ... on Contract { ${contractFields} } ... on Error { code message } ... on InvalidInput { path }`
const create = `mutation ($input: CreateContractInput!) { result: createContract(input: $input) { ${result} } }`
const end = `mutation ($input: EndContractInput!) { result: endContract(input: $input) { __typename ... on Contract { ${contractFields} } ... on Error { code message } } }`
const setUnits = `mutation ($units: Int!, $key: String!, $team: ID) {
  result: setAddOnUnits(units: $units, idempotencyKey: $key, teamId: $team) { __typename ... on Team { id addOnUnits } ... on Error { code message } } }`
const seen = `query ($id: ID) { team(id: $id) { addOnUnits contracts { ${contractFields} } balance { available included additional } } }`

const terms = (given: Data = {}) => ({
  teamId: team,
  reference: 'ACME-42',
  credits: '500',
  idempotencyKey: newKey(),
  ...given,
})
const created = async (given: Data = {}): Promise<Data> =>
  (await gateway.ask(operator, create, { input: terms(given) })).result
const ended = async (given: Data = {}): Promise<Data> => {
  const input = { teamId: team, reference: 'ACME-42', idempotencyKey: newKey(), ...given }
  return (await gateway.ask(operator, end, { input })).result
}
const units = async (number: number, key = newKey()): Promise<Data> =>
  (await gateway.ask(operator, setUnits, { units: number, key, team })).result
const look = async (): Promise<Data> => (await gateway.ask(operator, seen, { id: team })).team

describe('W9: createContract', () => {
  it('answers the contract, deposits what is due, and lists it on the team in the order of references', async () => {
    await newTeam()
    const startsAt = inDays(-3)
    const monthly = await created({
      reference: 'B',
      every: 'MONTH',
      startsAt,
      rollover: 'CAPPED',
      rolloverUpTo: '20.5',
    })
    expect(monthly).toMatchObject({
      __typename: 'Contract',
      reference: 'B',
      credits: '500',
      every: 'MONTH',
      state: 'RUNNING',
      startsAt,
      endsAt: null,
      rollover: 'CAPPED',
      rolloverUpTo: '20.5',
    })
    expect(Date.parse(monthly.nextGrantAt)).toBeGreaterThan(Date.parse(inDays(24)))
    const later = { startsAt: inDays(2), endsAt: inDays(40) }
    expect(await created({ reference: 'C', every: 'WEEK', ...later, rollover: 'FULL' })).toMatchObject({
      state: 'UPCOMING',
      every: 'WEEK',
      rollover: 'FULL',
      rolloverUpTo: null,
      ...later,
      nextGrantAt: later.startsAt,
    })
    const once = await created({ reference: 'A', credits: '0.000001' })
    expect(once).toMatchObject({
      credits: '0.000001',
      every: null,
      state: 'RUNNING',
      rollover: 'NONE',
      nextGrantAt: null,
    })
    const { contracts, balance } = await look()
    expect(contracts.map((one: Data) => [one.reference, one.state])).toEqual([
      ['A', 'RUNNING'],
      ['B', 'RUNNING'],
      ['C', 'UPCOMING'],
    ])
    expect(contracts[1]).toEqual({ ...monthly, __typename: undefined })
    expect(balance).toEqual({ available: '600.000001', included: '100', additional: '500.000001' })
  })

  it('is shown to those of the team, and to nobody else', async () => {
    await newTeam()
    await created()
    const own = '{ team { contracts { reference } addOnUnits } }'
    expect((await gateway.ask(caller('VIEWER', team), own)).team).toEqual({
      contracts: [{ reference: 'ACME-42' }],
      addOnUnits: 0,
    })
    expect((await gateway.ask(caller('ADMIN', 'globex'), own)).team.contracts).toEqual([])
    expect((await gateway.ask(caller('ADMIN', 'globex'), seen, { id: team })).team).toBeNull()
  })

  it('has a reference once a team, of 1 to 100 characters', async () => {
    await newTeam()
    for (const reference of ['A', 'r'.repeat(100), 'für Ácme: 4/2']) {
      expect(await created({ reference })).toMatchObject({ __typename: 'Contract', reference })
    }
    expect(await created({ reference: 'A' })).toMatchObject({ code: 'INVALID_INPUT', path: ['reference'] })
    await ended({ reference: 'A' })
    expect(await created({ reference: 'A' })).toMatchObject({ code: 'INVALID_INPUT', path: ['reference'] })
    for (const reference of ['', 'r'.repeat(101), 'a\nb', 'a\0']) {
      for (const [text, input] of [
        [create, terms({ reference })],
        [end, { teamId: team, reference, idempotencyKey: newKey() }],
      ] as const) {
        const { codes } = await gateway.run(operator, text, { input })
        expect(codes, reference).toEqual(['INVALID_INPUT'])
      }
    }
  })

  it.each([
    ['nothing', { credits: '0' }, 'INVALID_AMOUNT'],
    ['less than nothing', { credits: '-5' }, 'INVALID_AMOUNT'],
    ['an end before its start', { startsAt: inDays(2), endsAt: inDays(1) }, 'INVALID_INPUT'],
    ['an end at its start', { startsAt: soon, endsAt: soon }, 'INVALID_INPUT'],
    ['an end in the past', { startsAt: inDays(-2), endsAt: inDays(-1) }, 'INVALID_INPUT'],
  ])('refuses %s, and says what to do', async (_, given, code) => {
    await newTeam()
    const input = terms({ every: 'MONTH', ...given })
    const refused = (await gateway.ask(operator, create, { input })).result
    expect(refused).toMatchObject({ code, message: expect.stringMatching(/give/) })
    expect((await gateway.ask(operator, create, { input })).result).toEqual(refused)
    expect(await look()).toMatchObject({ contracts: [], balance: { available: '100' } })
  })

  it.each([
    ['a cap without its rule', { rollover: 'FULL', rolloverUpTo: '5' }],
    ['a cap where nothing is carried over', { rolloverUpTo: '5' }],
    ['a rule without its cap', { rollover: 'CAPPED' }],
    ['a cap of nothing', { rollover: 'CAPPED', rolloverUpTo: '0' }],
    ['a cap below nothing', { rollover: 'CAPPED', rolloverUpTo: '-1' }],
    ['an amount that no ledger holds', { credits: '1000000000000' }],
    ['an amount with 7 fraction digits', { credits: '0.0000001' }],
    ['a day that there is not', { startsAt: '2027-02-30T00:00:00Z' }],
    ['an empty key', { idempotencyKey: '' }],
    ['a long key', { idempotencyKey: 'k'.repeat(201) }],
    ['an empty team id', { teamId: '' }],
  ])('is told as not to be served: %s', async (_, given) => {
    await newTeam()
    const { codes, errors } = await gateway.run(operator, create, { input: terms(given) })
    expect(codes).toEqual([errors === undefined ? 'INVALID_INPUT' : 'BAD_USER_INPUT'])
    expect((await look()).contracts).toEqual([])
  })

  it('has its effect once by a key, which other input does not get, and another mutation does', async () => {
    await newTeam()
    const input = terms({ every: 'MONTH', startsAt: inDays(-1) })
    const first = (await gateway.ask(operator, create, { input })).result
    const again = await Promise.all([1, 2, 3].map(() => gateway.ask(operator, create, { input })))
    for (const { result } of again) expect(result).toEqual(first)
    expect((await look()).balance.available).toBe('600')
    for (const given of [{ credits: '501' }, { every: 'WEEK' }, { rollover: 'FULL' }, { endsAt: inDays(9) }]) {
      const other = await gateway.ask(operator, create, { input: { ...input, ...given } })
      expect(other.result.code).toBe('IDEMPOTENCY_CONFLICT')
    }
    const ending = { teamId: team, reference: 'ACME-42', idempotencyKey: input.idempotencyKey }
    expect((await gateway.ask(operator, end, { input: ending })).result.__typename).toBe('Contract')
    expect((await gateway.ask(operator, create, { input })).result).toMatchObject({ __typename: 'Contract' })
    expect((await look()).balance.available).toBe('600')
  })

  it('is answered alike for a team that there is not', async () => {
    team = 'nobody'
    expect(await created()).toMatchObject({ code: 'NOT_FOUND' })
    expect(await ended()).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('endContract', () => {
  it('ends it now, keeps what it deposited, and is harmless again', async () => {
    await newTeam()
    await created({ every: 'MONTH' })
    await created({ reference: 'later', every: 'WEEK', startsAt: inDays(5) })
    const first = await ended()
    expect(first).toMatchObject({ __typename: 'Contract', state: 'ENDED', nextGrantAt: null })
    expect(await ended()).toEqual(first)
    expect(await ended({ reference: 'later' })).toMatchObject({ state: 'ENDED', nextGrantAt: null })
    expect(await look()).toMatchObject({
      contracts: [{ state: 'ENDED' }, { state: 'ENDED' }],
      balance: { available: '600' },
    })
    expect(await ended({ reference: 'other' })).toMatchObject({ code: 'NOT_FOUND' })
  })

  it("does not find another team's", async () => {
    await newTeam()
    await created()
    expect(await ended({ teamId: 'globex' })).toMatchObject({ code: 'NOT_FOUND' })
    expect((await look()).contracts).toMatchObject([{ state: 'RUNNING' }])
  })
})

describe('setAddOnUnits', () => {
  it('D5, D6: deposits units at once and answers the team', async () => {
    await newTeam()
    expect(await units(3)).toEqual({ __typename: 'Team', id: expect.any(String), addOnUnits: 3 })
    expect(await units(0)).toMatchObject({ addOnUnits: 0 })
    expect(await look()).toMatchObject({ addOnUnits: 0, balance: { available: '280', additional: '180' } })
    expect(await units(10_000)).toMatchObject({ addOnUnits: 10_000 })
    expect((await look()).balance.additional).toBe('600000')
  })

  it('is refused where the plan takes none', async () => {
    await newTeam('plain')
    const refused = await units(1)
    expect(refused).toMatchObject({ __typename: 'AddOnNotAvailable', code: 'ADD_ON_NOT_AVAILABLE' })
    expect(refused.message).toContain("'plain'")
    expect(await look()).toMatchObject({ addOnUnits: 0, balance: { available: '100' } })
  })

  it('has its effect once by a key, and refuses the key for another number', async () => {
    await newTeam()
    const key = newKey()
    const [first, ...again] = await Promise.all([1, 2, 3].map(() => units(2, key)))
    for (const one of again) expect(one).toEqual(first)
    await units(5)
    expect((await units(2, key)).__typename).toBe('Team')
    expect((await look()).balance.additional).toBe('300')
    expect(await units(3, key)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
  })

  it.each([
    ['fewer than none', { units: -1 }, 'INVALID_INPUT'],
    ['more than 10,000', { units: 10_001 }, 'INVALID_INPUT'],
    ['an empty key', { key: '' }, 'INVALID_INPUT'],
    ['no team, where the caller has none', { team: null }, 'INVALID_INPUT'],
    ['a team that there is not', { team: 'nobody' }, 'NOT_FOUND'],
  ])('is told as not to be served: %s', async (_, given, code) => {
    await newTeam()
    const variables = { units: 1, key: newKey(), team, ...given }
    expect((await gateway.run(operator, setUnits, variables)).codes).toEqual([code])
    expect((await look()).addOnUnits).toBe(0)
  })
})

describe('a caller below PLATFORM', () => {
  it.each(['VIEWER', 'MEMBER', 'ADMIN'] satisfies Role[])(
    '%s changes none of it, in its own team either',
    async (role) => {
      await newTeam()
      await created({ reference: 'A' })
      const viewer = caller(role, team)
      const codes = [
        await gateway.run(viewer, create, { input: terms() }),
        await gateway.run(viewer, end, { input: { teamId: team, reference: 'A', idempotencyKey: newKey() } }),
      ].map((answered) => answered.codes)
      expect(codes).toEqual([['NOT_ALLOWED'], ['NOT_ALLOWED']])
      const { result } = await gateway.ask(viewer, setUnits, { units: 1, key: newKey() })
      expect(result.code).toBe(role === 'ADMIN' ? 'ADD_ON_NOT_AVAILABLE' : 'PURCHASE_NOT_ALLOWED')
      expect(await look()).toMatchObject({ addOnUnits: 0, contracts: [{ reference: 'A', state: 'RUNNING' }] })
    },
  )
})
