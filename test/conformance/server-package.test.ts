import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildServer } from '../../web/build-server.ts'

let folder = ''
let built = ''

beforeAll(async () => {
  // Inside the project, so that its dependency and the types of Node are found.
  folder = await mkdtemp(resolve('node_modules/.server-'))
  built = join(folder, 'dist')
  await buildServer(built)
  await writeFile(join(folder, 'package.json'), await readFile('web/server/package.json'))
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The imports of a built module, which stand at its start. */
const importsAtStart = (code: string) => importsOf(/^(?:import[^;]+;\s*)*/.exec(code)?.[0] ?? '')
const importsOf = (text: string) =>
  [...text.matchAll(/(?:from\s*|import |import\()["']([^"']+)["']/g)].map(([, from = '']) => from)

test('the built module imports Node and one package', async () => {
  const others = importsAtStart(await readFile(join(built, 'index.js'), 'utf8')).filter(
    (from) => !from.startsWith('node:'),
  )
  expect([...new Set(others)]).toEqual(['eventsource-parser'])
})

test('its types lead nowhere else', async () => {
  for (const { name, parentPath } of await readdir(built, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.d.ts')) continue
    for (const from of importsOf(await readFile(join(parentPath, name), 'utf8')))
      expect(from, name).toMatch(/^(\.|node:).*(\.js|sqlite)$/)
  }
})

test('the built module starts without a flag and says nothing', async () => {
  const outbox = join(folder, 'outbox.db')
  const code = `
    import { createCredits } from '${built}/index.js'
    const credits = createCredits({ url: 'http://127.0.0.1:9/graphql', token: 'any', outbox: '${outbox}', onError() {} })
    await credits.record([{ rate: 'image.resize' }])
    console.log(JSON.stringify(await credits.outbox.size()))
    await credits.close()`
  const { stdout, stderr } = spawned(code)
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ waiting: 1, parked: 0 })
})

test('its types say what there is, and what there is not', async () => {
  const program = `
    import { createCredits, type OutboxStore } from './dist/server/index.js'
    declare const store: OutboxStore
    const credits = createCredits({ url: 'https://credits.example/graphql', token: async () => 'a key', outbox: store })
    const hold = await credits.hold({ usage: [{ rate: 'chat.input', quantity: '10' }] })
    if (hold.__typename === 'Hold') hold.remaining.trim()
    else if (hold.__typename === 'InsufficientCredits') hold.shortfall.trim()
    else hold.message.trim()
    const { waiting } = await credits.outbox.size()
    waiting.toFixed()
    // @ts-expect-error: a refusal has no id
    hold.id
    // @ts-expect-error: an outbox is needed
    createCredits({ url: 'https://credits.example/graphql', token: 'a key' })
    // @ts-expect-error: a rate is needed
    await credits.record([{ quantity: '1' }])`
  await writeFile(join(folder, 'product.ts'), program)
  const options = [
    '--strict',
    '--noEmit',
    '--target',
    'es2024',
    '--types',
    'node',
    '--module',
    'nodenext',
    '--ignoreConfig',
  ]
  const checked = spawnSync('node_modules/.bin/tsc', [...options, join(folder, 'product.ts')], { encoding: 'utf8' })
  expect(checked.stdout).toBe('')
})

function spawned(code: string) {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  return { stdout, stderr }
}
