/**
 * Why something did not work. `code` is the gateway's (`FORBIDDEN`, `NOT_FOUND`, …) or one of the client's own:
 * `TOKEN_UNAVAILABLE`, `CONNECTION_LOST`, `LIMIT_BROKEN`, `PROTOCOL`, `CLIENT_CLOSED`; `message` says what to do next.
 */
export class CreditsClientError extends Error {
  override readonly name = 'CreditsClientError'
  readonly code: string
  /** More facts from the gateway, such as `traceId` or `retryAfterSeconds`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.details = details
  }
}

/** An error of a GraphQL answer, as it comes over the line. */
export type AnswerError = { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }

export function errorOf(errors: readonly AnswerError[]): CreditsClientError {
  const [first] = errors
  const { code, ...details } = first?.extensions ?? {}
  return new CreditsClientError(
    typeof code === 'string' ? code : 'GRAPHQL_ERROR',
    first?.message ?? 'The gateway answered with an error that has no message',
    details,
  )
}

/** A thrown value need not be an error. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** Codes of temporary refusals: the same operation may succeed later. Source: README, Errors. */
const temporary = new Set(['OVERLOADED', 'RATE_LIMITED', 'LEDGER_UNAVAILABLE', 'INTERNAL_SERVER_ERROR'])

export const isTemporary = ({ code }: CreditsClientError): boolean => temporary.has(code)
