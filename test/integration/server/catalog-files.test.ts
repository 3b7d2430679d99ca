import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { ask, startGateway } from '../../setup/gateway.ts'
import { resultOf } from '../../setup/operator.ts'

let folder: string
let home: TestDatabase
let catalog: string
let source: string
let heard: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credits-catalog-'))
  home = await createTestDatabase()
  catalog = join(folder, 'product.yaml')
  source = await readFile('catalogs/wevion.yaml', 'utf8')
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await home?.drop()
})

type Rate = { code: string; name: string }
type Started = { versions: string[]; flux: string | undefined; publish(text: string): Promise<void> }

/** A gateway that starts with this file, and ends again. */
async function withFile(text: string, use: (started: Started) => Promise<void>): Promise<void> {
  await writeFile(catalog, text)
  heard = []
  const log = pino({ level: 'info' }, { write: (line: string) => heard.push(line) })
  const { url, close } = await startGateway({ catalog, databaseUrl: home.url, log })
  try {
    const catalogs = resultOf<{ version: string }[]>(await ask(url, '{ result: catalogs { version } }'))
    const card = '{ result: rateCard { categories { rates { code name } } } }'
    const { categories } = resultOf<{ categories: { rates: Rate[] }[] }>(await ask(url, card))
    const rates = categories.flatMap((category) => category.rates)
    await use({
      versions: catalogs.map(({ version }) => version),
      flux: rates.find(({ code }) => code === 'image.flux-2-pro')?.name,
      async publish(published) {
        const mutation = `mutation ($source: String!) {
          result: publishCatalog(input: { source: $source }) { ... on PublishedCatalog { effectiveFrom } } }`
        const { effectiveFrom } = resultOf<{ effectiveFrom: string }>(await ask(url, mutation, { source: published }))
        await ask(url, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to: effectiveFrom })
      },
    })
  } finally {
    await close()
  }
}

test('a gateway is the product of its file when it listens; what was published since stays until the file changes', async () => {
  const named = (name: string) => source.replace('name: Flux 2 Pro', `name: ${name}`)
  let first: string[] = []
  await withFile(named('Of a file'), async ({ versions, flux }) => {
    first = versions
    expect([versions.length, flux]).toEqual([1, 'Of a file'])
  })
  await withFile(`# A comment\n${named('Of a file')}`, async ({ versions, publish }) => {
    expect(versions).toEqual(first)
    await publish(named('Published'))
    expect(heard.join()).not.toMatch(/published catalog is in force/)
  })
  await withFile(named('Of a file'), async ({ versions, flux }) => {
    expect([versions.length, flux]).toEqual([2, 'Published'])
    expect(heard.filter((line) => line.includes('A published catalog is in force'))).toHaveLength(1)
  })
  await withFile(named('Of another file'), async ({ versions, flux }) => {
    expect([versions.length, flux]).toEqual([3, 'Of another file'])
  })
  await withFile(named('Of a file'), async ({ versions, flux }) => {
    expect([versions.length, versions[0], flux]).toEqual([4, first[0], 'Of a file'])
  })
})

test('a file in another currency can not start on this database', async () => {
  const other = source.replace('currency: USD', 'currency: EUR')
  await expect(withFile(other, async () => undefined)).rejects.toThrow(/keep the currency/)
})
