import { type DocumentNode, GraphQLError, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'

const mostCharacters = 65_536
const mostTokens = 5_000
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
      if (length > mostCharacters) {
        const message = `A document has at most ${mostCharacters} characters: put values into variables`
        throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
      }
      try {
        return parse(source, { ...options, maxTokens: mostTokens })
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
