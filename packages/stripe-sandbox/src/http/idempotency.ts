import { Failure } from '../api/failure.ts'
import type { Database } from '../store/database.ts'

const keptSeconds = 24 * 3600
const maxKeyLength = 255

export type Kept = { readonly status: number; readonly body: string; readonly request: string }

/** The answers that are kept by idempotency key for 24 hours of the sandbox's clock. */
export type IdempotencyKeys = {
  /**
   * The kept answer to this very request, if there is one. Throws where the key was used for another request.
   *
   * `fingerprint` is the same for the same method, path and parameters.
   */
  replay(key: string, fingerprint: string, now: number): Kept | undefined
  keep(key: string, fingerprint: string, kept: Kept, now: number): void
  /** Takes the key for the time of a request; throws where another request has it. */
  lock(key: string): () => void
}

export function openIdempotencyKeys({ sql }: Database): IdempotencyKeys {
  const read = sql.prepare('SELECT fingerprint, status, body, request FROM idempotency_key WHERE key = ?')
  const forget = sql.prepare('DELETE FROM idempotency_key WHERE created <= ?')
  const write = sql.prepare('INSERT INTO idempotency_key VALUES (?, ?, ?, ?, ?, ?)')
  const locked = new Set<string>()
  return {
    replay(key, fingerprint, now) {
      forget.run(now - keptSeconds)
      const row = read.get(key)
      if (row === undefined) return undefined
      if (row.fingerprint !== fingerprint) throw otherRequest(key, fingerprint, String(row.fingerprint))
      return { status: Number(row.status), body: String(row.body), request: String(row.request) }
    },
    keep: (key, fingerprint, { status, body, request }, now) =>
      void write.run(key, fingerprint, status, body, request, now),
    lock(key) {
      if (key.length > maxKeyLength) throw refused(400, `Idempotency keys can have up to ${maxKeyLength} characters.`)
      if (locked.has(key)) {
        const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`
        throw refused(409, message, 'idempotency_key_in_use')
      }
      locked.add(key)
      return () => void locked.delete(key)
    },
  }
}

function otherRequest(key: string, fingerprint: string, kept: string): Failure {
  const endpoint = (text: string) => text.split('\n')[0]
  const what =
    endpoint(fingerprint) === endpoint(kept) ? 'the same parameters' : `the same endpoint (${endpoint(kept)})`
  return refused(
    400,
    `Keys for idempotent requests can only be used with ${what} they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  )
}

const refused = (status: number, message: string, code?: string) =>
  new Failure(status, { type: 'idempotency_error', message, ...(code === undefined ? {} : { code }) }, 'not-begun')
