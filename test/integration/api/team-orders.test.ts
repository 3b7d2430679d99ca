import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { type Data, type Gateway, openGateway, operator } from './gateway.ts'
import { teamsCatalog } from './teams-catalog.ts'

const MICRO = 1_000_000n
const beginning = Date.parse('2040-01-18T12:00:00Z')
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const text = (instant: number) => new Date(instant).toISOString()

let gateway: Gateway
let now = beginning
beforeAll(async () => {
  gateway = await openGateway({}, { catalog: parseCatalog(teamsCatalog, 'teams.yaml') })
  await gateway.database.pool.query(`
    create table standing_clock (instant timestamptz not null);
    insert into standing_clock values ('${text(beginning)}');
    create or replace function ledger_now() returns timestamptz language sql volatile as $$ select instant from standing_clock $$`)
  for (const index of indices) await addTeam(index)
  await moveTo(beginning + hourMs)
  for (const index of indices.filter(isUsed)) {
    await moveTo(now + ((index * 7) % 5) * 20_000)
    await charge(idOf(index))
  }
})
afterAll(() => gateway.close())

const count = 60
const indices = Array.from({ length: count }, (_, index) => index)
const idOf = (index: number): TeamId => teamId(`team-${`${index}`.padStart(2, '0')}`)
const nameOf = (index: number) =>
  ['Zeta', 'alpha', 'Ärger', 'beta', 'Beta', 'quo"te', 'a:b'][index % 7] + (index % 2 ? ` ${index}` : '')
const creditsOf = (index: number) => [0n, 5n, 1_000n, 1_001n, 999n, 7_000_000n][index % 6] ?? 0n
const isUsed = (index: number) => creditsOf(index) > 0n && index % 4 !== 0

async function submit(team: TeamId, commands: readonly Command[]): Promise<void> {
  for (const result of await gateway.services.ledger.submitAll(commands.map((command) => keyless(team, command)))) {
    if (result.status === 'rejected') throw result.reason
    if (result.value.outcome.kind === 'refused') throw new Error(JSON.stringify(result.value.outcome.failure))
  }
}
const moveTo = async (instant: number) => {
  now = instant
  await gateway.database.pool.query('update standing_clock set instant = $1', [text(instant)])
}
let grants = 0
const grant = (team: TeamId, amount: bigint) => {
  grants += 1
  return submit(team, [
    {
      kind: 'grant-credits',
      amount: amount * MICRO,
      grantKind: 'PROMOTION',
      expiresAt: null,
      source: `grant-${grants}`,
    },
  ])
}
const addTeam = async (index: number, id = idOf(index), planId = 'none') => {
  await submit(id, [{ kind: 'assign-plan', planId, teamName: nameOf(index), seats: 1, interval: null, anchor: null }])
  if (creditsOf(index) > 0n) await grant(id, creditsOf(index))
}
let charges = 0
const charge = async (team: TeamId): Promise<void> => {
  charges += 1
  const { chargeUsage } = await gateway.ask(
    operator,
    `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }`,
    {
      input: {
        teamId: team,
        idempotencyKey: `charge-${charges}`,
        usage: [{ rate: 'image', quantity: '1' }],
      },
    },
  )
  expect(chargeUsage.__typename).toBe('Charge')
}

const query = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: TeamFilter, $orderBy: TeamOrder) {
  teams(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id } } nodes { id name lastActivityAt balance { available } } unreadable { teamId message }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
const page = async (variables: Record<string, unknown>): Promise<Data> =>
  (await gateway.ask(operator, query, variables)).teams
const idsOf = ({ nodes }: Data): string[] => nodes.map(({ id }: Data) => id)

async function fromStart(variables: object, first = 7, between: (page: number) => Promise<void> = async () => {}) {
  const ids: string[] = []
  let pages = 0
  for (let after: string | null = null, goesOn = true; goesOn; ) {
    const found: Data = await page({ ...variables, first, after })
    ids.push(...idsOf(found))
    after = found.pageInfo.endCursor
    goesOn = found.pageInfo.hasNextPage
    pages += 1
    await between(pages)
  }
  return ids
}

async function fromEnd(variables: object, last = 7) {
  const ids: string[] = []
  for (let before: string | null = null, goesOn = true; goesOn; ) {
    const found: Data = await page({ ...variables, last, before })
    ids.unshift(...idsOf(found))
    before = found.pageInfo.startCursor
    goesOn = found.pageInfo.hasPreviousPage
  }
  return ids
}

type Listed = { id: string; name: string; available: bigint; activeAt: number }

/** The teams as rows and entries tell them, without the columns that the list is ordered by. */
async function listed(): Promise<readonly Listed[]> {
  const { rows } = await gateway.database.pool.query(`
    select team_id as id, name, available::text, extract(epoch from coalesce((
      select max(e.effective_at) from entry e where e.team_id = a.team_id and e.type in ('CHARGE', 'HOLD')), a.created_at)) * 1000 as at
    from account a`)
  return rows.map(({ id, name, available, at }) => ({ id, name, available: BigInt(available), activeAt: Number(at) }))
}
const byText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const compared = {
  NAME: (a: Listed, b: Listed) => byText(a.name.toLowerCase(), b.name.toLowerCase()),
  AVAILABLE: (a: Listed, b: Listed) => Number(a.available - b.available),
  LAST_ACTIVITY: (a: Listed, b: Listed) => a.activeAt - b.activeAt,
}
const ordered = (teams: readonly Listed[], by: (a: Listed, b: Listed) => number) =>
  teams.toSorted((a, b) => by(a, b) || byText(a.id, b.id)).map(({ id }) => id)

describe('the list of teams', () => {
  const orders = Object.entries(compared)
  it.each(orders)('is ordered by %s, both ways and from both ends', async (name, by) => {
    const rising = ordered(await listed(), by)
    for (const [orderBy, expected] of [
      [`${name}_ASC`, rising],
      [`${name}_DESC`, rising.toReversed()],
    ]) {
      expect(await fromStart({ orderBy })).toEqual(expected)
      expect(await fromEnd({ orderBy })).toEqual(expected)
    }
  })

  it('tells the last activity of each team', async () => {
    const { nodes } = await page({ first: 100 })
    const told = nodes.map(({ id, lastActivityAt }: Data) => [id, lastActivityAt])
    const teams = new Map((await listed()).map(({ id, activeAt }) => [id, text(activeAt)]))
    expect(new Map(told)).toEqual(teams)
  })

  it('has the teams between two places of an order', async () => {
    const expected = ordered(await listed(), compared.AVAILABLE).toReversed()
    const { edges } = await page({ first: 30, orderBy: 'AVAILABLE_DESC' })
    const [after, before] = [edges[4].cursor, edges[25].cursor]
    const between = { after, before, orderBy: 'AVAILABLE_DESC' }
    expect(idsOf(await page({ ...between, first: 50 }))).toEqual(expected.slice(5, 25))
    expect(idsOf(await page({ ...between, last: 3 }))).toEqual(expected.slice(22, 25))
  })

  it('is ordered with a filter, too', async () => {
    const few = (await listed()).filter(({ available }) => available < 1_000n * MICRO)
    const expected = ordered(few, compared.LAST_ACTIVITY).toReversed()
    expect(await fromStart({ orderBy: 'LAST_ACTIVITY_DESC', filter: { availableBelow: '1000' } })).toEqual(expected)
  })

  it('has the teams without activity since an instant, to the millisecond', async () => {
    const teams = await listed()
    const instants = [...new Set(teams.map(({ activeAt }) => activeAt))]
    expect(instants.length).toBeGreaterThan(10)
    for (const activeAt of instants.slice(3, 6)) {
      for (const since of [activeAt, activeAt + 1]) {
        const quiet = teams.filter((team) => team.activeAt < since)
        const filter = { inactiveSince: text(since) }
        expect(await fromStart({ filter })).toEqual(ordered(quiet, () => 0))
        expect(await fromEnd({ filter, orderBy: 'LAST_ACTIVITY_ASC' })).toEqual(ordered(quiet, compared.LAST_ACTIVITY))
      }
    }
  })

  it('counts a hold as activity, and neither a deposit by time nor a grant', async () => {
    const [held, weekly] = [teamId('held'), teamId('weekly')]
    await addTeam(2, held)
    await addTeam(2, weekly, 'weekly')
    await moveTo(now + 30 * 24 * hourMs)
    await grant(weekly, 5n)
    const filter = { inactiveSince: text(now - hourMs) }
    const quiet = async () => (await fromStart({ filter })).filter((id) => id === held || id === weekly)
    expect(await quiet()).toEqual([held, weekly])
    const { holdCredits } = await gateway.ask(
      operator,
      'mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) { __typename } }',
      { input: { teamId: held, idempotencyKey: 'hold', usage: [{ rate: 'image', quantity: '1' }] } },
    )
    expect(holdCredits.__typename).toBe('Hold')
    expect(await quiet()).toEqual([weekly])
  })

  it('lists each team that stays in its place once, while others move past it', async () => {
    const before = ordered(await listed(), compared.AVAILABLE)
    const moved = [before.at(-1), before.at(-2), before[30]].map((id) => teamId(id ?? ''))
    const seen = await fromStart({ orderBy: 'AVAILABLE_ASC' }, 5, async (pages) => {
      const team = moved[pages - 2]
      if (team !== undefined) await grant(team, 10_000_000n)
    })
    const isStill = (id: string) => !moved.includes(teamId(id))
    expect(seen.filter(isStill)).toEqual(before.filter(isStill))
    expect(seen.filter((id) => !isStill(id)).length).toBeGreaterThan(0)
  })

  it('takes the cursors of its own order alone', async () => {
    const { pageInfo } = await page({ first: 2, orderBy: 'NAME_ASC' })
    for (const orderBy of [null, 'NAME_DESC', 'AVAILABLE_ASC']) {
      const { codes } = await gateway.run(operator, query, { after: pageInfo.endCursor, orderBy })
      expect(codes).toEqual(['BAD_USER_INPUT'])
    }
  })
})

describe('a team whose rows contradict each other', () => {
  const broken = idOf(10)
  const add = (amount: number) =>
    gateway.database.pool.query('update account set available = available + $2 where team_id = $1', [broken, amount])
  beforeAll(() => add(1))
  afterAll(() => add(-1))

  it('hides no other team, and is told beside them', async () => {
    const { nodes, unreadable, pageInfo } = await page({ first: 100 })
    const all = (await listed()).map(({ id }) => id).toSorted(byText)
    expect(nodes.map(({ id }: Data) => id)).toEqual(all.filter((id) => id !== broken))
    expect(unreadable).toEqual([{ teamId: broken, message: expect.stringContaining('run verify-ledger') }])
    expect(pageInfo.hasNextPage).toBe(false)
  })

  it('counts in the page that it stands on', async () => {
    for (const orderBy of [null, 'NAME_ASC', 'LAST_ACTIVITY_DESC']) {
      const ids = await fromStart({ orderBy }, 1)
      expect(ids).toHaveLength((await listed()).length - 1)
      expect(await fromEnd({ orderBy }, 1)).toEqual(ids)
    }
  })
})
