import type { LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { keepNewest } from '../concurrency/bounded-map.ts'
import { maxAnswerBytes } from './endpoint.ts'
import { AddressRefused, guardedConnect } from './guarded-connect.ts'

/** An attempt: what came back, and why it does not count as delivered (null: it does). */
export type Attempt = {
  /** Null: there was no answer. */
  readonly status: number | null
  readonly latencyMs: number
  /** The beginning of the answer, at most 1 KB; null: there was none. */
  readonly answer: string | null
  readonly failure: string | null
  /** How long the receiver wants to be left alone: its `Retry-After` with 429 or 503. */
  readonly retryAfterMs?: number
}

export type Post = {
  /** Sends the body once. Never rejects; ends within 10 seconds. */
  send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempt>
  /** Attempts that are under way fail. */
  close(): void
}

export type PostOptions = {
  /** Whether private addresses, and http, are allowed. */
  readonly allowPrivate: boolean
  readonly timeLimitMs?: number
  /** Resolves names. By default name servers do, and where private addresses are allowed the system. */
  readonly lookup?: LookupFunction
}

const defaultTimeLimitMs = 10_000
/** The rest of a longer answer is not read: its connection is closed. */
const maxReadBytes = 65_536
const keepAliveMs = 4_000
const maxKeepAliveMs = 60_000
const connectionsOfHost = 256
const maxTargets = 10_000

type Target = { readonly origin: string; readonly path: string; readonly isPlain: boolean }

/** Posts to addresses that callers have chosen. A redirect is an answer like any other, and is not followed. */
export const createPost = (options: PostOptions): Post => new GuardedPost(options)

class GuardedPost implements Post {
  readonly #agent: Agent
  readonly #allowPrivate: boolean
  readonly #timeLimitMs: number
  readonly #targets = new Map<string, Target>()

  constructor({ allowPrivate, timeLimitMs = defaultTimeLimitMs, lookup }: PostOptions) {
    this.#allowPrivate = allowPrivate
    this.#timeLimitMs = timeLimitMs
    const connect = allowPrivate
      ? buildConnector({ timeout: timeLimitMs, ...(lookup && { lookup }) })
      : guardedConnect(timeLimitMs, lookup)
    this.#agent = new Agent({
      connect,
      connections: connectionsOfHost,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: maxKeepAliveMs,
      // An attempt ends by its own limit. These only end a connection that was left behind.
      headersTimeout: 2 * timeLimitMs,
      bodyTimeout: 2 * timeLimitMs,
    })
  }

  /** A kept connection may have been closed by the other side meanwhile: then another one is used, once. */
  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempt> {
    const began = performance.now()
    const first = await this.#attempt(url, headers, body, this.#timeLimitMs)
    if (!first.isStale) return first.attempt
    const left = this.#timeLimitMs - (performance.now() - began)
    const { attempt } = await this.#attempt(url, headers, body, left)
    return { ...attempt, latencyMs: Math.round(performance.now() - began) }
  }

  close(): void {
    this.#agent.destroy().catch(() => undefined)
  }

  #attempt(url: string, headers: Readonly<Record<string, string>>, body: string, maxMs: number) {
    const { promise, resolve } = Promise.withResolvers<{ readonly attempt: Attempt; readonly isStale: boolean }>()
    const began = performance.now()
    const answer = new AnswerStart()
    let status: number | null = null
    let wait: { retryAfterMs?: number } = {}
    let isOver = false
    let abort: (() => void) | null = null
    const end = (failure: string | null, isStale = false) => {
      isOver = true
      clearTimeout(timer)
      const text = status === null ? null : answer.text
      const latencyMs = Math.round(performance.now() - began)
      resolve({ attempt: { status, latencyMs, answer: text, failure, ...wait }, isStale })
    }
    const timer = setTimeout(() => {
      end(`No answer within ${this.#timeLimitMs / 1000} seconds`)
      abort?.()
    }, maxMs)
    const { origin, path, isPlain } = this.#targetOf(url)
    if (isPlain && !this.#allowPrivate) {
      end(reasonOf(new AddressRefused(origin)))
      return promise
    }
    this.#agent.dispatch(
      { origin, path, method: 'POST', headers, body },
      {
        onRequestStart(controller) {
          abort = () => controller.abort(new Error('The attempt is over'))
          // A connection may open after the limit: nobody would hear the answer.
          if (isOver) abort()
        },
        onResponseStart(_, statusCode, headers) {
          status = statusCode
          if (asksToWait.has(statusCode)) wait = retryAfterOf(headers['retry-after'])
        },
        onResponseData(_, chunk) {
          if (answer.add(chunk) <= maxReadBytes) return
          end(failureOf(status ?? 0))
          abort?.()
        },
        onResponseEnd: () => end(failureOf(status ?? 0)),
        onResponseError: (_, error) => end(reasonOf(error), status === null && isClosed(error)),
      },
    )
    return promise
  }

  /** Addresses are sent to again and again: each is parsed once. */
  #targetOf(url: string): Target {
    const known = this.#targets.get(url)
    if (known !== undefined) return known
    const { origin, pathname, search, protocol } = new URL(url)
    const target = { origin, path: `${pathname}${search}`, isPlain: protocol === 'http:' }
    this.#targets.set(url, target)
    keepNewest(this.#targets, maxTargets)
    return target
  }
}

/** The beginning of an answer. */
class AnswerStart {
  readonly #chunks: Buffer[] = []
  #kept = 0
  #read = 0

  /** How many bytes have been read so far. */
  add(chunk: Buffer): number {
    const part = chunk.subarray(0, maxAnswerBytes - this.#kept)
    this.#kept += part.length
    if (part.length > 0) this.#chunks.push(part)
    this.#read += chunk.length
    return this.#read
  }

  /** Text that PostgreSQL stores. */
  get text(): string {
    return this.#kept === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8').replaceAll('\0', '\uFFFD')
  }
}

/** Statuses whose `Retry-After` counts. */
const asksToWait: ReadonlySet<number> = new Set([429, 503])

/** Seconds, or an HTTP date. Source: RFC 9110, section 10.2.3. Empty for anything else. */
export function retryAfterOf(header: string | string[] | undefined, now = Date.now()): { retryAfterMs?: number } {
  const text = `${header ?? ''}`.trim()
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : / GMT$/.test(text) ? Date.parse(text) - now : Number.NaN
  return ms > 0 ? { retryAfterMs: ms } : {}
}

const isDelivered = (status: number) => status >= 200 && status < 300

function failureOf(status: number): string | null {
  if (isDelivered(status)) return null
  return status >= 300 && status < 400 ? `Status ${status}: redirects are not followed` : `Status ${status}`
}

const closedEarly = 'The connection was closed without an answer'
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused',
  ECONNRESET: closedEarly,
  UND_ERR_SOCKET: closedEarly,
  EPIPE: closedEarly,
  ENOTFOUND: 'The name has no address',
  EAI_AGAIN: 'The name could not be resolved',
  EHOSTUNREACH: 'The host can not be reached',
  ENETUNREACH: 'The network can not be reached',
  UND_ERR_CONNECT_TIMEOUT: 'No connection within 10 seconds',
}

const codeOf = (error: Error): string => `${(error as NodeJS.ErrnoException).code ?? ''}`
const isClosed = (error: Error): boolean => reasons[codeOf(error)] === closedEarly

/** For people. Which address a name resolves to inside the gateway's network is not told. */
function reasonOf(error: Error): string {
  if (error instanceof AddressRefused) return 'The address is not public: nothing was sent'
  const code = codeOf(error)
  return reasons[code] ?? (code === '' ? 'The connection failed' : `The connection failed: ${code}`)
}
