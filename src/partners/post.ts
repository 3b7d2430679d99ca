import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { metadataAddresses } from './address-rules.ts'
import { maxAnswerBytes } from './endpoint.ts'

/** An attempt: what came back, and why it does not count as delivered (null: it does). */
export type Attempt = {
  /** Null: there was no answer. */
  readonly status: number | null
  readonly latencyMs: number
  /** The beginning of the answer, at most 1 KB; null: there was none. */
  readonly answer: string | null
  readonly failure: string | null
}

export type Post = {
  /** Sends the body once. Never rejects; ends within 10 seconds. */
  send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempt>
  close(): void
}

export type PostOptions = {
  /** Whether private addresses are allowed. */
  readonly allowPrivate: boolean
  readonly timeLimitMs?: number
  /** Resolves names; by default the system does. */
  readonly lookup?: LookupFunction
}

export const timeLimitMs = 10_000
/** The rest of a longer answer is not read: its connection is closed. */
const maxReadBytes = 65_536
/** Idle connections are kept for the next event, but not many to one host. */
const maxIdleSockets = 16

/**
 * Posts to addresses that callers have chosen. A name is resolved for each connection, and the addresses that it
 * resolves to are checked before one of them is connected to, so a name that changes its address in between wins
 * nothing. A redirect is an answer like any other, and is not followed.
 */
export function createPost({ allowPrivate, timeLimitMs: limitMs = timeLimitMs, lookup }: PostOptions): Post {
  const filter = {
    keepAlive: true,
    maxFreeSockets: maxIdleSockets,
    allowPrivateIPAddress: allowPrivate,
    allowMetaIPAddress: allowPrivate,
    denyIPAddressList: allowPrivate ? [] : [...metadataAddresses],
  }
  const agents = { http: new RequestFilteringHttpAgent(filter), https: new RequestFilteringHttpsAgent(filter) }

  /** One request. A kept connection may have been closed by the other side meanwhile: then another one is used, once. */
  async function send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempt> {
    const began = performance.now()
    const first = await attempt(url, headers, body, limitMs)
    const { isStale, ...told } = first
    if (!isStale) return told
    const { isStale: _, ...second } = await attempt(url, headers, body, limitMs - (performance.now() - began))
    return { ...second, latencyMs: Math.round(performance.now() - began) }
  }

  function attempt(url: string, headers: Readonly<Record<string, string>>, body: string, maxMs: number) {
    const { promise, resolve } = Promise.withResolvers<Attempt & { readonly isStale: boolean }>()
    const began = performance.now()
    const isSecure = url.startsWith('https:')
    const options = {
      method: 'POST',
      agent: isSecure ? agents.https : agents.http,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      ...(lookup && { lookup }),
    }
    const request = isSecure ? requestHttps(url, options) : requestHttp(url, options)
    const chunks: Buffer[] = []
    let kept = 0
    let read = 0
    let status: number | null = null
    const end = (failure: string | null, isStale = false) => {
      clearTimeout(timer)
      const answer = status === null ? null : textOf(Buffer.concat(chunks))
      resolve({ status, latencyMs: Math.round(performance.now() - began), answer, failure, isStale })
    }
    const timer = setTimeout(() => {
      end(`No answer within ${limitMs / 1000} seconds`)
      request.destroy()
    }, maxMs)
    request.on('error', (error: NodeJS.ErrnoException) => {
      end(reasonOf(error), request.reusedSocket && status === null && error.code === 'ECONNRESET')
    })
    request.on('response', (response) => {
      const { statusCode = 0 } = response
      status = statusCode
      response.on('data', (chunk: Buffer) => {
        read += chunk.length
        const part = chunk.subarray(0, maxAnswerBytes - kept)
        kept += part.length
        if (part.length > 0) chunks.push(part)
        if (read <= maxReadBytes) return
        end(failureOf(statusCode))
        request.destroy()
      })
      response.on('end', () => end(failureOf(statusCode)))
      response.on('error', (error) => end(reasonOf(error)))
    })
    request.end(body)
    return promise
  }

  return {
    send,
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

const isDelivered = (status: number) => status >= 200 && status < 300

function failureOf(status: number): string | null {
  if (isDelivered(status)) return null
  return status >= 300 && status < 400 ? `Status ${status}: redirects are not followed` : `Status ${status}`
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused',
  ECONNRESET: 'The connection was closed without an answer',
  ENOTFOUND: 'The name has no address',
  EAI_AGAIN: 'The name could not be resolved',
  EHOSTUNREACH: 'The host can not be reached',
  ENETUNREACH: 'The network can not be reached',
}

/** For people. Which address a name resolves to inside the gateway's network is not told. */
function reasonOf(error: Error): string {
  if (/is not allowed\. Because,? /i.test(error.message)) return 'The address is not public: nothing was sent'
  const { code = '' } = error as NodeJS.ErrnoException
  return reasons[code] ?? (code === '' ? 'The connection failed' : `The connection failed: ${code}`)
}

/** As text that PostgreSQL stores. */
const textOf = (bytes: Buffer): string => bytes.toString('utf8').replaceAll('\0', '\uFFFD')
