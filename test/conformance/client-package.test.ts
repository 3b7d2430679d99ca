import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, makeTeam } from '../setup/operator.ts'

const run = promisify(execFile)
const bin = (name: string) => resolve('node_modules/.bin', name)

let product: string
let packed: string
let gateway: Gateway

/** An empty project that installs the packed client without a network. */
beforeAll(async () => {
  product = await mkdtemp(join(tmpdir(), 'credits-product-'))
  await writeFile(join(product, 'package.json'), '{ "type": "module" }')
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', product], { cwd: 'web/client' })
  packed = join(product, stdout.trim().split('\n').at(-1) ?? '')
  await run('npm', ['install', '--offline', packed], { cwd: product })
  gateway = await startGateway()
})

afterAll(async () => {
  await gateway?.close()
  await rm(product, { recursive: true, force: true })
})

test('the packed client runs in Node as it is', async () => {
  await makeTeam(gateway.url, 'packed')
  const program = `
    import { createCreditsClient } from '@credits-gateway/client'
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

test('an empty project installs the client alone, in less than 140 KB', async () => {
  const names = await readdir(join(product, 'node_modules'))
  expect(names.filter((name) => !name.startsWith('.'))).toEqual(['@credits-gateway'])
  expect(await readdir(join(product, 'node_modules/@credits-gateway'))).toEqual(['client'])
  expect((await stat(packed)).size).toBeLessThan(140_000)
})

test('the package has the schema, its license and nothing of the gateway', async () => {
  const files = await readdir(join(product, 'node_modules/@credits-gateway/client'), { recursive: true })
  const others = files.filter((name) => !/^dist(\/[\w-]+\.(d\.ts|js|js\.map))?$/.test(name))
  expect(others.sort()).toEqual(['LICENSE', 'README.md', 'dist/schema.graphql', 'package.json'])
  const schema = createRequire(join(product, 'any.js')).resolve('@credits-gateway/client/schema.graphql')
  expect(await readFile(schema, 'utf8')).toBe(await readFile('schema.graphql', 'utf8'))
  expect(await readFile(join(schema, '../../LICENSE'), 'utf8')).toBe(await readFile('LICENSE', 'utf8'))
})

test('the packed client is one file that imports nothing', async () => {
  const code = await readFile(join(product, 'node_modules/@credits-gateway/client/dist/index.js'), 'utf8')
  expect(code).not.toMatch(/(^|[;}])\s*import[\s{*"']|\bimport\(|\brequire\(/)
})

test('its types say what there is, and what there is not', async () => {
  const program = `
    import { createCreditsClient, EstimateDocument, type Balance } from '@credits-gateway/client'
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
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2023,dom', '--types', '']
  for (const module of ['esnext --moduleResolution bundler', 'nodenext']) {
    const flags = ['--module', ...module.split(' '), 'product.ts']
    const checked = await run(bin('tsc'), [...options, ...flags], { cwd: product }).catch(({ stdout }) => ({ stdout }))
    expect(checked.stdout, module).toBe('')
  }
})
