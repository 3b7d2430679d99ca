import { createParser } from 'eventsource-parser'
import { Meter, type MeterOptions, metered } from './meter.ts'
import { countsOf, type TokenCounts } from './tokens.ts'

type Fetch = typeof globalThis.fetch
/** The JSON of a request to a model. */
export type OpenAiRequest = Readonly<Record<string, unknown>>

/** Paths whose answers have tokens; anything else is passed on as it is. */
const metersPath = /\/(chat\/completions|completions|responses|embeddings)$/

/**
 * A `fetch` for an OpenAI-compatible endpoint that records the tokens of each answer, as `new OpenAI({ fetch })` takes it: chat completions,
 * completions, responses and embeddings, whole and streamed. An answer is complete when the outbox has its tokens. A status other than 2xx is not charged.
 *
 * `cached_tokens` are a part of the input, and `reasoning_tokens` a part of the output: no token is charged twice. A stream of chat completions has its tokens
 * only with `stream_options: { include_usage: true }`; without it the estimate is charged.
 */
export function meterOpenAi(options: MeterOptions<OpenAiRequest>, fetchFn: Fetch = globalThis.fetch): Fetch {
  return async (input, init) => {
    const asked = await askedOf(input, init)
    const response = await fetchFn(input, init)
    if (asked === null || !response.ok) return response
    const meter = new Meter(options, { model: String(asked.model ?? ''), request: asked })
    if (response.headers.get('content-type')?.includes('text/event-stream') !== true) return whole(response, meter)
    return response.body === null ? response : copyOf(response, meteredEvents(response.body, meter))
  }
}

async function whole(response: Response, meter: Meter<OpenAiRequest>): Promise<Response> {
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    await meter.record(null, 'ABORTED')
    throw error
  }
  await meter.record(countsIn(parsed(text)))
  return copyOf(response, text)
}

/** The bytes go to the reader as they came; a parser reads along. */
function meteredEvents(body: ReadableStream<Uint8Array>, meter: Meter<OpenAiRequest>): ReadableStream<Uint8Array> {
  let counts: TokenCounts | null = null
  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent: ({ data }) => {
      counts = countsIn(parsed(data)) ?? counts
    },
  })
  const seen = (bytes: Uint8Array) => parser.feed(decoder.decode(bytes, { stream: true }))
  return metered(body, seen, () => counts, meter)
}

/** A decoded body has neither the length nor the coding of the one that came. */
function copyOf({ status, statusText, headers }: Response, body: BodyInit): Response {
  const copied = new Headers(headers)
  for (const name of ['content-length', 'content-encoding']) copied.delete(name)
  return new Response(body, { status, statusText, headers: copied })
}

/** The JSON of a request whose answer has tokens; null: the answer has none. */
async function askedOf(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): Promise<OpenAiRequest | null> {
  const given = input instanceof Request ? input : null
  const { pathname } = new URL(given?.url ?? String(input))
  if (!metersPath.test(pathname) || (init?.method ?? given?.method)?.toUpperCase() !== 'POST') return null
  const body = init?.body ?? (await given?.clone().text())
  return (typeof body === 'string' ? parsed(body) : null) ?? {}
}

/** The object that a text is; null: it is none. */
function parsed(text: string): OpenAiRequest | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? (value as OpenAiRequest | null) : null
  } catch {
    return null
  }
}

type Details = { readonly cached_tokens?: number | null; readonly reasoning_tokens?: number | null } | null
/** `prompt_tokens` … of chat completions, `input_tokens` … of responses. */
type OpenAiUsage = {
  readonly prompt_tokens?: number | null
  readonly completion_tokens?: number | null
  readonly prompt_tokens_details?: Details
  readonly completion_tokens_details?: Details
  readonly input_tokens?: number | null
  readonly output_tokens?: number | null
  readonly input_tokens_details?: Details
  readonly output_tokens_details?: Details
}
type Answer = {
  readonly usage?: OpenAiUsage | null
  readonly response?: { readonly usage?: OpenAiUsage | null } | null
}

/** The tokens of an answer, of a chunk, or of an event that has the whole response; null: it names none. */
export function countsIn(answer: Answer | null): TokenCounts | null {
  const usage = answer?.usage ?? answer?.response?.usage
  if (usage == null) return null
  return countsOf(
    usage.prompt_tokens ?? usage.input_tokens,
    usage.completion_tokens ?? usage.output_tokens,
    (usage.prompt_tokens_details ?? usage.input_tokens_details)?.cached_tokens,
    (usage.completion_tokens_details ?? usage.output_tokens_details)?.reasoning_tokens,
  )
}
