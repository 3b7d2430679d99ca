import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = 'docs/decisions'
const files = readdirSync(folder).filter((name) => name !== 'README.md')
const decisions = files.map((name) => {
  const [heading = '', , status = ''] = readFileSync(`${folder}/${name}`, 'utf8').split('\n')
  const [, number, title] = /^# (\d+)\. (.+)$/.exec(heading) ?? []
  return { name, number: Number(number), title, status }
})

test('each decision has a number of its own, without a gap', () => {
  const numbers = decisions.map(({ number }) => number).toSorted((one, other) => one - other)
  expect(numbers).toEqual(decisions.map((_, index) => index + 1))
})

test.each(decisions)('$name says its number, a status and a date, and is listed', ({ name, number, title, status }) => {
  expect(name).toMatch(new RegExp(`^${number}-[a-z-]+\\.md$`))
  expect(status).toMatch(/^Status: (in force|replaced by \d+) since \d{1,2} [A-Z][a-z]+ 20\d\d\.$/)
  expect(readFileSync(`${folder}/README.md`, 'utf8')).toContain(`\n${number}. [${title}](${name})\n`)
})
