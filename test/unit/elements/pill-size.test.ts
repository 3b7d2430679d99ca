import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPill } from '../../../web/build-pages.ts'

const maxBytes = 18_000
let built = ''

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'credits-pill-'))
  await buildPill(built)
})
afterAll(() => rm(built, { recursive: true, force: true }))

/** The module and all that it imports statically, once each. */
async function modulesOf(file: string, found = new Map<string, Buffer>()): Promise<Map<string, Buffer>> {
  if (found.has(file)) return found
  const code = await readFile(file)
  found.set(file, code)
  const imports = code.toString().matchAll(/(?:^|;|\})(?:import|export)\s*(?:[^'"`;()]*?from\s*)?["'](\.[^"']+)["']/g)
  for (const [, path = ''] of imports) await modulesOf(join(dirname(file), path), found)
  return found
}

test('pill.js and what it imports statically stay within 18 KB gzipped', async () => {
  const modules = await modulesOf(join(built, 'pill.js'))
  const bytes = [...modules.values()].reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0)
  expect(bytes).toBeLessThanOrEqual(maxBytes)
})

test('transports, languages, the card and the toasts are loaded when they are needed', async () => {
  const names = (await readdir(join(built, 'elements'))).map((name) => name.replace(/-[\w-]{8}\.js$/, ''))
  expect(names).toEqual(expect.arrayContaining(['room', 'event-stream', 'events', 'extras', 'notices', 'de', 'ja']))
  const code = await readFile(join(built, 'pill.js'), 'utf8')
  for (const late of ['graphql-transport-ws', 'text/event-stream', 'Credits added']) expect(code).not.toContain(late)
})
