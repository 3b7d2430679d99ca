import { globSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CatalogError } from '../../src/catalog/faults.ts'
import { catalogJsonSchema } from '../../src/catalog/json-schema.ts'
import { parseCatalog } from '../../src/catalog/load.ts'
import { referencePage } from '../../src/catalog/reference-page.ts'
import { small, smallWith } from './catalogs/small.ts'

const read = (path: string) => readFileSync(path, 'utf8')
const catalogs = globSync('catalogs/*.yaml')
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(catalogJsonSchema())

/** An editor's findings in the text, which it reads as any YAML: numbers are numbers. */
function editorSays(text: string): string[] {
  validate(parse(text))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

function gatewayTakes(text: string): boolean {
  try {
    parseCatalog(text, 'small.yaml')
    return true
  } catch (error) {
    if (error instanceof CatalogError) return false
    throw error
  }
}

describe('what is generated from the validator', () => {
  it('is printed as it is', () => {
    const again = 'run `npm run print-schema`'
    expect(JSON.parse(read('catalogs/catalog.schema.json')), again).toEqual(catalogJsonSchema())
    expect(read('docs/catalog.md'), again).toBe(referencePage())
  })

  it('tells of every key what it says, what it can be, and its default', () => {
    const rows = referencePage()
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    expect(rows.length).toBeGreaterThan(60)
    for (const row of rows) expect(row).toMatch(/^\| `\w+` \| [^|]+ \| [^|]+ \| [^|]+ \|$/)
  })
})

describe('the JSON Schema for editors', () => {
  it.each(catalogs)('takes %s, which names it', (path) => {
    const text = read(path)
    expect(editorSays(text)).toEqual([])
    expect(text.startsWith('# yaml-language-server: $schema=catalog.schema.json\n')).toBe(true)
  })

  it('has six catalogs to take', () => {
    expect(catalogs).toHaveLength(6)
  })

  it.each([
    ['a number in quotes', 'credits: 5,', 'credits: "5.25",'],
    ['a whole number in quotes', 'anchor: 15', 'anchor: "15"'],
    ['a package', 'packages: []', 'packages: [{ id: mini, name: Mini, credits: 1, price: 0.5 }]'],
  ])('takes %s, as the gateway does', (_what, from, to) => {
    expect(editorSays(smallWith(from, to))).toEqual([])
    expect(gatewayTakes(smallWith(from, to))).toBe(true)
  })

  it.each([
    ['a key that is not one', 'currency: USD', 'currency: USD\ncolour: red'],
    ['a missing key', 'timeZone: UTC\n', ''],
    ['another currency than one', 'currency: USD', 'currency: dollars'],
    ['no credits', 'credits: 5,', 'credits: 0,'],
    ['no credits in quotes', 'credits: 5,', 'credits: "0.00",'],
    ['too many digits in quotes', 'credits: 5,', 'credits: "5.0000001",'],
    ['a unit that is none', 'unit: TOKEN', 'unit: WORD'],
    ['a day that no month has', 'anchor: 15', 'anchor: 32'],
    ['a weekday that is none', 'anchor: friday', 'anchor: fri'],
    ['a percentage above all', 'percentOfMonthlyUsage: 25', 'percentOfMonthlyUsage: 101'],
    ['a priority with a fraction', 'ADD_ON: 10', 'ADD_ON: 1.5'],
    ['a rollover to nothing', 'upTo: 10', 'upTo: 0'],
    ['free: false', 'free: true', 'free: false'],
    ['an id with a space', 'id: words', 'id: some words'],
  ])('refuses %s, as the gateway does', (_what, from, to) => {
    expect(editorSays(smallWith(from, to))).not.toEqual([])
    expect(gatewayTakes(smallWith(from, to))).toBe(false)
  })

  it('takes the small catalog of the tests', () => {
    expect(editorSays(small)).toEqual([])
  })
})
