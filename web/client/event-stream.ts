import { createClient, NetworkError } from 'graphql-sse'
import { type AnswerError, messageOf } from './errors.ts'
import type { Answer, Ending, Transport } from './session.ts'
import { type Timing, timing } from './timing.ts'

export type Fetch = typeof globalThis.fetch

/**
 * Sessions over GraphQL over SSE, a request for each operation ("distinct connections mode"), for places that let no
 * WebSocket through. A gateway that is not heard of is noticed within 25 seconds.
 */
export const overEventStream =
  (url: string, fetchFn: Fetch, times: Timing = timing): Transport =>
  (authorization, events) => {
    let connected = false
    let over = false
    const finish = (ending: Ending | null) => {
      if (over) return
      over = true
      client.dispose()
      if (ending !== null) events.ended(ending, connected)
    }

    const silent = (heardAt: number) =>
      finish({ why: 'lost', code: 'CONNECTION_LOST', message: 'The gateway does not answer', heardAt })
    const client = createClient({
      url,
      headers: { authorization },
      retryAttempts: 0,
      fetchFn: (address: string, request: RequestInit) => audible(fetchFn, address, request, { ...times, silent }),
    })

    return {
      subscribe(payload, sink) {
        let wanted = true
        const isOver = () => over || !wanted
        const stop = client.subscribe(
          payload,
          {
            next: (answer) => isOver() || sink.next(answer as Answer),
            error: (error) => {
              if (isOver()) return
              refusalOf(error).then((refusal) => {
                if (isOver()) return
                if ('errors' in refusal) sink.ended(refusal.errors)
                else finish(refusal)
              })
            },
            complete: () => isOver() || sink.ended([]),
          },
          {
            connected: () => {
              if (isOver()) return
              if (!connected) events.connected()
              connected = true
              sink.started()
            },
          },
        )
        return () => {
          wanted = false
          stop()
        }
      },
      // Its silence is short already, and nothing can be sent over it.
      probe: () => undefined,
      end: () => finish(null),
    }
  }

type Listening = Pick<Timing, 'openWithinMs' | 'silentAfterMs'> & { silent(heardAt: number): void }

/** A fetch whose answer is listened to: silence is told, once, and ends it. */
async function audible(
  fetchFn: Fetch,
  url: string,
  request: RequestInit,
  { openWithinMs, silentAfterMs, silent }: Listening,
): Promise<Response> {
  const hearing = new AbortController()
  let heardAt = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const listen = (forMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      silent(heardAt)
      hearing.abort()
    }, forMs)
  }
  const { signal } = request
  signal?.addEventListener('abort', () => {
    clearTimeout(timer)
    hearing.abort()
  })
  listen(openWithinMs)
  try {
    const response = await fetchFn(url, { ...request, signal: hearing.signal })
    if (response.body === null || !response.ok) {
      clearTimeout(timer)
      return response
    }
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      start: () => listen(silentAfterMs),
      transform(chunk, controller) {
        heardAt = Date.now()
        listen(silentAfterMs)
        controller.enqueue(chunk)
      },
      flush: () => clearTimeout(timer),
    })
    return new Response(response.body.pipeThrough(heard), response)
  } catch (error) {
    clearTimeout(timer)
    throw error
  }
}

type Refusal = Ending | { readonly errors: readonly AnswerError[] }

/** The meaning of a request that did not become a stream: for its operation alone, or for all. */
async function refusalOf(error: unknown): Promise<Refusal> {
  const heardAt = Date.now()
  const response = error instanceof NetworkError ? (error.response as Response | undefined) : undefined
  if (response === undefined) return { why: 'lost', code: 'CONNECTION_LOST', message: messageOf(error), heardAt }
  const { status } = response
  const errors = await errorsIn(response)
  const message = errors[0]?.message ?? `The gateway answered with ${status} ${response.statusText}`
  if (status === 401) return { why: 'token', code: 'UNAUTHENTICATED', message, heardAt }
  if (status === 403) return { why: 'refused', code: 'FORBIDDEN', message, heardAt }
  if (status === 404) {
    return {
      why: 'refused',
      code: 'PROTOCOL',
      message: `There is no gateway at ${response.url}: look at \`url\``,
      heardAt,
    }
  }
  if (status === 429 || status === 503) {
    const retryAfterMs = secondsOf(response.headers.get('retry-after')) * 1_000
    return { why: 'overload', code: 'TRY_AGAIN_LATER', message, heardAt, retryAfterMs }
  }
  if (status < 500) return { errors: errors.length > 0 ? errors : [{ message }] }
  return { why: 'lost', code: 'CONNECTION_LOST', message, heardAt }
}

async function errorsIn(response: Response): Promise<readonly AnswerError[]> {
  try {
    const { errors } = (await response.json()) as Answer
    return errors ?? []
  } catch {
    return []
  }
}

const secondsOf = (header: string | null): number => {
  const seconds = Number(header)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}
