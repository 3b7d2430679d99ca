import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { memberId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { maxSearchedTeams } from '../../../src/ledger/find-teams.ts'
import { caller, type Data, type Gateway, openGateway, operator } from './gateway.ts'
import { teamsCatalog } from './teams-catalog.ts'

const MICRO = 1_000_000n
const count = 2_100
const idOf = (index: number): TeamId => teamId(`team-${`${index}`.padStart(4, '0')}`)
const indices = Array.from({ length: count }, (_, index) => index)

/** Every third team has 50 from its plan; the others have 0, 5 or 500. */
const isWeekly = (index: number) => index % 3 === 0
const creditsOf = (index: number) => (isWeekly(index) ? 50 : ([0, 5, 500][(index % 7) % 3] ?? 0))
const stateOf = (index: number) => (creditsOf(index) === 0 ? 'EXHAUSTED' : creditsOf(index) < 10 ? 'LOW' : 'OK')
const isArmed = (index: number) => index % 5 === 0 && stateOf(index) === 'OK'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({}, { catalog: parseCatalog(teamsCatalog, 'teams.yaml') })
  await gateway.database.pool.query(`
    create table standing_clock (instant timestamptz not null);
    insert into standing_clock values ('2040-01-18T12:00:00Z');
    create or replace function ledger_now() returns timestamptz language sql volatile as $$ select instant from standing_clock $$`)
  await Promise.all(indices.map((index) => addTeam(idOf(index), index)))
})
afterAll(() => gateway.close())

const addTeam = (team: TeamId, index: number): Promise<void> => submit(team, [...commandsOf(index)])

async function submit(team: TeamId, commands: readonly Command[]): Promise<void> {
  const results = await gateway.services.ledger.submitAll(commands.map((command) => keyless(team, command)))
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason
    if (result.value.outcome.kind === 'refused') throw new Error(JSON.stringify(result.value.outcome.failure))
  }
}
function* commandsOf(index: number): Generator<Command> {
  const planId = isWeekly(index) ? 'weekly' : 'none'
  yield { kind: 'assign-plan', planId, teamName: `Number ${index}`, seats: 1, interval: null, anchor: null }
  if (!isWeekly(index) && creditsOf(index) > 0) {
    const amount = BigInt(creditsOf(index)) * MICRO
    yield { kind: 'grant-credits', amount, grantKind: 'PROMOTION', expiresAt: null, source: 'test' }
  }
  if (isArmed(index)) {
    const bounds = {
      threshold: 1n * MICRO,
      packageId: 'starter',
      monthlyCap: 100n * NANO,
      targetBalance: null,
      maxPerDay: null,
    }
    yield { kind: 'configure-recharge', enabled: true, ...bounds, caller: { id: memberId('ada'), role: 'ADMIN' } }
  }
}

const query = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: TeamFilter) {
  teams(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    edges { cursor node { id } } nodes { id name balance { available state } plan { code } autoRecharge { state } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
const page = async (variables: object): Promise<Data> =>
  (await gateway.ask(operator, query, { first: 100, ...variables })).teams

/** All pages, each no longer than it may be; `between` runs before the next one is read. */
async function allOf(filter: object | null, first = 100, between: () => Promise<void> = async () => undefined) {
  const ids: string[] = []
  for (let after: string | null = null, goesOn = true; goesOn; ) {
    const { nodes, edges, pageInfo }: Data = await page({ first, after, filter })
    expect(nodes.length).toBeLessThanOrEqual(first)
    expect(edges.map(({ node }: Data) => node.id)).toEqual(nodes.map(({ id }: Data) => id))
    expect(pageInfo.hasPreviousPage).toBe(after !== null)
    ids.push(...nodes.map(({ id }: Data) => id))
    after = pageInfo.endCursor
    goesOn = pageInfo.hasNextPage
    await between()
  }
  return ids
}
const those = (fits: (index: number) => boolean) => indices.filter(fits).map((index) => `${idOf(index)}`)

describe(`the list of ${count} teams`, () => {
  it('has all of them, in the order of their ids', async () => {
    expect(await allOf(null)).toEqual(those(() => true))
  })

  const filters: [string, object, (index: number) => boolean][] = [
    ['a part of the id', { search: 'EAM-20' }, (index) => `${idOf(index)}`.includes('eam-20')],
    ['a part of the name', { search: 'number 19' }, (index) => `Number ${index}`.includes('Number 19')],
    ['a plan', { planId: 'weekly' }, isWeekly],
    ['a state: OK', { state: 'OK' }, (index) => stateOf(index) === 'OK'],
    ['a state: LOW', { state: 'LOW' }, (index) => stateOf(index) === 'LOW'],
    ['a state: EXHAUSTED', { state: 'EXHAUSTED' }, (index) => stateOf(index) === 'EXHAUSTED'],
    ['less than an amount', { availableBelow: '50' }, (index) => creditsOf(index) < 50],
    ['a recharge that is armed', { rechargeState: 'ARMED' }, isArmed],
    ['a recharge that is off', { rechargeState: 'OFF' }, (index) => !isArmed(index)],
    ['a recharge that nobody has', { rechargeState: 'PAUSED' }, () => false],
    ['a plan and a state', { planId: 'none', state: 'OK' }, (index) => !isWeekly(index) && stateOf(index) === 'OK'],
    [
      'a name and an amount',
      { search: 'Number 1', availableBelow: '1' },
      (index) => `${index}`.startsWith('1') && creditsOf(index) < 1,
    ],
    [
      'a recharge and a plan',
      { rechargeState: 'ARMED', planId: 'weekly' },
      (index) => isArmed(index) && isWeekly(index),
    ],
  ]
  it.each(filters)('has by %s exactly those that fulfil it', async (_, filter, fits) => {
    expect(await allOf(filter)).toEqual(those(fits))
    if (those(fits).length > 0) expect(those(fits).length).toBeGreaterThan(10)
  })

  it.each([
    ['all', null, () => true],
    ['those that fulfil a filter', { state: 'LOW' }, (index: number) => stateOf(index) === 'LOW'],
  ])('has %s from its end, too', async (_, filter, fits) => {
    const ids: string[] = []
    for (let before: string | null = null, goesOn = true; goesOn; ) {
      const { nodes, pageInfo }: Data = await page({ first: null, last: 90, before, filter })
      expect(pageInfo.hasNextPage).toBe(before !== null)
      ids.unshift(...nodes.map(({ id }: Data) => id))
      before = pageInfo.startCursor
      goesOn = pageInfo.hasPreviousPage
    }
    expect(ids).toEqual(those(fits))
  })

  it('has the teams between two cursors', async () => {
    const { edges } = await page({ first: 10 })
    const [after, before] = [edges[2].cursor, edges[6].cursor]
    const between = edges.slice(3, 6).map(({ node }: Data) => node.id)
    for (const size of [{ first: 100 }, { first: null, last: 100 }])
      expect((await page({ ...size, after, before })).nodes.map(({ id }: Data) => id)).toEqual(between)
  })

  it('tells of each team what the team itself tells', async () => {
    const { nodes } = await page({ first: 3, filter: { planId: 'weekly' } })
    expect(nodes[0]).toMatchObject({
      id: 'team-0000',
      name: 'Number 0',
      balance: { available: '50', state: 'OK' },
      plan: { code: 'weekly' },
      autoRecharge: { state: 'ARMED' },
    })
  })

  it('takes the id of a plan, too', async () => {
    const { plans } = await gateway.ask(operator, '{ plans { id code } }')
    const { id } = plans.find(({ code }: Data) => code === 'weekly')
    expect((await page({ filter: { planId: id } })).nodes[0].id).toBe('team-0000')
  })

  it('has none twice and misses none, while teams are added before and behind', async () => {
    let added = 0
    const ids = await allOf(null, 100, async () => {
      added += 1
      const before = teamId(`added-${added}`)
      const behind = teamId(`zz-${`${added}`.padStart(3, '0')}`)
      await Promise.all([addTeam(before, 1), addTeam(behind, 1)])
    })
    expect(added).toBeGreaterThan(20)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => id.startsWith('team-'))).toEqual(those(() => true))
    expect(ids).toContain('zz-001')
  })

  it('finds ids with letters beyond ASCII', async () => {
    await addTeam(teamId('Ärzte-1'), 1)
    expect(await allOf({ search: 'Ärzte' })).toEqual(['Ärzte-1'])
  })

  it('counts what time has done, also before it is posted', async () => {
    const team = teamId('expiring')
    const expiresAt = Date.parse('2040-01-18T12:30:00Z')
    await submit(team, [
      { kind: 'assign-plan', planId: 'none', teamName: 'Expiring', seats: 1, interval: null, anchor: null },
      { kind: 'grant-credits', amount: 5n * MICRO, grantKind: 'PROMOTION', expiresAt, source: 'soon' },
    ])
    const stateNow = async () => {
      const states: string[] = []
      for (const state of ['OK', 'LOW', 'EXHAUSTED'])
        if ((await allOf({ search: 'expiring', state })).length > 0) states.push(state)
      return states
    }
    expect(await stateNow()).toEqual(['LOW'])
    await gateway.database.pool.query(`update standing_clock set instant = '2040-01-18T13:00:00Z'`)
    expect(await stateNow()).toEqual(['EXHAUSTED'])
    expect(await allOf({ search: 'expiring', availableBelow: '1' })).toEqual(['expiring'])
  })
})

describe('a page of teams', () => {
  it('goes on where a search was cut, without an item', async () => {
    await gateway.database.pool.query(
      `insert into account (team_id, name, plan_id, seats, version, revision, available, held, owed, alert, last_at, created_at)
       select 'zzz-' || lpad(i::text, 6, '0'), 'Row', null, 1, 0, 0, 0, 0, 0, 'EXHAUSTED', '2040-01-18', '2040-01-18'
       from generate_series(1, $1::int) i`,
      [maxSearchedTeams],
    )
    const filter = { search: `zzz-${`${maxSearchedTeams}`.padStart(6, '0')}` }
    const first = await page({ filter })
    expect(first).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true, startCursor: null } })
    const second = await page({ filter, after: first.pageInfo.endCursor })
    expect(second.nodes.map(({ id }: Data) => id)).toEqual([filter.search])
    expect(second.pageInfo.hasNextPage).toBe(false)
  })

  it('is empty where none is wanted', async () => {
    const { nodes, pageInfo } = await page({ first: 0 })
    expect([nodes, pageInfo.hasNextPage, pageInfo.endCursor]).toEqual([[], true, null])
  })

  it('takes the cursors of its own list alone', async () => {
    const { pageInfo } = await page({ first: 2 })
    const other = await page({ first: 2, filter: { planId: 'weekly' } })
    for (const [after, filter] of [
      ['nothing', null],
      [`${pageInfo.endCursor}A`, null],
      [pageInfo.endCursor, { planId: 'weekly' }],
      [other.pageInfo.endCursor, null],
    ] as const) {
      const { codes } = await gateway.run(operator, query, { after, filter })
      expect(codes).toEqual(['BAD_USER_INPUT'])
    }
  })

  it.each([
    ['a size of 101', { first: 101 }],
    ['a size of -1', { first: -1 }],
    ['two sizes', { first: 1, last: 1 }],
    ['an empty text', { filter: { search: '' } }],
    ['a text of 101 characters', { filter: { search: 'x'.repeat(101) } }],
    ['a text with U+0000', { filter: { search: 'a\0' } }],
  ])('is refused with %s', async (_, variables) => {
    expect((await gateway.run(operator, query, variables)).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('is for PLATFORM callers', async () => {
    for (const role of ['VIEWER', 'MEMBER', 'ADMIN'] as const)
      expect((await gateway.run(caller(role, 'team-0000'), query)).codes).toEqual(['FORBIDDEN'])
  })
})
