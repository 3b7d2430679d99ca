import { CreditsClientError, messageOf } from './errors.ts'

/** A token, or what gives one that is valid now; it is asked at each connection and when the gateway refuses the last. */
export type TokenSource = string | (() => string | Promise<string>)

/** The caller's token. Whoever asks while it is being fetched gets the same. */
export class Token {
  readonly #source: TokenSource
  #last: string | null = null
  #asking: Promise<string> | null = null

  constructor(source: TokenSource) {
    this.#source = source
  }

  /** Whether another one can be had. */
  get renewable(): boolean {
    return typeof this.#source === 'function'
  }

  /** The token as the header `authorization`. Rejects with TOKEN_UNAVAILABLE. */
  fresh(): Promise<string> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** The last one, if there is one. */
  async present(): Promise<string> {
    return this.#last ?? this.fresh()
  }

  async #ask(): Promise<string> {
    try {
      const token = typeof this.#source === 'function' ? await this.#source() : this.#source
      if (typeof token !== 'string' || token === '') throw new Error('It gave no text')
      this.#last = `Bearer ${token.replace(/^Bearer /i, '')}`
      return this.#last
    } catch (error) {
      throw new CreditsClientError('TOKEN_UNAVAILABLE', `\`token\` failed: ${messageOf(error)}`, {}, error)
    }
  }
}
