const lostStates = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04'])

const lostSystemCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
])

// pg gives these no code.
const lostMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout)/

/**
 * Whether the connection was lost or couldn't be made, so that what was asked may or may not have happened. Looks
 * through wrapped errors (`cause`, `errors`). Source: PostgreSQL 18, appendix A (class 08, 57P0x, 25P03, 25P04).
 */
export function isConnectionLost(error: unknown): boolean {
  return anyOf(error, (one) => {
    const code = codeOf(one)
    if (code !== undefined && (isState(code, '08') || lostStates.has(code) || lostSystemCodes.has(code))) return true
    return lostMessages.test(one.message)
  })
}

/** Whether a row with the same key exists already (23505). */
export function isUniqueViolation(error: unknown): boolean {
  return anyOf(error, (one) => codeOf(one) === '23505')
}

/** Whether the database undid the transaction and asks for the same again: serialization failure or deadlock. */
export function isRetryable(error: unknown): boolean {
  return anyOf(error, (one) => codeOf(one) === '40001' || codeOf(one) === '40P01')
}

/** The SQLSTATE or system code of an error, if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function isState(code: string, category: string): boolean {
  return code.length === 5 && code.startsWith(category)
}

function anyOf(error: unknown, matches: (one: Error) => boolean, depth = 0): boolean {
  // A cause that refers back to its wrapper must not hang the process.
  if (!(error instanceof Error) || depth > 8) return false
  if (matches(error)) return true
  const inner = error instanceof AggregateError ? [error.cause, ...error.errors] : [error.cause]
  return inner.some((one) => anyOf(one, matches, depth + 1))
}
