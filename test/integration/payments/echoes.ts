import { setImmediate as nextTurn } from 'node:timers/promises'
import { Stripe } from 'stripe'
import type { Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { closedGate, type Gate, openGate } from './gate.ts'

/** An answer of Stripe that was stored. */
type Answer = { readonly status: number; readonly body: string }

/** A purchase whose story was run once, with real calls to Stripe's stand-in. */
export type Original = { readonly team: string; readonly tag: string }

/** The same story as if it had been another purchase's: `tag` is that purchase's. */
export type Echo = {
  readonly number: number
  readonly original: Original
  readonly team: string
  readonly tag: string
  /** Opens when the first call that creates something arrives, before it is answered or lost. */
  readonly asked: Gate
  /**
   * The treatment of calls that create the payment: they are lost with their answers, or answered when the gate opens.
   * A refund is always answered.
   */
  making: 'cut' | Gate
}

const id = /([a-z_]+_[A-Za-z0-9]{24})(?![A-Za-z0-9])/g
const echoed = /([a-z_]+_[A-Za-z0-9]{24})x(\d+)x/g

/**
 * Lets one story stand for many purchases: every id and name in it is replaced, so that each echo has a payment of its
 * own at Stripe. Calls that create something get the stored answer. The first reading of a path goes to the sandbox, and
 * its answer is every other echo's, too: when a story is told again, nothing of it changes there any more.
 */
export function openEchoes({ url, secretKey }: Pick<Sandbox, 'url' | 'secretKey'>) {
  const made = new Map<string, Answer>()
  const readings = new Map<string, Promise<Answer>>()
  const echoes: Echo[] = []
  const byTag = new Map<string, Echo>()
  const renamed = new Map<string, Renamed>()
  const events = new WeakMap<Stripe.Event, Renamed>()

  const stripe = (httpClient: Stripe.HttpClient) => {
    const { hostname, port } = new URL(url)
    return new Stripe(secretKey, {
      host: hostname,
      port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient,
    })
  }

  const keep: typeof fetch = async (input, init) => {
    // Whatever the call changes, no reading before it counts any more.
    if (init?.method !== 'GET') readings.clear()
    const response = await fetch(input, init)
    const key = keyOf(new Headers(init?.headers).get('Idempotency-Key') ?? '', `${init?.body}`)
    if (key !== '') made.set(key, { status: response.status, body: await response.clone().text() })
    return response
  }

  async function read(path: string): Promise<Answer> {
    const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${secretKey}` } })
    return { status: response.status, body: await response.text() }
  }

  const rename = (echo: Echo, body: string): string => {
    const name = `${echo.original.tag} ${body}`
    const known = renamed.get(name) ?? renamable(echo.original, body)
    renamed.set(name, known)
    return known(echo)
  }

  async function create(key: string): Promise<Answer> {
    const [tag = ''] = key.split(':')
    const own = byTag.get(tag)
    const known = own ?? echoes[numberIn(tag)]
    if (known === undefined) throw new Error(`An echo makes nothing new: ${key}`)
    own?.asked.open()
    if (own?.making === 'cut') throw new TypeError('fetch failed')
    await own?.making.opened
    const answer = made.get(key.replace(known.tag, known.original.tag).replaceAll(echoed, '$1'))
    if (answer === undefined) throw new Error(`The story has no answer for ${key}`)
    return { ...answer, body: rename(known, answer.body) }
  }

  async function reread(asked: string): Promise<Answer> {
    const known = echoes[numberIn(asked)]
    const path = asked.replaceAll(echoed, '$1')
    const reading = readings.get(path) ?? read(path)
    readings.set(path, reading)
    // An answer never arrives in the turn of its request.
    const [answer] = await Promise.all([reading, nextTurn()])
    return known === undefined ? answer : { ...answer, body: rename(known, answer.body) }
  }

  const echoing: Stripe.HttpClient = {
    getClientName: () => 'echo',
    async makeRequest(_host, _port, path, method, headers, body) {
      const isReading = method === 'GET'
      return new Echoed(await (isReading ? reread(path) : create(keyOf(`${headers['Idempotency-Key'] ?? ''}`, body))))
    },
  }

  return {
    /** Stripe's client for originals: it stores the answers. */
    living: stripe(Stripe.createFetchHttpClient(keep)),
    /** Stripe's client for echoes: it returns the stored answers. */
    echoing: stripe(echoing),
    add(given: Omit<Echo, 'number' | 'asked' | 'making'>): Echo {
      const one: Echo = { ...given, number: echoes.length, asked: closedGate(), making: openGate() }
      echoes.push(one)
      byTag.set(one.tag, one)
      return one
    },
    /** The number that the next echo gets. */
    next: () => echoes.length,
    /** An event of the original, as if it had been the echo's. */
    eventOf(echo: Echo, event: Stripe.Event): Stripe.Event {
      const known = events.get(event) ?? renamable(echo.original, JSON.stringify(event))
      events.set(event, known)
      return JSON.parse(known(echo))
    },
  }
}

class Echoed extends Stripe.HttpClientResponse {
  readonly #answer: Answer

  constructor(answer: Answer) {
    super(answer.status, { 'content-type': 'application/json' })
    this.#answer = answer
  }

  override getRawResponse() {
    return this.#answer
  }

  override async toJSON() {
    return this._parseResponseBody(this.#answer.body)
  }
}

/** The number of the echo that a text names first. */
const numberIn = (text: string): number => Number(/[a-z_]+_[A-Za-z0-9]{24}x(\d+)x/.exec(text)?.[1])

/** The key of a request. An operator's refund has one of its own; here the payment is its name. */
const keyOf = (key: string, body: string): string =>
  key.endsWith(':refund') ? `${new URLSearchParams(body).get('payment_intent')}:refund` : key

/** A text of an original as its echo has it. */
type Renamed = (echo: Pick<Echo, 'number' | 'team' | 'tag'>) => string

/** The texts that each echo replaces are found once. No text of JSON has these characters. */
function renamable({ team, tag }: Original, text: string): Renamed {
  const gaps = text.replaceAll(id, '$1x\u0001x').replaceAll(tag, '\u0002').replaceAll(`"${team}"`, '"\u0003"')
  return (echo) =>
    gaps.replaceAll('\u0001', `${echo.number}`).replaceAll('\u0002', echo.tag).replaceAll('\u0003', echo.team)
}
