import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CatalogError } from '../../src/catalog/faults.ts'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { versionOf } from '../../src/catalog/version.ts'

const wevion = loadCatalog('catalogs/wevion.yaml')

/** The catalog with one place changed; the place must be there. */
function changed(from: string, to: string): string {
  if (!wevion.source.includes(from)) throw new Error(`The catalog no longer says ${JSON.stringify(from)}.`)
  return wevion.source.replace(from, () => to)
}

function faultsOf(text: string) {
  try {
    parseCatalog(text, 'wevion.yaml')
  } catch (error) {
    if (error instanceof CatalogError) return error
    throw error
  }
  throw new Error('The catalog has no fault.')
}

/** Where the marker «…» stands in the text, and the text without it. */
function marked(text: string): { text: string; line: number; column: number } {
  const before = text.slice(0, text.indexOf('«')).split('\n')
  return { text: text.replace('«', ''), line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

describe('numbers', () => {
  it('are exact without quotes: digits that a float would lose arrive', () => {
    const { rateCard } = parseCatalog(changed('money: 0.17', 'money: 123456789012.123456789'), 'wevion.yaml')
    expect(rateCard.rates.get('video.kling-3-0')?.price).toEqual({
      money: { amount: 123_456_789_012_123_456_789n, currency: 'USD' },
    })
  })

  it.each(['1e3', '0x10', '.5', '5.', '+5', '5_000', '0', '-5', '.inf', '~', '0.1234567890', '"0,03"', 'true', '[1]'])(
    'written as %s are refused where they stand',
    (bad) => {
      const { text, line, column } = marked(changed('money: 0.17', `money: «${bad}`))
      const { faults, message } = faultsOf(text)
      expect(faults).toMatchObject([{ line, column, path: 'categories[2].rates[0].money' }])
      expect(message).toContain(`wevion.yaml:${line}:${column}: categories[2].rates[0].money`)
      expect(message).toContain('expected the price for `per` units: money above 0')
    },
  )
})

describe('a faulty catalog', () => {
  it.each([
    ['an unknown key', 'topUp: false', 'topUp: false\n    «toUp: true', 'plans[3].toUp', 'one of id, name, topUp'],
    ['an unknown key at the top', 'currency: USD', 'currency: USD\n«color: red', 'color', 'one of name, currency'],
    ['a misspelt kind of grant', 'INCLUDED: 0', '«INCLUDE: 0', 'burnPriority.INCLUDE', 'one of INCLUDED, ADD_ON'],
    ['a missing key', 'name: Pro\n    topUp: true', 'name: Pro', 'plans[2].topUp', 'true or false'],
    [
      'a wrong unit',
      'credits: 9, per: 1000, unit: TOKEN',
      'credits: 9, unit: «WORD',
      'categories[0].rates[1].unit',
      'USE, IMAGE',
    ],
    ['a time zone that is none', 'timeZone: UTC', 'timeZone: «Mars/Base', 'timeZone', 'an IANA name'],
    ['a currency that is none', 'currency: USD', 'currency: «dollars', 'currency', 'ISO 4217'],
    [
      'two prices',
      '{ id: image.resize, name: Resizing, free',
      '«{ id: image.resize, name: Resizing, money: 1, free',
      'categories[1].rates[5]',
      'exactly one of',
    ],
    [
      'no price',
      '{ id: image.resize, name: Resizing, free: true',
      '«{ id: image.resize, name: Resizing',
      'categories[1].rates[5]',
      'exactly one of',
    ],
    [
      'two rates with one id',
      'id: video.veo-3-1',
      'id: «video.luma-ray-3',
      'categories[2].rates[2].id',
      'an id that no other rate has',
    ],
    [
      'a plan that is not there',
      'plans: [starter, pro',
      'plans: [starter, «gold',
      'categories[0].rates[3].plans[1]',
      'a plan of this catalog',
    ],
    [
      'a choice that is not there',
      'auto: [tts.elevenlabs',
      'auto: [«tts.eleven',
      'categories[4].rates[2].auto[0]',
      'a rate of this catalog',
    ],
    [
      'a choice of another unit',
      'auto: [tts.elevenlabs',
      'auto: [«chat.input',
      'categories[4].rates[2].auto[0]',
      'counts CHARACTER',
    ],
    [
      'a choice that is automatic',
      'auto: [tts.elevenlabs',
      'auto: [«tts.auto',
      'categories[4].rates[2].auto[0]',
      'not an automatic one',
    ],
    [
      'a choice that takes fewer at once',
      'unit: IMAGE\n        maxCount: 10',
      'unit: IMAGE',
      'categories[1].rates[3].auto[0]',
      'maxCount: 10',
    ],
    ['a notice about something unknown', 'until {date}', 'until {day}', 'notices.exhausted', 'only {date} in braces'],
    ['no contact without top-up', 'contact: sales@wevion.ai', '', 'plans[3].contact', 'topUp is off'],
    ['a currency that there is not', 'currency: USD', 'currency: «XXQ', 'currency', 'ISO 4217'],
    ['a control character', 'name: Wevion', 'name: «"Wev\\aion"', 'name', 'without control characters'],
    ['an alias', 'lowThreshold: 100', 'lowThreshold: «*typical', '', 'written out'],
    ['a key twice', 'currency: USD', 'currency: USD\n«currency: EUR', '', 'one YAML 1.2 document'],
  ])('with %s is named with its line and what was expected', (_what, from, to, path, expected) => {
    const place = marked(changed(from, to))
    const { faults, message } = faultsOf(to.includes('«') ? place.text : changed(from, to))
    expect(faults[0]).toMatchObject({ path, expected: expect.stringContaining(expected) })
    if (to.includes('«')) expect(faults[0]).toMatchObject({ line: place.line, column: place.column })
    expect(message).toContain('wevion.yaml:')
  })

  it('has all its faults told at once, in the order of the file', () => {
    const text = changed('topUp: true', 'topUp: maybe')
      .replace('money: 0.17', 'money: cheap')
      .replace('unit: USE', 'unit: X')
    const { faults, message } = faultsOf(text)
    expect(faults.map((fault) => fault.path)).toEqual([
      'plans[0].topUp',
      'categories[0].rates[0].unit',
      'categories[2].rates[0].money',
    ])
    expect(message.split('\n')).toHaveLength(4)
  })

  it('may not let the platform choose what it would refuse to a caller', () => {
    const text = changed('name: ElevenLabs,', 'name: ElevenLabs, requires: [TOP_UPS_ENABLED],')
    expect(faultsOf(text).faults).toMatchObject([{ path: 'categories[4].rates[2].auto[0]' }])
  })

  it.each(['', '- a', 'just text', '{'])('that is %j is refused as a whole', (text) => {
    expect(faultsOf(text).faults).toHaveLength(1)
  })

  it('that is nested without end is told once, without a word about the parser', () => {
    for (const text of ['['.repeat(20_000), '{a: '.repeat(20_000), '- '.repeat(20_000), '? '.repeat(20_000)]) {
      const { faults, message } = faultsOf(text)
      expect(faults).toMatchObject([{ line: 1, problem: 'is nested too deeply' }])
      expect(message).not.toMatch(/stack/i)
    }
  })

  it('in another encoding than UTF-8 is refused, not read with other letters', () => {
    const folder = mkdtempSync(join(tmpdir(), 'catalog-'))
    const file = join(folder, 'latin1.yaml')
    writeFileSync(file, Buffer.from(changed('name: Wevion', 'name: W\u00e9vion'), 'latin1'))
    try {
      expect(() => loadCatalog(file)).toThrow(/cannot be read.*UTF-8/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('that cannot be read says which file, and what to set', () => {
    expect(() => loadCatalog('catalogs/nowhere.yaml')).toThrow(/catalogs\/nowhere\.yaml.*\n.*ENOENT.*set CATALOG/)
  })
})

describe('a version', () => {
  it('stays with the content: comments, layout, quotes and the order of keys make no difference', () => {
    const text = `# A comment\n${changed('money: 0.10,', 'money: "0.1",')}`.replace(
      'name: Wevion\ncurrency: USD\n',
      'currency: USD\nname:   "Wevion"\n',
    )
    expect(parseCatalog(text, 'other.yaml').version).toBe(wevion.version)
    expect(parseCatalog(wevion.source, 'wevion.yaml')).toEqual(wevion)
  })

  it('does not depend on the order in which keys happen to be read', () => {
    expect(versionOf({ a: 1n, b: [{ c: 'x', d: null }] })).toBe(versionOf({ b: [{ d: null, c: 'x' }], a: 1n }))
    expect(versionOf({ a: 1n })).not.toBe(versionOf({ b: 1n }))
  })

  it('is 12 hex digits, and the rate card has the same', () => {
    expect(wevion.version).toMatch(/^[0-9a-f]{12}$/)
    expect(wevion.rateCard.version).toBe(wevion.version)
  })

  it.each([
    ['a price', 'money: 0.17', 'money: 0.18'],
    ['a text', 'Credits added', 'Credits were added'],
    ['an order', 'tts.elevenlabs, tts.openai', 'tts.openai, tts.elevenlabs'],
  ])('changes with %s', (_what, from, to) => {
    expect(parseCatalog(changed(from, to), 'wevion.yaml').version).not.toBe(wevion.version)
  })
})

describe('a loaded catalog', () => {
  it('is public where it says so', () => {
    expect(wevion.isPublic).toBe(true)
    for (const said of ['', 'public: false\n'])
      expect(parseCatalog(changed('public: true\n', said), 'wevion.yaml').isPublic).toBe(false)
  })

  it('is frozen to its last leaf', () => {
    const open: string[] = []
    const visit = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) return
      if (!Object.isFrozen(value)) open.push(path)
      const members = value instanceof Map ? value.entries() : Object.entries(value)
      for (const [key, member] of members) visit(member, `${path}.${key}`)
    }
    visit(wevion, 'catalog')
    expect(open).toEqual([])
  })

  it('cannot be given a rate, nor lose one', () => {
    const { rates } = wevion.rateCard
    expect(rates).toBeInstanceOf(Map)
    if (!(rates instanceof Map)) return
    expect(() => rates.delete('chat.input')).toThrow('The catalog is frozen')
    expect(() => rates.set('chat.input', undefined)).toThrow('The catalog is frozen')
    expect(() => rates.clear()).toThrow('The catalog is frozen')
    expect(rates.get('chat.input')?.name).toBe('Chat input')
  })
})
