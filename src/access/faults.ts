import { GraphQLError } from 'graphql'

export type FaultCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'LEDGER_UNAVAILABLE'
  | 'OVERLOADED'
  | 'READING_TOO_LONG'
  | 'RATE_LIMITED'
  | 'PAYMENTS_UNAVAILABLE'

/**
 * The HTTP answer which says that the same request may be retried, also to proxies and clients that do not read the
 * body. Sockets get the error only.
 */
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

/** A value of the input can't be used. `at` leads to it from the arguments on, or from the fields of `input`. */
export class InputFault extends RequestFault {
  readonly at: readonly string[]
  readonly reason: string

  /** `reason`: what is wrong and what to do, without a full stop. */
  constructor(at: readonly string[], reason: string) {
    super('BAD_USER_INPUT', `${at.join('.')}: ${reason}.`, { reason: 'INVALID_INPUT', path: at })
    this.at = at
    this.reason = reason
  }
}

/** The role of the caller, or the kind of its credential, does not suffice. */
export class Forbidden extends RequestFault {
  readonly reason: string

  /** `reason`: what is needed, without a full stop. */
  constructor(reason: string) {
    super('FORBIDDEN', `This is not allowed: ${reason}.`)
    this.reason = reason
  }
}

/** No team has the id, or it is none of the caller's. */
export class UnknownTeam extends RequestFault {
  constructor() {
    super('NOT_FOUND', 'There is no such team. Check the id.')
  }
}
