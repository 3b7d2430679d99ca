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

/** The request itself can't be served, as opposed to a refusal, which is data. `message` says what to do next. */
export class RequestFault extends GraphQLError {
  constructor(code: FaultCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { ...facts, code } })
  }
}
