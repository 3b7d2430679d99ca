import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildReact } from '../../web/build-react.ts'

const provided = /^(@credits-gateway\/elements|@lit\/react|react)(\/|$)/
let folder = ''
let built = ''
let files: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(resolve('node_modules/.react-'))
  built = join(folder, 'dist')
  buildReact(built)
  files = (await readdir(built, { recursive: true })).filter((name) => /\.(js|ts)$/.test(name))
  await writeFile(join(folder, 'package.json'), await readFile('web/react/package.json'))
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The bundle of a product that imports only these names, without React and the elements. */
async function bundled(names: string): Promise<string> {
  const input = join(folder, 'product.js')
  await writeFile(input, `export { ${names} } from './dist/index.js'`)
  const bundle = await rolldown({ input, external: provided, logLevel: 'silent' })
  const { output } = await bundle.generate({ minify: true })
  await bundle.close()
  return output[0].code
}

const sizeOf = (code: string) => gzipSync(code, { level: 9 }).length

test('each module is one for clients', async () => {
  for (const name of files.filter((file) => file.endsWith('.js'))) {
    expect(await readFile(join(built, name), 'utf8'), name).toMatch(/^'use client';\n/)
  }
})

test('modules and types import React, the elements and nothing else', async () => {
  for (const name of files) {
    const text = await readFile(join(built, name), 'utf8')
    for (const [, from = ''] of text.matchAll(/(?:from |import |import\()["']([^"']+)["']/g)) {
      if (from.startsWith('.')) expect(from, name).toMatch(/\.js$/)
      else expect(from, name).toMatch(provided)
    }
  }
})

test('everything has 3 KB gzipped at most, and no Lit', async () => {
  const code = await bundled(
    `CreditsPill, CreditsBuy, CreditsBilling, useAccount, useActivity, useApiKeys, useAutoRecharge, useBalance, usePill, usePlan,
    usePurchase, usePurchases, useRateCard, useUsage`,
  )
  expect(sizeOf(code)).toBeLessThanOrEqual(3 * 1024)
  expect(code).not.toMatch(/LitElement|litElementVersions/)
})

test.each([
  ['CreditsPill', 1024, 'credits-billing'],
  ['useBalance', 400, 'credits-pill'],
  ['usePill', 1024, 'createComponent'],
])('%s alone has %i bytes gzipped at most', async (name, maxBytes, other) => {
  const code = await bundled(name)
  expect(sizeOf(code)).toBeLessThanOrEqual(maxBytes)
  expect(code).not.toContain(other)
})
