import { GraphQLError } from 'graphql'

/** Errors of one answer; further ones are dropped. */
export const maxErrors = 10
/** Characters of one error's message; a longer message is cut. */
export const maxErrorCharacters = 500

/** The error with a message of at most 500 characters, and without what a parser said of the text, which prints it. */
export function boundedError(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error
  const said = namedBy(extensions.originalError)
  if (message.length <= maxErrorCharacters && said === null) return error
  const cut = message.length <= maxErrorCharacters ? message : `${message.slice(0, maxErrorCharacters - 1)}…`
  const shown = said === null ? extensions : { ...extensions, originalError: { name: said } }
  return new GraphQLError(cut, { nodes, source, positions, path, originalError, extensions: shown })
}

/** Yoga tells by its presence alone that a body was no JSON. */
const namedBy = (fault: unknown): string | null =>
  typeof fault === 'object' && fault !== null && 'name' in fault && 'message' in fault ? String(fault.name) : null

/** The first 10 errors, each with a bounded message. */
export const boundedErrors = (errors: readonly GraphQLError[]): GraphQLError[] =>
  errors.slice(0, maxErrors).map(boundedError)
