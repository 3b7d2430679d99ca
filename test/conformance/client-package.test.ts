import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, makeTeam } from '../setup/operator.ts'

const run = promisify(execFile)
const bin = (name: string) => resolve('node_modules/.bin', name)

let product: string
let gateway: Gateway

/** A product's folder with the packed package in its node_modules, beside what its types need, and nothing else. */
beforeAll(async () => {
  product = await mkdtemp(join(tmpdir(), 'credits-product-'))
  const installed = join(product, 'node_modules', 'credits-gateway')
  await mkdir(join(product, 'node_modules', '@graphql-typed-document-node'), { recursive: true })
  for (const name of ['graphql', '@graphql-typed-document-node/core']) {
    await symlink(resolve('node_modules', name), join(product, 'node_modules', name))
  }
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', product])
  await mkdir(installed)
  await run('tar', [
    '-xzf',
    join(product, stdout.trim().split('\n').at(-1) ?? ''),
    '--strip-components=1',
    '-C',
    installed,
  ])
  await writeFile(join(product, 'package.json'), '{ "type": "module" }')
  gateway = await startGateway()
})

afterAll(async () => {
  await gateway?.close()
  await rm(product, { recursive: true, force: true })
})

test('the packed client runs in Node as it is', async () => {
  await makeTeam(gateway.url, 'packed')
  const program = `
    import { createCreditsClient } from 'credits-gateway/client'
    const credits = createCreditsClient({ url: '${gateway.url}/graphql', token: process.env.TOKEN })
    credits.balance.subscribe((balance) => {
      console.log(JSON.stringify(balance))
      credits.close()
    })`
  await writeFile(join(product, 'pill.js'), program)
  const env = { ...process.env, TOKEN: await tokenFor({ team: 'packed', role: 'VIEWER' }) }
  const { stdout } = await run(bin('node'), ['pill.js'], { cwd: product, env })
  expect(JSON.parse(stdout)).toMatchObject({
    available: (await balanceOf(gateway.url, 'packed')).available,
    state: 'OK',
  })
})

test('the packed client is one file that imports nothing', async () => {
  const code = await readFile(join(product, 'node_modules/credits-gateway/dist/client/index.js'), 'utf8')
  expect(code).not.toMatch(/(^|[;}])\s*import[\s{*"']|\bimport\(|\brequire\(/)
})

test('its types say what there is, and what there is not', async () => {
  const program = `
    import { createCreditsClient, EstimateDocument, type Balance } from 'credits-gateway/client'
    const credits = createCreditsClient({ url: '/graphql', token: async () => 'a token' })
    credits.balance.subscribe(({ available, label }: Balance) => available.length + label.length)
    credits.events.subscribe(({ id, type }) => type === 'CREDITS_ADDED' && id, { after: credits.events.lastEventId })
    const { estimate } = await credits.request(EstimateDocument, { usage: [{ rate: 'image.flux-2-pro' }] })
    if (estimate.__typename === 'Estimate') estimate.quoteId.trim()
    // @ts-expect-error: amounts are exact decimals, no numbers
    credits.balance.subscribe(({ available }) => available * 2)
    // @ts-expect-error: a rate is needed
    await credits.request(EstimateDocument, { usage: [{}] })
    // @ts-expect-error: there is no such event
    credits.events.subscribe(({ type }) => type === 'CREDITS_STOLEN')
    // @ts-expect-error: a token is needed
    createCreditsClient({ url: '/graphql' })`
  await writeFile(join(product, 'product.ts'), program)
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler']
  const checked = await run(bin('tsc'), [...options, '--lib', 'es2023,dom', '--types', '', 'product.ts'], {
    cwd: product,
  }).catch(({ stdout }) => ({ stdout }))
  expect(checked.stdout).toBe('')
})
