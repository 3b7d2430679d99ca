import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { CreditsClientError, isTemporary } from '../client/errors.ts'
import type { Fetch } from '../client/event-stream.ts'
import { type Document, request } from '../client/request.ts'
import { Token, type TokenSource } from '../client/token.ts'
import { waitBefore } from '../client/waiting.ts'

export type CallerOptions = {
  /** The gateway's `/graphql`: `https://credits.example.com/graphql`. */
  url: string
  /** A token or an API key (`cg_…`), or a function that gives one; it is called again when the gateway refuses the last. */
  token: TokenSource
  /** The most that one call may take, with all its retries, in milliseconds. Default: 30,000. */
  timeoutMs?: number
  /** Default: the platform's own. */
  fetch?: Fetch
}

/** An input whose key may be left out: a call then makes one, for all its attempts. */
export type Keyed<Input> = Omit<Input, 'idempotencyKey'> & { readonly idempotencyKey?: string }

/** An attempt that is not answered by then counts as lost. The gateway answers a request within some 5 seconds, or refuses it. */
const attemptMs = 10_000
const maxRetryAfterMs = 60_000

/** The failed attempts by how long the gateway wants to be left alone. */
const pauses = new WeakMap<object, number>()

/** Sends operations over HTTP as one caller. */
export class Caller {
  readonly #http: string
  readonly #token: Token
  readonly #fetch: Fetch
  readonly #timeoutMs: number

  /** @throws {TypeError} where `url` is none. */
  constructor({ url, token, timeoutMs = 30_000, fetch = globalThis.fetch }: CallerOptions) {
    const { protocol, href } = new URL(url)
    if (protocol !== 'https:' && protocol !== 'http:') {
      throw new TypeError(`\`url\` must begin with https:// or http://, and is ${url}`)
    }
    this.#http = href
    this.#token = new Token(token)
    this.#fetch = fetch
    this.#timeoutMs = timeoutMs
  }

  /**
   * One attempt of one operation, without a retry.
   *
   * @throws {CreditsClientError} CONNECTION_LOST where nobody knows whether it was served.
   */
  async once<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    withinMs: number = attemptMs,
  ): Promise<Result> {
    let retryAfterMs = 0
    const fetchFn: Fetch = async (input, init) => {
      const response = await this.#fetch(input, init)
      retryAfterMs = Math.min(Number(response.headers.get('retry-after')) * 1000 || 0, maxRetryAfterMs)
      return response
    }
    const signal = AbortSignal.timeout(Math.ceil(Math.max(Math.min(withinMs, attemptMs), 0)))
    try {
      const line = { http: this.#http, token: this.#token, fetchFn }
      return (await request(line, String(document), variables, { signal })) as Result
    } catch (thrown) {
      const error = signal.aborted
        ? new CreditsClientError('CONNECTION_LOST', 'The gateway did not answer in time')
        : thrown
      if (error instanceof CreditsClientError) pauses.set(error, retryAfterMs)
      throw error
    }
  }

  /**
   * One mutation. Each attempt has the same key, so it has its effect once. A refusal of business is a result; lost connections and
   * temporary refusals (429, 503, by their `Retry-After`) are retried until `timeoutMs` is over.
   *
   * @throws {CreditsClientError} OUTCOME_UNKNOWN when the time is over: `details.idempotencyKey` is the key, and the same call with it
   * tells the outcome. Any other code is a fault of the request: nothing was done.
   */
  async mutate<Input extends { idempotencyKey: string; reference?: unknown }, Result>(
    document: Document<{ readonly result: Result }, { input: Input }>,
    given: Keyed<NoInfer<Input>>,
  ): Promise<Result> {
    const input = { ...given, idempotencyKey: given.idempotencyKey ?? randomUUID() } as Input
    const { result } = await this.#retried(document, { input }, (error) => outcomeUnknown(input, error))
    return result
  }

  /**
   * One query, retried in the same way.
   *
   * @throws {CreditsClientError} the last failure when `timeoutMs` is over.
   */
  async read<Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<Result> {
    return this.#retried(document, variables, (error) => error)
  }

  async #retried<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    overtime: (error: unknown) => unknown,
  ): Promise<Result> {
    const until = performance.now() + this.#timeoutMs
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.once(document, variables, until - performance.now())
      } catch (error) {
        const pauseMs = pauseAfter(error, attempt)
        if (pauseMs === null) throw error
        if (performance.now() + pauseMs >= until) throw overtime(error)
        await delay(pauseMs)
      }
    }
  }
}

const passing = new Set(['CONNECTION_LOST', 'TOKEN_UNAVAILABLE', 'IDENTITY_PROVIDER_UNAVAILABLE'])

/** The pause before attempt `attempt + 1`, in milliseconds; null: another attempt would fail in the same way. */
export function pauseAfter(error: unknown, attempt: number): number | null {
  if (!(error instanceof CreditsClientError)) return null
  if (!isTemporary(error) && !passing.has(error.code)) return null
  return pauseOf(error, attempt)
}

/** The pause after any failure: it grows with each, differs between processes, and follows `Retry-After`. */
export function pauseOf(error: unknown, attempt: number): number {
  const retryAfterMs = typeof error === 'object' && error !== null ? pauses.get(error) : 0
  return waitBefore({ why: 'lost', code: '', message: '', heardAt: 0, retryAfterMs }, attempt, Math.random())
}

type Named = { readonly idempotencyKey: string; readonly reference?: unknown }

function outcomeUnknown({ idempotencyKey, reference }: Named, cause: unknown): CreditsClientError {
  const receipt = reference == null ? '' : `, or read \`team { receipt(reference: "${reference}") }\``
  const message =
    `The gateway did not answer in time, so nobody knows whether it acted. ` +
    `Make the same call with the idempotencyKey ${idempotencyKey}: it acts once, and tells the outcome${receipt}`
  return new CreditsClientError('OUTCOME_UNKNOWN', message, { idempotencyKey, reference }, cause)
}
