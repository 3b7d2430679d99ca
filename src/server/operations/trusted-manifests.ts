import { readFileSync, statSync } from 'node:fs'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { parseDocument } from './document-limits.ts'
import { type TrustedDocument, TrustedDocuments } from './trusted-documents.ts'
import { createValidation, type Validate } from './validation.ts'

/** Trusted documents of all manifests together. */
export const maxTrustedDocuments = 5_000
/** Bytes of all manifests together. */
export const maxTrustedBytes = 8_000_000
/** Characters of the id of a trusted document. */
export const maxTrustedIdCharacters = 256

/** A manifest can't be used; the message names the manifest and the reason. */
export class TrustedDocumentsError extends Error {
  override readonly name = 'TrustedDocumentsError'
}

/**
 * A manifest of Apollo's `generate-persisted-query-manifest`, or one of GraphQL Code Generator or Relay's compiler,
 * which maps ids to documents.
 */
const manifest = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      version: z.literal(1),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body: text }) => ({ id, text }))),
  z
    .record(z.string(), z.string())
    .transform((byId) => Object.entries(byId).map(([id, text]): TrustedDocument => ({ id, text }))),
])

export type TrustedSettings = {
  /** Paths of manifests. */
  readonly trustedDocuments: readonly string[]
  /** Whether every other document is refused. */
  readonly trustedDocumentsOnly: boolean
}

/**
 * The documents of all manifests, each parsed and validated.
 *
 * @throws {TrustedDocumentsError} naming the manifest, and the document that it fails for.
 */
export function loadTrustedDocuments(settings: TrustedSettings, schema: GraphQLSchema): TrustedDocuments {
  const validate = createValidation(schema)
  const byId = new Map<string, string>()
  let bytes = 0
  for (const path of settings.trustedDocuments) {
    bytes += sizeOf(path)
    if (bytes > maxTrustedBytes) throw fault(path, `brings the manifests beyond ${maxTrustedBytes} bytes`)
    const documents = documentsIn(path)
    if (documents.length === 0) throw fault(path, 'has no document')
    for (const { id, text } of documents) {
      const problem = (byId.get(id) ?? text) === text ? problemOf(id, text, validate) : 'has two texts'
      if (problem !== null) throw fault(path, `has the document ${JSON.stringify(shortened(id))}, which ${problem}`)
      byId.set(id, text)
    }
    if (byId.size > maxTrustedDocuments) throw fault(path, `brings more than ${maxTrustedDocuments} documents`)
  }
  const documents = Array.from(byId, ([id, text]) => ({ id, text }))
  return new TrustedDocuments(documents, settings.trustedDocumentsOnly)
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch (error) {
    throw fault(path, 'can not be read', error)
  }
}

function documentsIn(path: string): readonly TrustedDocument[] {
  try {
    return manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const forms = 'a JSON object of documents by id, or a manifest of Apollo'
    throw fault(path, `is not ${forms}`, error)
  }
}

/** Null: the document can be executed. */
function problemOf(id: string, text: string, validate: Validate): string | null {
  if (id === '' || id.length > maxTrustedIdCharacters)
    return `has an id of other than 1 to ${maxTrustedIdCharacters} characters`
  try {
    const [fault] = validate(parseDocument(text))
    return fault === undefined ? null : `does not fit the schema: ${fault.message}`
  } catch (error) {
    if (error instanceof GraphQLError) return `can not be parsed: ${error.message}`
    throw error
  }
}

const shortened = (id: string): string => (id.length <= 80 ? id : `${id.slice(0, 79)}…`)

const fault = (path: string, problem: string, cause?: unknown) =>
  new TrustedDocumentsError(`TRUSTED_DOCUMENTS: ${path} ${problem}`, { cause })
