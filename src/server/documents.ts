import { type DocumentNode, GraphQLError, parse, visit } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'

const maxDocumentCharacters = 65_536
const maxDocumentTokens = 5_000
/** An answer repeats the name of a field for each item of a list, and an error repeats it in its path. */
const maxNameCharacters = 1_024
const longName = new RegExp(`\\w{${maxNameCharacters + 1}}`)
/** A parsed document takes some sixty times its text. */
const mostRemembered = 1_000_000

const sized = () => ({
  maxSize: mostRemembered,
  sizeCalculation: (_: object, text: string) => text.length + 100,
})

/** Documents are parsed once, as far as some 60 MB hold them: what anybody may send without a token must not stay. */
export const documentCache = new LRUCache<string, DocumentNode>(sized())
export const errorCache = new LRUCache<string, Error>(sized())

/** Refuses what is too much to parse, over HTTP and sockets alike, and marks what can't be. */
export const boundedDocuments: Plugin = {
  onParse({ setParseFn }) {
    setParseFn((source, options) => {
      const { length } = typeof source === 'string' ? source : source.body
      if (length > maxDocumentCharacters) {
        const message = `A document has at most ${maxDocumentCharacters} characters: put values into variables`
        throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
      }
      try {
        const document = parse(source, { ...options, maxTokens: maxDocumentTokens })
        checkNames(document, typeof source === 'string' ? source : source.body)
        return document
      } catch (error) {
        if (error instanceof RangeError) throw tooDeep()
        if (!(error instanceof GraphQLError)) throw error
        const { message, source: given, positions, extensions } = error
        const coded = { code: 'GRAPHQL_PARSE_FAILED', ...extensions }
        throw new GraphQLError(message, { source: given, positions, extensions: coded })
      }
    })
  },
}

const tooDeep = () =>
  new GraphQLError('The document is nested too deeply: ask for less at once', {
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })

function checkNames(document: DocumentNode, text: string): void {
  // Values may be longer: only a document with such a word is searched.
  if (!longName.test(text)) return
  visit(document, {
    Name({ value }) {
      if (value.length <= maxNameCharacters) return
      const message = `A name in a document has at most ${maxNameCharacters} characters: shorten it`
      throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
    },
  })
}
