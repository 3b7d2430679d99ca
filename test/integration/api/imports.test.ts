import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Data, type Gateway, makeTeam, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const text = `mutation ($input: ImportTeamsInput!) {
  importTeams(input: $input) { teamId created grants available problem } }`
const importTeams = async (teams: readonly object[], dryRun = false): Promise<Data[]> =>
  (await gateway.ask(operator, text, { input: { dryRun, teams } })).importTeams
const refusalOf = async (teams: readonly object[], viewer = operator) =>
  (await gateway.run(viewer, text, { input: { teams } })).errors?.[0]

const pack = { source: 'old:pack', amount: '60.5', kind: 'PACKAGE', startsAt: '2026-01-01T00:00:00Z' }
const promotion = { source: 'old:welcome', amount: '10', kind: 'PROMOTION', expiresAt: '2040-01-01T00:00:00Z' }
const teamOf = (teamId: string, given: object = {}) => ({ teamId, planId: 'free', grants: [pack, promotion], ...given })

describe('importTeams', () => {
  it('opens teams with their grants, once, and says before what it would do', async () => {
    const teams = [teamOf('acme', { name: 'Acme' }), teamOf('globex', { planId: 'pro', seats: 3 })]
    const told = [
      { teamId: 'acme', created: true, grants: 2, available: '70.5', problem: null },
      { teamId: 'globex', created: true, grants: 2, available: '70.5', problem: null },
    ]
    expect(await importTeams(teams, true)).toEqual(told)
    expect((await gateway.ask(operator, '{ teams { nodes { id } } }')).teams.nodes).toEqual([])
    expect(await importTeams(teams)).toEqual(told)
    const again = told.map((one) => ({ ...one, created: false, grants: 0 }))
    expect(await importTeams(teams, true)).toEqual(again)
    expect(await importTeams(teams)).toEqual(again)
    const asked = '{ team(id: "acme") { name seats plan { id: code } grants { source kind startsAt expiresAt } } }'
    expect((await gateway.ask(operator, asked)).team).toMatchObject({
      name: 'Acme',
      seats: 1,
      plan: { id: 'free' },
      grants: expect.arrayContaining([
        { source: 'old:pack', kind: 'PACKAGE', startsAt: '2026-01-01T00:00:00.000Z', expiresAt: null },
        expect.objectContaining({ source: 'old:welcome', expiresAt: '2040-01-01T00:00:00.000Z' }),
      ]),
    })
  })

  it('says of each team that it does not touch why, and what to do', async () => {
    await makeTeam(gateway, 'other', '0', 'pro')
    const answers = await importTeams([
      teamOf('fine'),
      teamOf('other'),
      teamOf('fine'),
      teamOf('a\u200bb'),
      teamOf('none', { planId: 'no such plan' }),
      teamOf('empty', { grants: [{ ...pack, amount: '0' }] }),
    ])
    expect(answers.map(({ problem }) => problem)).toEqual([
      null,
      "planId: the team exists and is on the plan 'pro': give that plan, or change it by assignPlan.",
      'teamId: teams.0 is the same team: give all its grants there.',
      'teamId: not a usable id: give 1 to 200 characters in NFC, none of them invisible.',
      "There is no plan 'no such plan'. Use an id that the plans query lists.",
      'grants.0.amount: a grant needs an amount above 0: leave out what is used up.',
    ])
    expect(answers.map(({ available }) => available)).toEqual(['70.5', expect.any(String), '0', '0', '0', '0'])
    const found = await gateway.ask(operator, '{ teams(filter: { search: "n" }) { nodes { id } } }')
    expect(found.teams.nodes).toContainEqual({ id: 'fine' })
    expect(found.teams.nodes).not.toContainEqual({ id: 'none' })
  })

  it.each([true, false])(
    'imports the other teams where the rows of one contradict each other (dry run: %s)',
    async (dryRun) => {
      const [first, last] = [teamOf(`first-${dryRun}`), teamOf(`last-${dryRun}`)]
      const broken = teamOf(`broken-${dryRun}`)
      await importTeams([broken])
      const damage = (by: number) =>
        gateway.database.pool.query('update account set held = held + $2 where team_id = $1', [broken.teamId, by])
      await damage(1)
      const answers = await importTeams([first, broken, last], dryRun)
      await damage(-1)
      expect(answers).toEqual([
        { teamId: first.teamId, created: true, grants: 2, available: '70.5', problem: null },
        {
          ...{ teamId: broken.teamId, created: false, grants: 0, available: '0' },
          problem: expect.stringMatching(
            /^The team's rows contradict each other: nothing was imported\. .*verify-ledger/,
          ),
        },
        { teamId: last.teamId, created: true, grants: 2, available: '70.5', problem: null },
      ])
    },
  )

  it('changes the number of a pill that is open', async () => {
    await importTeams([teamOf('watched', { grants: [] })])
    const stream = await gateway.watch(caller('MEMBER', 'watched'), 'subscription { balance { available } }')
    if (!(Symbol.asyncIterator in stream)) return expect.unreachable()
    const seen = async () => {
      const { value } = await stream.next()
      return value?.data?.balance
    }
    expect(await seen()).toEqual({ available: '0' })
    await importTeams([teamOf('watched')])
    expect(await seen()).toEqual({ available: '70.5' })
    await stream.return?.()
  })

  it('leaves one audit record for each team that it changed', async () => {
    const teams = [teamOf('audited-1'), teamOf('audited-2'), teamOf('audited-3', { seats: 0 })]
    await importTeams(teams, true)
    await importTeams(teams)
    await importTeams(teams)
    const log = '{ auditLog(first: 100) { nodes { teamId mutation before after } } }'
    const { nodes } = (await gateway.ask(operator, log)).auditLog
    const records = nodes.filter(({ teamId }: Data) => teamId?.startsWith('audited'))
    expect(records.map(({ teamId }: Data) => teamId).sort()).toEqual(['audited-1', 'audited-2'])
    expect(JSON.parse(records[0].after)).toMatchObject({ planId: 'free', grants: 2, credits: '70.5' })
    expect(records[0].before).toBeNull()
  })

  it('is for the operator alone', async () => {
    const refusal = await refusalOf([teamOf('acme')], caller('ADMIN', 'acme'))
    expect(refusal?.extensions.code).toBe('FORBIDDEN')
  })

  const many = (count: number, grants: number) =>
    Array.from({ length: count }, (_, team) =>
      teamOf(`many-${team}`, {
        grants: Array.from({ length: grants }, (_, index) => ({ ...pack, source: `old:${index}`, amount: '1' })),
      }),
    )

  it.each([
    ['no team', [], /teams: give 1 to 1000 teams at once/],
    ['1,001 teams', many(1_001, 0), /teams: give 1 to 1000 teams at once/],
    ['101 grants of a team', many(1, 101), /teams\.0\.grants: it has 101 grants: give at most 100/],
    ['10,001 grants', [...many(100, 100), teamOf('one-more', { grants: [pack] })], /give at most 10000 at once/],
  ])('refuses %s', async (_, teams, message) => {
    const refusal = await refusalOf(teams)
    expect(refusal?.message).toMatch(message)
    expect(refusal?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('takes 1,000 teams with 10,000 grants at once', async () => {
    const teams = many(1_000, 10)
    const answers = await importTeams(teams)
    expect(answers).toHaveLength(1_000)
    for (const answer of answers) expect(answer).toMatchObject({ created: true, grants: 10, available: '10' })
  })
})
