import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)

let product: string
let packed: string

beforeAll(async () => {
  product = await mkdtemp(join(tmpdir(), 'credits-product-'))
  await writeFile(join(product, 'package.json'), '{ "type": "module" }')
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', product], { cwd: 'web/client' })
  packed = join(product, stdout.trim().split('\n').at(-1) ?? '')
  await run('npm', ['install', '--offline', packed], { cwd: product })
})

afterAll(() => rm(product, { recursive: true, force: true }))

/** Both checks run in plain Node: under the conditions of tests, attw resolves to its own sources. */
async function printed(script: string): Promise<unknown> {
  const flags = ['--input-type=module', '--eval', script]
  const { stdout } = await run(process.execPath, flags, {
    cwd: 'test/clients',
    env: { PATH: process.env.PATH, packed },
  })
  return JSON.parse(stdout)
}

test('publint finds nothing', async () => {
  const pkgDir = JSON.stringify(join(product, 'node_modules/@credits-gateway/client'))
  const script = `
    import { publint } from 'publint'
    const { messages } = await publint({ pkgDir: ${pkgDir}, strict: true })
    console.log(JSON.stringify(messages))`
  expect(await printed(script)).toEqual([])
})

test('attw finds nothing but that the package is an ES module', async () => {
  const script = `
    import { readFileSync } from 'node:fs'
    import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
    const packed = createPackageFromTarballData(new Uint8Array(readFileSync(process.env.packed)))
    const { types, problems } = await checkPackage(packed, { excludeEntrypoints: ['./schema.graphql'] })
    console.log(JSON.stringify({ types, problems: problems.map(({ kind }) => kind) }))`
  expect(await printed(script)).toEqual({ types: { kind: 'included' }, problems: ['CJSResolvesToESM'] })
})

const program = `
import { createCreditsClient, EstimateDocument, resuming, type Balance, type Snapshot } from '@credits-gateway/client'
const credits = createCreditsClient({ url: '/graphql', token: async () => 'a token' })
credits.balance.subscribe(({ available, label }: Balance) => available.length + label.length)
const shown: Snapshot<Balance> = credits.balance.store.getServerSnapshot()
shown.value?.label.trim()
credits.events.subscribe(({ id, type }) => type === 'CREDITS_ADDED' && id)
credits.request(EstimateDocument, { usage: [] }).then(({ estimate }) => estimate.__typename)
const client = { subscribe: (payload: { query: string }, sink: { next(value: unknown): void }) => () => sink.next(payload.query) }
resuming(client).subscribe({ query: '' }, { next: () => undefined })()
// @ts-expect-error: amounts are exact decimals, no numbers
credits.balance.subscribe(({ available }) => available * 2)
`

test.each([
  ['5.4', 'test/clients/node_modules/typescript-5.4/bin/tsc'],
  ['5.6', 'test/clients/node_modules/typescript-5.6/bin/tsc'],
  ['5.9', 'test/clients/node_modules/typescript-5.9/bin/tsc'],
  ['6', 'test/clients/node_modules/typescript-6/bin/tsc'],
  ['7', 'node_modules/typescript/bin/tsc'],
])('TypeScript %s knows its types', async (_, compiler) => {
  await writeFile(join(product, 'product.ts'), program)
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom']
  for (const resolution of [['esnext', '--moduleResolution', 'bundler'], ['nodenext']]) {
    const given = [resolve(compiler), ...options, '--module', ...resolution, 'product.ts']
    const checked = await run(process.execPath, given, { cwd: product }).catch(({ stdout }) => ({ stdout }))
    expect(checked.stdout, resolution.join(' ')).toBe('')
  }
})
