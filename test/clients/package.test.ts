import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attwFinds, pack, publintFinds, run } from './package-checks.ts'

let product: string
let packed: string

beforeAll(async () => {
  product = await mkdtemp(join(tmpdir(), 'credits-product-'))
  await writeFile(join(product, 'package.json'), '{ "type": "module" }')
  packed = await pack('client', product)
  await run('npm', ['install', '--offline', packed], { cwd: product })
})

afterAll(() => rm(product, { recursive: true, force: true }))

test('publint finds nothing', async () => {
  expect(await publintFinds(join(product, 'node_modules/@credits-gateway/client'))).toEqual([])
})

test('attw finds nothing but that the package is an ES module', async () => {
  const found = await attwFinds(packed, ['./schema.graphql'])
  expect(found).toEqual({ types: { kind: 'included' }, problems: ['CJSResolvesToESM'] })
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
