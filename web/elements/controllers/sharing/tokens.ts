import type { TokenSource } from '../../../client/index.ts'
import { hasEnded } from './identity.ts'

/** Tokens of one source: each that was fetched is used before another is fetched. */
export class Tokens {
  source: TokenSource
  #last = ''
  #unused = false

  constructor(source: TokenSource) {
    this.source = source
  }

  /** Without using it. */
  async peek(): Promise<string> {
    const token = await this.take()
    this.#unused = true
    return token
  }

  /** The one that is not used yet is none. */
  drop(): void {
    this.#unused = false
  }

  /** @throws where the source gives none, or one that has ended and was used before. */
  async take(): Promise<string> {
    if (this.#unused && !hasEnded(this.#last)) {
      this.#unused = false
      return this.#last
    }
    const given = typeof this.source === 'function' ? await this.source() : this.source
    const token = String(given ?? '').replace(/^Bearer /i, '')
    if (token === '') throw new Error('There is no token: set `token` or `token-url`')
    if (token === this.#last && hasEnded(token))
      throw new Error('The token has ended: set a new `token`, or `token-url`')
    this.#last = token
    this.#unused = false
    return token
  }
}
