import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const isOurs = (path: string): boolean => !/node_modules|[/\\]dist[/\\]/.test(path)
const pages = globSync(['*.md', '{docs,examples,packages,src,test,web}/**/*.md']).filter(isOurs)
const code = globSync('{src,packages,web,test,bench,release,deploy}/**/*.{ts,tsx,yaml,sql}').filter(isOurs)

test.each(pages)('every link of %s leads to a file, and to a heading of it', (page) => {
  const broken = linksOf(readFileSync(page, 'utf8')).filter((link) => !leadsSomewhere(page, link))
  expect(broken).toEqual([])
})

test('every page of the docs that the code names is there', () => {
  const named = code.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([target]) => `${path}: ${target}`),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((place) => !existsSync(place.split(': ')[1] ?? ''))).toEqual([])
})

test('the glossary names files and folders that are there', () => {
  const places = [...readFileSync('docs/glossary.md', 'utf8').matchAll(/`((?:[\w-]+\/)+[\w.-]*)`/g)].map(
    ([, place = '']) => place,
  )
  expect(places.length).toBeGreaterThan(50)
  expect(places.filter((place) => !existsSync(place) && !existsSync(join('src', place)))).toEqual([])
})

test('a link to no file and a link to no heading are both found', () => {
  const links = linksOf('[a](none.md) [b](ledger.md#none) [c](ledger.md) [d](https://example.com)')
  expect(links.filter((link) => !leadsSomewhere('docs/api.md', link))).toEqual(['none.md', 'ledger.md#none'])
})

/** The links of a page that lead into the repository. */
const linksOf = (text: string): string[] =>
  [...text.replaceAll(/```.*?```/gs, '').matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(target)) return false
  return heading === undefined || (statSync(target).isFile() && headingsOf(target).includes(heading))
}

/** The headings of a page as GitHub names them in links. */
const headingsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
