import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { csvTeams } from '../../src/programs/import/csv-teams.ts'
import { pagesOf } from '../../src/programs/import/pages.ts'
import { type Problem, problemOf, type TeamOfFile } from '../../src/programs/import/team-of-file.ts'

type Options = { readonly after?: number; readonly newline?: string }

async function read(lines: readonly (string | Buffer)[], { after = 0, newline = '\n' }: Options = {}) {
  const bytes = Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from(newline)])))
  const read: (TeamOfFile | Problem)[] = []
  for await (const one of csvTeams(Readable.from([bytes]), after)) read.push(one)
  return read
}
const header = 'teamId,name,planId,seats,interval,anchor,source,kind,amount,startsAt,expiresAt'
const acme = [
  'acme,"Acme, Inc.",pro,3,MONTH,2025-03-20T08:00:00Z,old:week,INCLUDED,120,,',
  'acme,,,,,,old:4711,PACKAGE,2500.5,2026-05-02T09:30:00Z,2030-01-01T00:00:00Z',
]
const acmeRead: TeamOfFile = {
  team: {
    ...{ teamId: 'acme', name: 'Acme, Inc.', planId: 'pro', seats: 3 },
    ...{ interval: 'MONTH', anchor: '2025-03-20T08:00:00Z' },
    grants: [
      { source: 'old:week', kind: 'INCLUDED', amount: '120' },
      {
        ...{ source: 'old:4711', kind: 'PACKAGE', amount: '2500.5' },
        ...{ startsAt: '2026-05-02T09:30:00Z', expiresAt: '2030-01-01T00:00:00Z' },
      },
    ],
  },
  ...{ first: 2, last: 3, grantLines: [2, 3] },
}

test('a line is a grant, and the lines of a team are one team', async () => {
  const globex = { team: { teamId: 'globex', planId: 'free', grants: [] }, first: 5, last: 5, grantLines: [] }
  const lines = [header, ...acme, '', 'globex,,free,,,,,,,,', ',,,,,,,,,,']
  expect(await read(lines)).toEqual([acmeRead, globex])
  expect(await read([`\uFEFF${header}`, ...lines.slice(1)], { newline: '\r\n' })).toEqual([acmeRead, globex])
  expect(await read(['planId,teamId', 'free,globex'])).toEqual([{ ...globex, first: 2, last: 2 }])
  expect(await read([header])).toEqual([])
})

test('a team that ends behind a line is read whole', async () => {
  const lines = [header, ...acme, 'globex,,free,,,,,,,,']
  expect(await read(lines, { after: 2 })).toMatchObject([acmeRead, { team: { teamId: 'globex' } }])
  expect(await read(lines, { after: 3 })).toMatchObject([{ team: { teamId: 'globex' } }])
  expect(await read([header, 'acme,,free,none,,,,,,,', ...lines.slice(3)], { after: 2 })).toHaveLength(1)
})

test.each([
  ['seats', 'acme,,pro,0,,,,,,,', "'0' is not usable: write a whole number from 1 to 100000"],
  ['teamId', 'a\u200bb,,pro,,,,,,,,', /give 1 to 200 characters in NFC, none of them invisible/],
  ['planId', 'acme,,,,,,,,,,', 'it is empty: write the code of a plan'],
  ['interval', 'acme,,pro,,monthly,,,,,,', "'monthly' is not usable: write one of WEEK, MONTH, YEAR"],
  ['anchor', 'acme,,pro,,,2026-02-30T00:00:00Z,,,,,', /write ISO 8601 in UTC, as "2026-11-16T00:00:00Z"/],
  ['kind', 'acme,,pro,,,,old:1,Package,5,,', /^'Package' is not usable: write one of INCLUDED, ADD_ON/],
  ['amount', 'acme,,pro,,,,old:1,PACKAGE,"1,000",,', /^'1,000' .*write an amount above 0 with at most 12 digits/],
  ['amount', 'acme,,pro,,,,old:1,PACKAGE,0,,', /leave out what is used up/],
  ['amount', 'acme,,pro,,,,old:1,PACKAGE,,,', 'it is empty: a grant has source, kind, amount'],
  ['source', 'acme,,pro,,,,,,,,2030-01-01T00:00:00Z', 'it is empty: a grant has source, kind, amount'],
  ['expiresAt', 'acme,,pro,,,,old:1,PACKAGE,5,,01/01/2030', /^'01\/01\/2030' is not usable/],
])('a wrong %s is told with its line', async (column, text, problem) => {
  const told = (await read([header, text, 'globex,,free,,,,,,,,'])).filter((one) => 'problem' in one)
  const expected = typeof problem === 'string' ? problem : expect.stringMatching(problem)
  expect(told[0]).toMatchObject({ line: 2, column, problem: expected })
})

test('a team with a problem is left out, and the problems of all lines are told', async () => {
  const globex = 'globex,,free,,,,,,,,'
  const told = await read([header, 'acme,,pro,x,,,old:1,PACKAGE,5,y,', 'acme,,free,,,,old:2,PACKAGE,5,,', globex])
  expect(told).toEqual([
    { line: 2, column: 'seats', teamId: 'acme', problem: expect.stringContaining("'x'") },
    { line: 2, column: 'startsAt', teamId: 'acme', problem: expect.stringContaining("'y'") },
    {
      ...{ line: 3, column: 'planId', teamId: 'acme' },
      problem:
        "line 2 of the same team has 'pro': write the same on each line of a team, or leave the cell empty below the first",
    },
    expect.objectContaining({ team: { teamId: 'globex', planId: 'free', grants: [] } }),
  ])
})

test('a team has at most 100 grants', async () => {
  const grants = Array.from({ length: 102 }, (_, index) => `acme,,pro,,,,old:${index},PACKAGE,5,,`)
  expect(await read([header, ...grants.slice(0, 100)])).toHaveLength(1)
  const told = await read([header, ...grants])
  expect(told).toMatchObject([{ line: 102 }, { line: 103 }])
  expect(told[0]).toHaveProperty('problem', expect.stringMatching(/more than 100 grants: .*second file/))
})

test.each([
  ['lines of a team apart', [header, 'a,,p,,,,,,,,', 'b,,p,,,,,,,,', 'a,,p,,,,,,,,'], /^Line 4, column teamId: .*sort/],
  ['a line without a team', [header, ',,pro,,,,,,,,'], /^Line 2, column teamId: write the id/],
  [
    'an unknown column',
    ['teamId;planId', 'acme;pro'],
    /^Line 1: 'teamId;planId' is no column .* commas, .* teamId, name/,
  ],
  ['a missing column', ['teamId,planId,source', 'acme,pro,x'], /^Line 1: there is no column kind, amount: add it/],
  ['a column twice', ['teamId,planId,planId', 'acme,pro,x'], /^Line 1: there are two columns planId/],
  ['too many cells', [header, ...acme, 'globex,,free,,,,old:1,PACKAGE,1,000,,'], /^Line 4: it has 12 cells, .* 11: /],
  ['an open quote', [header, 'acme,"Acme,pro,,,,,,,,', acme[1] ?? ''], /^Line 2: a quote is not closed/],
  ['an open quote, closed later', [header, ...acme, 'b,"B,p', 'c,C",p'], /^Line 4: a cell has a line break/],
  ['an open quote before another', [header, ...acme, 'b,"B,p', 'c,"C",p'], /^Line 4: a quote is in the middle/],
  ['a quote in a cell', [header, 'acme,Ac"me,pro,,,,,,,,'], /^Line 2: a quote is in the middle of a cell: /],
  ['a line without end', [header, `acme,${'x'.repeat(70_000)}`], /^Line 2: a quote is not closed, or the line is too/],
])('%s end the reading at their line', async (_, lines, message) => {
  await expect(read(lines)).rejects.toThrow(message)
})

test('text in another encoding is told', async () => {
  const told = await read([header, Buffer.from('acme,Müller,pro,,,,,,,,', 'latin1')])
  expect(told).toMatchObject([{ line: 2, column: 'name', problem: expect.stringContaining('CSV in UTF-8') }])
})

test('a file of a million lines is read as far as its teams are taken', async () => {
  let made = 0
  const input = Readable.from(
    (function* () {
      yield `${header}\n`
      for (; made < 1_000_000; made += 1) yield `team-${made >> 1},,pro,,,,old:${made & 1},PACKAGE,5,,\n`
    })(),
  )
  const teams = csvTeams(input, 0) as AsyncGenerator<TeamOfFile>
  let pages = 0
  for await (const { first, last } of pagesOf(teams)) {
    pages += 1
    expect(last - first).toBe(1_999)
    expect(made).toBeLessThan(last + 10_000)
    if (pages === 3) break
  }
  await expect(finished(input)).rejects.toThrow()
})

test("the gateway's reason is told with its line and column", () => {
  const reason = 'grants.1.expiresAt: the grant is over: leave it out.'
  const told = { line: 3, column: 'expiresAt', teamId: 'acme', problem: 'the grant is over: leave it out.' }
  expect(problemOf(acmeRead, 'acme', reason)).toEqual(told)
  expect(problemOf(acmeRead, 'acme', 'seats: not usable: give 1.')).toMatchObject({ line: 2, column: 'seats' })
  const whole = { line: 2, teamId: 'acme', problem: "There is no plan 'x'." }
  expect(problemOf(acmeRead, 'acme', whole.problem)).toEqual(whole)
  const { grantLines: _, ...json } = acmeRead
  expect(problemOf(json, 'acme', reason)).toEqual({ line: 2, teamId: 'acme', problem: reason })
})
