import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileCache, type Gateway, startGateway } from '../setup/gateway.ts'
import { makeTeam, mutate } from '../setup/operator.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'shown')
  await mutate(gateway.url, 'holdCredits', {
    teamId: 'shown',
    usage: [{ rate: 'image.flux-2-pro' }],
    reference: 'job-7',
  })
})
afterAll(() => gateway?.close())

const run = (...args: string[]) =>
  new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, DATABASE_URL: gateway.databaseUrl }
    execFile(process.execPath, ['src/programs/team.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    )
  })

test('the team program shows the account, its grants, open holds and last postings while a gateway runs', async () => {
  const { status, stdout, stderr } = await run('shown')
  expect([status, stderr]).toEqual([0, ''])
  for (const title of ['Team shown at', 'Open grants', 'Open holds', 'Last postings']) expect(stdout).toContain(title)
  expect(stdout).toMatch(/'30'.*'job-7'/)
})

test('the team program says how to find a team that it does not know, and fails', async () => {
  expect(await run('nobody')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('/operator') })
})

test('the team program used wrongly says how to use it, and fails', async () => {
  expect(await run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('npm run -s team -- ID') })
})
