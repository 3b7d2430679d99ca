import { globSync, readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { describedElements } from '../../src/schema/descriptions/with-descriptions.ts'

/** The subject of a sentence comes first. A sentence that begins with one of these words mostly hides its subject. */
const riddle = /^(?:Of|By|As|That|Who|Whoever|What)\b/

const isOurs = (file: string): boolean => !/node_modules|\/dist\/|contract\.ts$/.test(file)
const pages = ['*.md', '{docs,packages,src,test}/**/*.md'].flatMap((pattern) => globSync(pattern)).filter(isOurs)

/** The sentences that may still begin so. Migrations, in `src`, are never edited. Lower a number after mending; never raise one. */
const most = {
  src: 8,
  packages: 0,
  web: 2,
  test: 2,
  bench: 2,
  release: 0,
  docs: 5,
  /** Descriptions that the contract requires word for word. */
  schema: 7,
}

type Finding = { readonly file: string; readonly text: string }

test.each(Object.entries(most))('sentences of %s begin with their subject', (folder, allowed) => {
  const riddles = textsIn(folder)
    .filter(({ text }) => riddle.test(text))
    .map(({ file, text }) => `${file}: ${text.slice(0, 100)}`)
  expect(riddles.length, `Name the subject first in some of these:\n${riddles.join('\n')}\n`).toBeLessThanOrEqual(
    allowed,
  )
})

test('a docstring over several lines is read as one text', () => {
  const code = ['  /**', '   * Of a', '   * bill.', '   */', '  const a = 1', '/** The `sum`. */'].join('\n')
  expect(textsOf(code)).toEqual(['Of a bill.', 'The `sum`.'])
})

test('a sentence of the docs is found behind a colon, a list mark and bold type', () => {
  const page = 'Costs: two. Of these\none is paid.\n\n- **What** counts\n\n```\nAs code\n```\n'
  const riddles = sentencesOf(page).filter((text) => riddle.test(text))
  expect(riddles).toEqual(['Of these one is paid.', 'What** counts'])
})

function textsIn(folder: string): Finding[] {
  if (folder === 'docs') return pages.flatMap(sentencesIn)
  return folder === 'schema' ? sentencesOfSchema() : typescriptIn(folder).flatMap(docstringsIn)
}

const typescriptIn = (folder: string): string[] => globSync(`${folder}/**/*.{ts,tsx}`).filter(isOurs).toSorted()

const docstringsIn = (file: string): Finding[] => textsOf(readFileSync(file, 'utf8')).map((text) => ({ file, text }))

const textsOf = (code: string): string[] =>
  [...code.matchAll(/\/\*\*(.*?)\*\//gs)].map(([, text = '']) => text.replaceAll(/\n\s*\* ?/g, ' ').trim())

const sentencesIn = (file: string): Finding[] => sentencesOf(readFileSync(file, 'utf8')).map((text) => ({ file, text }))

const sentencesOfSchema = (): Finding[] =>
  [...describedElements(buildSchema(readFileSync('schema.graphql', 'utf8')))].flatMap(([place, { description }]) =>
    sentencesOf(description ?? '').map((text) => ({ file: place, text })),
  )

/** The sentences of a page, without its code. */
const sentencesOf = (page: string): string[] =>
  page
    .replaceAll(/```.*?```/gs, '')
    .replaceAll(/\n {4}.*/g, '')
    .split(/\n\s*\n|\n- |\n\d+\. |\|/)
    .flatMap((paragraph) =>
      paragraph
        .replaceAll('\n', ' ')
        .trim()
        .split(/(?<=[.!?:]) /),
    )
    .map((sentence) => sentence.replace(/^(?:- |#+ )?\**/, ''))
