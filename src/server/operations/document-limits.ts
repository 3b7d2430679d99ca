import { type DocumentNode, GraphQLError, parse, visit } from 'graphql'
import { LRUCache } from 'lru-cache'

const maxDocumentCharacters = 65_536
const maxDocumentTokens = 5_000
/** An answer repeats the name of a field for each item of a list, and an error repeats it in its path. */
const maxNameCharacters = 1_024
const longName = new RegExp(`\\w{${maxNameCharacters + 1}}`)
/** A parsed document takes some sixty times its text. */
const maxRemembered = 1_000_000

const sized = () => ({
  maxSize: maxRemembered,
  sizeCalculation: (_: object, text: string) => text.length + 100,
})

/**
 * Documents are parsed once, as far as some 60 MB hold them. A document without a token is not kept: anybody may send
 * those.
 */
export const documentCache = new LRUCache<string, DocumentNode>(sized())
export const errorCache = new LRUCache<string, Error>(sized())

/** How HTTP refuses a document or its variables. `spec`: with application/json the status is 200. Source: GraphQL over HTTP, 6.4. */
export const badDocument = { spec: true, status: 400 } as const

/**
 * The document, parsed once for all transports.
 *
 * @throws {GraphQLError} where the text is no document, or too much to parse.
 */
export function parseDocument(text: string): DocumentNode {
  const known = documentCache.get(text)
  if (known !== undefined) return known
  const fault = errorCache.get(text)
  if (fault !== undefined) throw fault
  try {
    const document = parseBounded(text)
    documentCache.set(text, document)
    return document
  } catch (error) {
    if (error instanceof Error) errorCache.set(text, error)
    throw error
  }
}

function parseBounded(text: string): DocumentNode {
  if (text.length > maxDocumentCharacters) {
    throw tooLong(`A document has at most ${maxDocumentCharacters} characters: put values into variables`)
  }
  try {
    const document = parse(text, { maxTokens: maxDocumentTokens })
    checkNames(document, text)
    return document
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    if (!(error instanceof GraphQLError)) throw error
    const { message, source, positions, extensions } = error
    throw new GraphQLError(message, { source, positions, extensions: { ...unparsed, ...extensions } })
  }
}

const unparsed = { code: 'GRAPHQL_PARSE_FAILED', http: badDocument }

const tooLong = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: badDocument } })

const tooDeep = () =>
  new GraphQLError('The document is nested too deeply: ask for less at once', {
    extensions: unparsed,
  })

function checkNames(document: DocumentNode, text: string): void {
  // Values may be longer: only a document with such a word is searched.
  if (!longName.test(text)) return
  visit(document, {
    Name({ value }) {
      if (value.length <= maxNameCharacters) return
      throw tooLong(`A name in a document has at most ${maxNameCharacters} characters: shorten it`)
    },
  })
}
