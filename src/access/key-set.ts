import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose'
import type { Logger } from 'pino'
import type { Instant } from '../domain/identity.ts'

/** The key set of the identity provider can't be read. That says nothing about a token. */
export class IdentityProviderUnavailable extends Error {
  override readonly name = 'IdentityProviderUnavailable'
}

/** A key set is read again at the first token after this time. */
export const keySetGoodForMs = 30_000
/** The shortest time between two readings, also after one that failed. */
export const readAgainAfterMs = 5_000
/** The last known keys verify for so long after the last reading that succeeded. */
const lastKnownGoodForMs = 3_600_000
const keySetWithinMs = 3_000
/** Some 500 keys. */
const maxKeySetBytes = 262_144

/** The last reading succeeded; or it failed, and last known keys verify; or there are no keys that may verify. */
export type KeySetState = 'READ' | 'LAST_KNOWN' | 'UNKNOWN'

/**
 * The public keys of an identity provider, read over HTTP. A reading takes at most 3 seconds and 256 KB, and follows no
 * redirect. There is at most one in 5 seconds, whatever tokens come. While readings fail, the keys of the last one
 * verify for an hour.
 */
export class KeySet {
  readonly #remote: RemoteJWKSet
  readonly #log: Logger
  #readAt: Instant = -Infinity
  #triedAt: Instant = -Infinity
  #failure: unknown = null
  #reading: Promise<void> | null = null

  constructor(url: string, log: Logger) {
    this.#log = log
    // When to read is decided here: jose has no pause after a reading that failed, and forgets old keys at once.
    this.#remote = createRemoteJWKSet(new URL(url), {
      cacheMaxAge: Infinity,
      cooldownDuration: Infinity,
      timeoutDuration: keySetWithinMs,
      [customFetch]: fetchBounded,
    })
  }

  get state(): KeySetState {
    if (this.#failure !== null) return this.#readWithin(lastKnownGoodForMs) ? 'LAST_KNOWN' : 'UNKNOWN'
    return this.#readAt === -Infinity ? 'UNKNOWN' : 'READ'
  }

  /**
   * The key that verifies the token.
   *
   * @throws {IdentityProviderUnavailable} if no keys are known, or none of the last known keys is the token's and the
   *   provider may have newer ones; jose's errors if the keys in force have none for the token.
   */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    await this.#refresh()
    if (this.state === 'UNKNOWN') throw this.#unavailable()
    const readAt = this.#readAt
    try {
      return await this.#remote(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      // The provider may have begun to sign with a new key.
      await this.read()
      if (this.#readAt !== readAt) return this.#remote(header, token)
      throw this.#failure === null ? error : this.#unavailable()
    }
  }

  /** Reads the key set, unless it was tried within the last 5 seconds. Never rejects. */
  read(): Promise<void> {
    if (this.#reading !== null) return this.#reading
    if (Math.abs(Date.now() - this.#triedAt) < readAgainAfterMs) return Promise.resolve()
    this.#triedAt = Date.now()
    this.#reading = this.#remote.reload().then(
      () => this.#succeeded(),
      (error) => this.#failed(error),
    )
    return this.#reading
  }

  /** Waits for a reading that is due. While readings fail, tokens of known keys don't wait for the next one. */
  async #refresh(): Promise<void> {
    if (this.#readWithin(keySetGoodForMs)) return
    const reading = this.read()
    if (this.state !== 'LAST_KNOWN') await reading
  }

  #readWithin(ms: number): boolean {
    return Date.now() - this.#readAt < ms
  }

  #succeeded(): void {
    if (this.#failure !== null) this.#log.info('The key set of the identity provider can be read again')
    this.#reading = null
    this.#failure = null
    this.#readAt = Date.now()
  }

  #failed(error: unknown): void {
    if (this.#failure === null) {
      const until =
        this.state === 'UNKNOWN' ? 'Its tokens are answered with 503' : 'The last known keys verify for an hour'
      this.#log.warn(
        { err: error },
        `The key set of the identity provider could not be read: see whether AUTH_JWKS_URL answers. ${until}`,
      )
    }
    this.#reading = null
    this.#failure = error
  }

  #unavailable(): IdentityProviderUnavailable {
    const cause = this.#failure
    return new IdentityProviderUnavailable('The key set of the identity provider could not be read.', { cause })
  }
}

/** Fetches a key set of bounded size. jose passes the time limit and `redirect: 'manual'`, and refuses all but 200. */
async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options)
  const chunks: Uint8Array[] = []
  let bytes = 0
  if (response.status === 200) {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength
      if (bytes > maxKeySetBytes) throw new Error(`The key set has more than ${maxKeySetBytes} bytes`)
      chunks.push(chunk)
    }
  } else await response.body?.cancel()
  return new Response(Buffer.concat(chunks), { status: response.status })
}
