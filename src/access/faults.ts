import { GraphQLError } from 'graphql'

export type FaultCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'LEDGER_UNAVAILABLE'
  | 'OVERLOADED'
  | 'RATE_LIMITED'
  | 'READING_TOO_LONG'
  | 'RATE_LIMITED'
  | 'PAYMENTS_UNAVAILABLE'

/** How HTTP tells that the same may be tried again, also to proxies and clients that read no answer. Sockets are told the error alone. */
export const tryAgain = (status: 429 | 503, afterSeconds: number) => ({
  status,
  headers: { 'Retry-After': `${afterSeconds}` },
})

/** An outage over HTTP. */
export const unavailable = tryAgain(503, 1)
const httpOf: Partial<Record<FaultCode, typeof unavailable>> = {
  LEDGER_UNAVAILABLE: unavailable,
  OVERLOADED: unavailable,
}

/** The request itself can't be served, as opposed to a refusal, which is data. `message` says what to do next. */
export class RequestFault extends GraphQLError {
  constructor(code: FaultCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    const http = httpOf[code]
    super(message, { extensions: { ...(http === undefined ? {} : { http }), ...facts, code } })
  }
}
