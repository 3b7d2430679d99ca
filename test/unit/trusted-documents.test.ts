import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import {
  loadTrustedDocuments,
  maxTrustedBytes,
  maxTrustedDocuments,
  maxTrustedIdCharacters,
  TrustedDocumentsError,
} from '../../src/server/operations/trusted-manifests.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'credits-trusted-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const role = 'query Role { viewer { role } }'
const team = 'query Team { team { id } }'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let written = 0
function manifest(content: unknown): string {
  const path = join(dir, `${++written}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const load = (contents: readonly unknown[], trustedDocumentsOnly = false) =>
  loadTrustedDocuments({ trustedDocuments: contents.map(manifest), trustedDocumentsOnly }, schema)
const apollo = (operations: readonly unknown[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
})
const operation = (id: string, body: string) => ({ id, body, name: 'Role', type: 'query' })

describe('a manifest', () => {
  test.each([
    ['of GraphQL Code Generator', sha256(role), (id: string) => ({ [id]: role })],
    ["of Relay's compiler", '3be4abb81fa595e25eb725b2c6a87508', (id: string) => ({ [id]: role })],
    ['of Apollo', sha256(role), (id: string) => apollo([operation(id, role)])],
    ['of Apollo with ids of its own', 'Role', (id: string) => apollo([operation(id, role)])],
  ])('%s is found by its ids and by the hash of each text', (_, id, made) => {
    const documents = load([made(id)])
    const complete = { query: role }
    expect(documents.complete({ documentId: id })).toMatchObject(complete)
    expect(documents.complete({ documentId: `sha256:${sha256(role)}` })).toMatchObject(complete)
    for (const sha256Hash of [id, sha256(role)]) {
      expect(documents.complete({ extensions: { persistedQuery: { version: 1, sha256Hash } } })).toMatchObject(complete)
    }
  })

  test('may share an id with another, if the text is the same', () => {
    expect(load([{ a: role }, { a: role, b: team }]).complete({ documentId: 'b' })).toMatchObject({ query: team })
  })

  const longId = 'x'.repeat(maxTrustedIdCharacters + 1)
  test.each([
    ['that is no JSON', ['{'], /1?\.json is not a JSON object of documents by id, or a manifest of Apollo$/],
    ['of another form', [{ operations: { Role: role } }], /is not a JSON object of documents by id/],
    ['of a later version', [{ ...apollo([]), version: 2 }], /is not a JSON object of documents by id/],
    ['without documents', [{}], /has no document$/],
    ['with a syntax error', [{ ok: role, bad: 'query {' }], /"bad", which can not be parsed: Syntax Error/],
    ['with an unknown field', [{ bad: '{ nothing }' }], /"bad", which does not fit the schema: .*nothing/],
    [
      'with fragments alone',
      [{ bad: 'fragment A on Team { id }' }],
      /"bad", which does not fit the schema: .*never used/,
    ],
    ['with a document that is too long', [{ bad: `${role} # ${'x'.repeat(70_000)}` }], /"bad", .*65536 characters/],
    ['without an id', [{ '': role }], /has an id of other than 1 to 256 characters$/],
    ['with a long id', [{ [longId]: role }], /has an id of other than 1 to 256 characters$/],
    ['beside another that has the id for another text', [{ a: role }, { a: team }], /"a", which has two texts$/],
    [
      'with too many documents',
      [Object.fromEntries(Array.from({ length: maxTrustedDocuments + 1 }, (_, i) => [`a${i}`, role]))],
      /brings more than 5000 documents$/,
    ],
    ['that is too large', [' '.repeat(maxTrustedBytes + 1)], /brings the manifests beyond 8000000 bytes$/],
  ])('%s is refused in one sentence', (_, contents, message) => {
    expect(() => load(contents)).toThrow(TrustedDocumentsError)
    expect(() => load(contents)).toThrow(message)
  })

  test('that is not there is refused', () => {
    const settings = { trustedDocuments: [join(dir, 'nothing.json')], trustedDocumentsOnly: false }
    expect(() => loadTrustedDocuments(settings, schema)).toThrow(/nothing\.json can not be read$/)
  })
})

describe('a request', () => {
  const code = (answer: unknown) => (answer instanceof GraphQLError ? answer.extensions.code : answer)

  test('that has a document keeps it, whatever it names', () => {
    const request = { query: team, documentId: 'a' }
    expect(load([{ a: role }]).complete(request)).toBe(request)
  })

  test('that names nothing stays as it is', () => {
    for (const request of [{}, { query: '' }, { extensions: {} }, { documentId: null }]) {
      expect(load([{ a: role }]).complete(request)).toBe(request)
    }
  })

  test.each([
    { documentId: 'b' },
    { documentId: '' },
    { documentId: 7 },
    { query: '', documentId: 'constructor' },
    { extensions: { persistedQuery: null } },
    { extensions: { persistedQuery: { version: 1 } } },
  ])('%o names no document that is known', (request) => {
    expect(code(load([{ a: role }]).complete(request))).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect(code(load([]).complete(request))).toBe('PERSISTED_QUERY_NOT_SUPPORTED')
  })

  test('with another document is refused only where trusted ones alone are accepted', () => {
    expect(load([{ a: role }]).refusal(team)).toBeNull()
    const strict = load([{ a: role }], true)
    expect([strict.refusal(role), code(strict.refusal(team))]).toEqual([null, 'DOCUMENT_NOT_TRUSTED'])
  })
})
