import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, matchesGlob, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildElements } from '../../web/build-elements.ts'

let folder = ''
let built = ''

beforeAll(async () => {
  // Inside the project, so that Lit is found.
  folder = await mkdtemp(resolve('node_modules/.elements-'))
  built = join(folder, 'dist')
  await buildElements(built)
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a server can import the package', async () => {
  const code = `for (const name of ['index', 'pill', 'controllers']) await import('${built}/' + name + '.js')`
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder }).toString()).toBe('')
})

test('who imports the controllers alone gets no Lit', async () => {
  const input = join(folder, 'own.js')
  await writeFile(input, `export { createPill } from './dist/controllers.js'`)
  const bundle = await rolldown({ input, external: /^(@?lit|@?nanostores)(\/|$)/ })
  const { output } = await bundle.generate()
  await bundle.close()
  const code = output.map((file) => ('code' in file ? file.code : '')).join('')
  expect(code).toContain('function createPill')
  expect(code).not.toMatch(/from ["']lit/)
})

test('what defines elements is said to have side effects', async () => {
  const { sideEffects } = JSON.parse(await readFile('web/elements/package.json', 'utf8')) as { sideEffects: string[] }
  for (const { name, parentPath } of await readdir(built, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.js')) continue
    const file = join(parentPath, name)
    if (!/customElements\.define\(|@?customElement\(/.test(await readFile(file, 'utf8'))) continue
    const path = `./dist/${relative(built, file)}`
    expect(sideEffects.some((pattern) => matchesGlob(path, pattern))).toBe(true)
  }
})

test('it has the licenses of what is built into it', async () => {
  const licenses = await readFile(join(built, 'licenses.md'), 'utf8')
  for (const name of ['@awesome.me/webawesome', 'uplot', 'lucide-static']) expect(licenses).toContain(`## ${name} `)
})

test('its types lead nowhere else', async () => {
  const types = join(built, 'types')
  const imported = new Set<string>()
  for (const { name, parentPath } of await readdir(types, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.d.ts')) continue
    const text = await readFile(join(parentPath, name), 'utf8')
    for (const [, from = ''] of text.matchAll(/from '([^']+)'/g)) {
      if (!from.startsWith('.')) imported.add(from)
      else expect(from).toMatch(/\.js$/)
    }
  }
  expect([...imported].toSorted()).toEqual(['lit'])
})
