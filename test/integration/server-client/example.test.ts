import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildServer } from '../../../web/build-server.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { balanceOf, makeTeam, resultOf } from '../../setup/operator.ts'

const run = promisify(execFile)

let gateway: Gateway
let product: string

/** A project outside of the repository that has the built package. */
beforeAll(async () => {
  product = await mkdtemp(join(tmpdir(), 'credits-backend-'))
  const installed = join(product, 'node_modules/@credits-gateway/server')
  await mkdir(installed, { recursive: true })
  await buildServer(join(installed, 'dist'))
  await copyFile('web/server/package.json', join(installed, 'package.json'))
  await symlink(resolve('node_modules/eventsource-parser'), join(product, 'node_modules/eventsource-parser'))
  for (const name of ['main.ts', 'package.json']) await copyFile(`examples/backend/${name}`, join(product, name))
  gateway = await startGateway()
})
afterAll(async () => {
  await gateway?.close()
  await rm(product, { recursive: true, force: true })
})

test('the example of a backend charges its answer and its lease with an API key of the team', async () => {
  await makeTeam(gateway.url, 'backend', 'starter')
  const mutation = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) { ... on CreatedApiKey { secret } } }`
  const input = { name: 'the backend', scopes: ['SPEND'], teamId: 'backend' }
  const { secret } = resultOf<{ secret: string }>(await ask(gateway.url, mutation, { input }))
  const env = { PATH: process.env.PATH, CREDITS_GATEWAY: gateway.url, CREDITS_API_KEY: secret }
  const { stdout, stderr } = await run(process.execPath, ['main.ts'], { cwd: product, env })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/The lease has 427.5 credits left.*\n0 records wait/)
  // 1.2 × 9 and 0.3 × 45 for the answer, 20 × 25 tokens at 45 for 1,000 by the lease.
  expect(await balanceOf(gateway.url, 'backend')).toMatchObject({
    available: `${2_500 - 10.8 - 13.5 - 22.5}`,
    held: '0',
  })
})
