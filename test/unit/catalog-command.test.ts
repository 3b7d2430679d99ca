import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { catalogCommand } from '../../src/catalog/command.ts'
import { parseCatalog } from '../../src/catalog/load.ts'
import { rateCardText } from '../../src/catalog/rate-card-text.ts'
import { runProgram } from '../../src/programs/run-program.ts'
import { small, smallWith } from './catalogs/small.ts'

const scratch = mkdtempSync(join(tmpdir(), 'catalog-'))

function file(name: string, text: string): string {
  const path = join(scratch, name)
  writeFileSync(path, text)
  return path
}

/** Runs the program in this process. */
async function run(...args: string[]) {
  const { exitCode } = process
  const text = { stdout: '', stderr: '' }
  const into = (end: keyof typeof text) => (written: unknown) => {
    text[end] += written
    return true
  }
  const line = (end: keyof typeof text) => (printed: unknown) => void into(end)(`${printed}\n`)
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('stderr')),
  ]
  try {
    await runProgram(() => catalogCommand(args))
    return { status: process.exitCode, ...text }
  } finally {
    for (const spy of spies) spy.mockRestore()
    process.exitCode = exitCode
  }
}

describe('check', () => {
  it('prints the plans, packages and rates of a good file', async () => {
    const { status, stdout, stderr } = await run('check', 'catalogs/wevion.yaml')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Plans (a new team begins on free)')
    expect(stdout).toMatch(/^ {2}standard +Standard +20,000 credits +\$20 +\$1 per 1,000 +about 317 messages$/m)
    expect(stdout).toMatch(/^ {2}image\.flux-2-pro +Flux 2 Pro +\$0\.03 = 30 credits +an image +at most 10 a request$/m)
  })

  it('tells all faults of a wrong one, as the gateway does, and fails', async () => {
    const wrong = smallWith('unit: TOKEN', 'unit: WORD').replace('topUp: true', 'topUp: yes')
    const { status, stdout, stderr } = await run('check', file('wrong.yaml', wrong))
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('has 2 faults')
    expect(stderr).toContain(
      'plans[0].topUp is "yes"; expected whether packages can be bought on this plan: true or false',
    )
    expect(stderr).toContain('categories[0].rates[0].unit is "WORD"; expected what is counted')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('tells of a file that is not there', async () => {
    const { status, stderr } = await run('check', join(scratch, 'nowhere.yaml'))
    expect(status).toBe(1)
    expect(stderr).toContain('cannot be read')
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe('diff', () => {
  it('says what changes, a line each', async () => {
    const old = file('old.yaml', small)
    const next = file('new.yaml', smallWith('money: 1, unit: IMAGE', 'money: 0.5, unit: IMAGE'))
    expect(await run('diff', old, next)).toMatchObject({
      status: 0,
      stdout: 'Picture: $1 → $0.50 an image (50% cheaper)\n',
    })
    expect(await run('diff', old, old)).toMatchObject({ status: 0, stdout: 'Nothing changes for customers\n' })
  })
})

it.each([[], ['diff', 'catalogs/wevion.yaml'], ['--help']])(
  'used wrongly, says how to use it, without a stack',
  async (...args) => {
    const { status, stdout, stderr } = await run(...args)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('npm run -s catalog -- check FILE')
    expect(stderr).not.toMatch(/^\s+at /m)
  },
)

describe('the rate card for people', () => {
  const linesOf = (text: string) => rateCardText(parseCatalog(text, 'small.yaml')).split('\n')

  it('stands in columns, with all that is particular about a rate behind', () => {
    const lines = linesOf(
      small.replace(
        'money: 1, unit: USE',
        'money: 1, unit: USE, maxCount: 4, role: ADMIN, requires: [TOP_UPS_ENABLED], illustrative: true',
      ),
    )
    expect(lines).toEqual(
      expect.arrayContaining([
        '  words         Words         1 credit          per 100 tokens',
        '  picture       Picture       $1 = 100 credits  an image',
        '  sketch        Sketch        free',
        '  some-picture  Some picture  automatic                         one of Picture or Sketch',
        '  metered       Metered       $1 *              a use           metered; at most 4 a request; admins only; needs top-ups enabled',
      ]),
    )
    expect(lines.at(-1)).toBe('* illustrative: chosen for this catalog, given by no document')
  })

  it('lists each allowance of a plan, and its add-on units', () => {
    const lines = linesOf(small)
    expect(lines.slice(2, 8).map((line) => line.trimStart().replaceAll(/ {2,}/g, ' | '))).toEqual([
      'Plans (a new team begins on small)',
      'small | Small | 5 credits a week, from Fridays | packages can be bought',
      '20 credits a month, from day 15 of the month, for who pays by the month',
      '240 credits a year, from the day the plan began, for who pays by the year',
      'unit: 10 credits for $1 a cycle',
      'large | Large | 50 credits a week, from Mondays | packages can be bought',
    ])
    expect(lines.at(-1)).not.toContain('illustrative')
  })
})
