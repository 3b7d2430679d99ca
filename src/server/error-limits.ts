import { GraphQLError } from 'graphql'

/** Errors of one answer; further ones are dropped. */
export const maxErrors = 10
/** Characters of one error's message; a longer message is cut. */
export const maxErrorCharacters = 500

/** The error with a message of at most 500 characters. */
export function boundedError(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error
  if (message.length <= maxErrorCharacters) return error
  const cut = `${message.slice(0, maxErrorCharacters - 1)}…`
  return new GraphQLError(cut, { nodes, source, positions, path, originalError, extensions })
}

/** The first 10 errors, each with a bounded message. */
export const boundedErrors = (errors: readonly GraphQLError[]): GraphQLError[] =>
  errors.slice(0, maxErrors).map(boundedError)
