import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, compileCache, secret, startGateway } from '../setup/gateway.ts'
import { balanceOf } from '../setup/operator.ts'

let gateway: Awaited<ReturnType<typeof startGateway>>
let directory: string
beforeAll(async () => {
  gateway = await startGateway()
  directory = await mkdtemp(join(tmpdir(), 'import-'))
})
afterAll(async () => {
  await gateway?.close()
  await rm(directory, { recursive: true, force: true })
})

type Run = { readonly stdout: string; readonly stderr: string; readonly code?: number }

const run = (teams: readonly object[], ...args: string[]): Promise<Run> =>
  runOn(
    'teams.jsonl',
    teams.map((team) => JSON.stringify(team)),
    ...args,
  )

async function runOn(name: string, lines: readonly string[], ...args: string[]): Promise<Run> {
  const file = join(directory, name)
  await writeFile(file, lines.map((line) => `${line}\n`).join(''))
  return promisify(execFile)(
    resolve('node_modules/.bin/node'),
    ['src/programs/import.ts', file, '--url', gateway.url, ...args],
    { env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, AUTH_SECRET: secret } },
  ).catch((failed) => failed)
}

const team = (teamId: string, planId = 'pro') => ({
  ...{ teamId, planId },
  grants: [{ source: 'old:1', kind: 'PACKAGE', amount: '5' }],
})

test('a file of teams is imported, its problems are printed, and the same file again imports nothing more', async () => {
  const teams = [team('acme'), team('globex', 'none'), team('initech')]
  const problem = { line: 2, teamId: 'globex', problem: expect.stringMatching(/no plan 'none'/) }
  const foreseen = await run(teams, '--dry-run')
  expect(JSON.parse(foreseen.stdout)).toEqual(problem)
  expect(foreseen.stderr).toBe('through line 3: 3 teams, 2 of them new, 2 grants, 1 problems, as a dry run\n')
  const first = await run(teams)
  expect([first.code, JSON.parse(first.stdout)]).toEqual([1, problem])
  expect(first.stderr).toBe('through line 3: 3 teams, 2 of them new, 2 grants, 1 problems\n')
  expect((await run(teams)).stderr).toBe('through line 3: 3 teams, 0 of them new, 0 grants, 1 problems\n')
  const rest = await run([...teams, team('hooli')], '--after', '2')
  expect([rest.code, rest.stdout]).toEqual([undefined, ''])
  expect(rest.stderr).toBe('through line 4: 2 teams, 1 of them new, 1 grants, 0 problems\n')
}, 60_000)

test('an address with the path of GraphQL stops it at once, and says which one is meant', async () => {
  const { code, stderr } = await run([team('acme')], '--url', `${gateway.url}/graphql`)
  expect([code, stderr]).toEqual([1, expect.stringContaining('give --url without /graphql')])
})

test('a page that the gateway does not read stops the import, and says where to continue', async () => {
  const { stderr } = await run([team('umbrella'), { teamId: 'x', grants: [] }])
  expect(stderr).toMatch(/^Lines 1 to 2 were not imported: .*planId.*\nContinue with --after 0\n$/s)
}, 60_000)

const header = 'teamId,planId,seats,source,kind,amount'
const csv = [
  header,
  ...['hal,pro,2,old:week,INCLUDED,10', 'hal,,,old:1,PACKAGE,5.5'],
  ...['tyrell,pro,2,old:1,PACKAGE,5', 'tyrell,,,old:1,PACKAGE,6'],
  'wayne,none,,,,',
]

test('a CSV file of grants is imported once, and each problem has its line and column', async () => {
  const problems = [
    { line: 5, column: 'source', teamId: 'tyrell', problem: expect.stringMatching(/^old:1 is in this import twice/) },
    { line: 6, teamId: 'wayne', problem: expect.stringMatching(/no plan 'none'/) },
  ]
  const told = ({ stdout }: Run) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const foreseen = await runOn('teams.csv', csv, '--dry-run')
  expect(told(foreseen)).toEqual(problems)
  expect(foreseen.stderr).toBe('through line 6: 3 teams, 1 of them new, 2 grants, 2 problems, as a dry run\n')
  const first = await runOn('teams.csv', csv)
  expect([first.code, told(first)]).toEqual([1, problems])
  expect(first.stderr).toBe('through line 6: 3 teams, 1 of them new, 2 grants, 2 problems\n')
  expect(await balanceOf(gateway.url, 'hal')).toMatchObject({ available: '15.5' })
  const rest = await runOn('TEAMS.CSV', [...csv.slice(0, 3), 'wayne,pro,,,,'], '--after', '2')
  expect(rest).toEqual({ stdout: '', stderr: 'through line 4: 2 teams, 1 of them new, 0 grants, 0 problems\n' })
}, 60_000)

test('no team of a CSV file is imported as long as a line is wrong', async () => {
  const cell = await runOn('teams.csv', [header, 'cyberdyne,pro,,old:1,PACKAGE,5', 'soylent,pro,many,,,'])
  const problem = expect.stringMatching(/^'many' is not usable: write a whole number/)
  expect(JSON.parse(cell.stdout)).toEqual({ line: 3, column: 'seats', teamId: 'soylent', problem })
  expect([cell.code, cell.stderr]).toEqual([1, '1 problems: correct the lines. Nothing was sent\n'])
  const apart = ['cyberdyne,pro,,old:1,PACKAGE,5', 'soylent,pro,,,,', 'cyberdyne,,,old:2,PACKAGE,5']
  const order = await runOn('teams.csv', [header, ...apart])
  expect([order.code, order.stdout]).toEqual([1, ''])
  expect(order.stderr).toMatch(/^Line 4, column teamId: lines of 'cyberdyne' are above, .*sort the file by teamId\n$/)
  expect((await ask(gateway.url, '{ team(id: "cyberdyne") { id } }')).data).toEqual({ team: null })
}, 60_000)
