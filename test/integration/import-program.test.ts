import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileCache, secret, startGateway } from '../setup/gateway.ts'

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

async function run(teams: readonly object[], ...args: string[]): Promise<Run> {
  const file = join(directory, 'teams.jsonl')
  await writeFile(file, teams.map((team) => `${JSON.stringify(team)}\n`).join(''))
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
  const problem = { teamId: 'globex', problem: expect.stringMatching(/no plan 'none'/) }
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

test('a page that the gateway does not read stops the import, and says where to continue', async () => {
  const { stderr } = await run([team('umbrella'), { teamId: 'x', grants: [] }])
  expect(stderr).toMatch(/^Lines 1 to 2 were not imported: .*planId.*\nContinue with --after 0\n$/s)
}, 60_000)
