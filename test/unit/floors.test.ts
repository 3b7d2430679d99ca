import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** The floors of the README's table from the ground up; those of one row are one floor. */
const floors = [...readFileSync('README.md', 'utf8').matchAll(/^\| (`src\/.*?`) \|/gm)].map(([, cell = '']) =>
  [...cell.matchAll(/`src\/(\w+)\/`/g)].map(([, folder = '']) => folder),
)

type Override = {
  includes: string[]
  linter: { rules: { style: { noRestrictedImports: { level: string; options: { patterns: { group: string[] }[] } } } } }
}
const { overrides }: { overrides: Override[] } = JSON.parse(readFileSync('biome.floors.json', 'utf8'))
const forbidden = new Map(
  overrides.map(({ includes, linter }) => {
    const { level, options } = linter.rules.style.noRestrictedImports
    expect(level).toBe('error')
    return [includes.join(), options.patterns.flatMap(({ group }) => group)]
  }),
)

test('the README lists every folder of src', () => {
  const folders = readdirSync('src', { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? one.name : []))
  expect(floors.flat().toSorted()).toEqual(folders.toSorted())
})

test.each(floors.slice(0, -1).flatMap((names, height) => names.map((name) => ({ name, height }))))(
  'src/$name may not import from the floors above it',
  ({ name, height }) => {
    const above = floors.slice(height + 1).flat()
    expect(forbidden.get(`src/${name}/**`)).toEqual(expect.arrayContaining(above.map((one) => `**/${one}/**`)))
  },
)
