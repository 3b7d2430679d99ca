import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { badDocument } from './document-limits.ts'

/** A request as a client sends it: with a document, or with the id of a trusted one. */
export type DocumentRequest = { readonly query?: unknown; readonly documentId?: unknown; readonly extensions?: unknown }

export type TrustedDocument = { readonly id: string; readonly text: string }

/**
 * The documents that the operator trusts, for every transport. Each is found by its id, and by the SHA-256 of its text in hexadecimal
 * digits, with and without the prefix `sha256:`. An id of the manifest counts before a hash.
 *
 * Source: GraphQL over HTTP, appendix A (persisted documents).
 */
export class TrustedDocuments {
  readonly #byId = new Map<string, string>()
  readonly #texts: ReadonlySet<string>
  readonly #only: boolean

  /** `only`: every other document is refused. */
  constructor(documents: readonly TrustedDocument[], only: boolean) {
    for (const { text } of documents) {
      const hash = createHash('sha256').update(text).digest('hex')
      this.#byId.set(hash, text).set(`sha256:${hash}`, text)
    }
    for (const { id, text } of documents) this.#byId.set(id, text)
    this.#texts = new Set(documents.map(({ text }) => text))
    this.#only = only
  }

  /** The request with the document that it names. A request with a text stays as it is, whatever it names. */
  complete<Request extends DocumentRequest>(request: Request): Request | (Request & { query: string }) | GraphQLError {
    const { query } = request
    if (query != null && query !== '') return request
    const id = idIn(request)
    if (id === null) return request
    const text = this.#byId.get(id)
    if (text !== undefined) return { ...request, query: text }
    return this.#texts.size === 0 ? notSupported : notFound
  }

  /** Why the text may not be executed; null: it may. */
  refusal(text: string): GraphQLError | null {
    return this.#only && !this.#texts.has(text) ? notTrusted : null
  }
}

/** Null: the request names no document. A value that is no id counts as an id that no document has. */
function idIn({ documentId, extensions }: DocumentRequest): string | null {
  const id = documentId ?? apolloId(extensions)
  if (id == null) return null
  return typeof id === 'string' ? id : ''
}

function apolloId(extensions: unknown): unknown {
  if (!isObject(extensions) || extensions.persistedQuery === undefined) return null
  return isObject(extensions.persistedQuery) ? (extensions.persistedQuery.sha256Hash ?? '') : ''
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Clients that try an id first look for these very messages, and then send the document. */
const unknownId = (message: string, code: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 200 } } })
const notFound = unknownId('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND')
const notSupported = unknownId('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED')

const notTrusted = new GraphQLError('This gateway accepts trusted documents alone: send the documentId of one', {
  extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: badDocument },
})
