import { randomUUID } from 'node:crypto'
import { GraphQLError, Kind } from 'graphql'
import type { Logger } from 'pino'
import { tryAgain, unavailable } from '../../access/faults.ts'
import { IdentityProviderUnavailable, readAgainAfterMs } from '../../access/key-set.ts'
import { LaneFull } from '../../concurrency/lane.ts'
import { isLedgerOutage } from '../../ledger/retry-lost-connection.ts'
import { boundedError } from '../limits/error-limits.ts'

/** Error codes of temporary outages: the same request may succeed later. */
export const outageCodes: ReadonlySet<unknown> = new Set([
  'OVERLOADED',
  'LEDGER_UNAVAILABLE',
  'IDENTITY_PROVIDER_UNAVAILABLE',
])

export type MaskError = (error: unknown) => GraphQLError

/**
 * Masks errors for clients. Faults of the request pass unchanged. An outage says to retry. Any other error is a defect:
 * the client gets a trace id, and the log gets the whole error, once.
 */
export function createMasking(log: Logger): MaskError {
  const masked = new WeakSet<object>()
  /** The masked form of each error that was masked before: one error may reach many clients, and is logged once. */
  const known = new WeakMap<object, GraphQLError>()
  return (error) => {
    if (error instanceof GraphQLError && (masked.has(error) || isRequestFault(error))) return boundedError(coded(error))
    const told = isObject(error) ? known.get(error) : undefined
    if (told !== undefined) return told
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error
    const result = outage(cause, placeOf(error)) ?? defect(cause, placeOf(error), log)
    masked.add(result)
    if (isObject(error)) known.set(error, result)
    return result
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The error as a client may see it: without the entries of `extensions` that are meant for the server's own layers. */
export function toPublic(error: GraphQLError): GraphQLError {
  const { http, unexpected, originalError, ...extensions } = error.extensions
  if (http === undefined && unexpected === undefined && originalError === undefined) return error
  return new GraphQLError(error.message, { ...placeOf(error), extensions })
}

type Place = Pick<GraphQLError, 'nodes' | 'source' | 'positions' | 'path'>

const placeOf = (error: unknown): Place =>
  error instanceof GraphQLError
    ? { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path }
    : { nodes: undefined, source: undefined, positions: undefined, path: undefined }

/**
 * Every error before the execution is a fault of the request. A later error has a path; it is a fault of the request if
 * it has a code or names an argument. The rest are defects, such as a value that its type can't have.
 */
function isRequestFault(error: GraphQLError): boolean {
  let innermost = error
  while (innermost.originalError instanceof GraphQLError) innermost = innermost.originalError
  const { originalError, extensions, nodes } = innermost
  if (originalError !== undefined) return false
  return error.path === undefined || extensions.code !== undefined || nodes !== undefined
}

/**
 * Adds the code to GraphQL's own error about a variable that is missing or not of its type. GraphQL's other errors have
 * their code already.
 */
function coded(error: GraphQLError): GraphQLError {
  const { message, nodes, extensions } = error
  if (extensions.code !== undefined || nodes?.[0]?.kind !== Kind.VARIABLE_DEFINITION) return error
  return new GraphQLError(message, { ...placeOf(error), extensions: { ...extensions, code: 'BAD_USER_INPUT' } })
}

function outage(cause: unknown, place: Place): GraphQLError | null {
  if (cause instanceof IdentityProviderUnavailable) return identityProviderUnavailable(place)
  const code = cause instanceof LaneFull ? 'OVERLOADED' : isLedgerOutage(cause) ? 'LEDGER_UNAVAILABLE' : null
  if (code === null) return null
  const message =
    code === 'OVERLOADED'
      ? 'Too much is waiting already: try again in a moment with the same idempotency key'
      : 'The ledger is out of reach: try again in a moment with the same idempotency key, which tells what happened'
  return new GraphQLError(message, { ...place, extensions: { code, http: unavailable, unexpected: true } })
}

const retryAfterSeconds = readAgainAfterMs / 1000

function identityProviderUnavailable(place: Place): GraphQLError {
  const message = `The identity provider is out of reach, so no token can be checked: try again in ${retryAfterSeconds} seconds`
  const http = tryAgain(503, retryAfterSeconds)
  const code = 'IDENTITY_PROVIDER_UNAVAILABLE'
  return new GraphQLError(message, { ...place, extensions: { code, retryAfterSeconds, http, unexpected: true } })
}

function defect(cause: unknown, place: Place, log: Logger): GraphQLError {
  const traceId = randomUUID()
  log.error({ err: cause, traceId, path: place.path }, 'An unexpected error was masked')
  return new GraphQLError(`Something went wrong on our side. Ask support about ${traceId}, or try again`, {
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', traceId, unexpected: true },
  })
}
