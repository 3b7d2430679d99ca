import { Stripe } from 'stripe'
import type { Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { type Gate, openGate } from './gate.ts'

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
 * own at Stripe. Calls that create something get the stored answer; readings go to the sandbox.
 */
export function openEchoes({ url, secretKey }: Pick<Sandbox, 'url' | 'secretKey'>) {
  const made = new Map<string, Answer>()
  const echoes: Echo[] = []
  const byTag = new Map<string, Echo>()

  const stripe = (fetching: typeof fetch) => {
    const { hostname, port } = new URL(url)
    return new Stripe(secretKey, {
      host: hostname,
      port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: Stripe.createFetchHttpClient(fetching),
    })
  }

  const keep: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const key = keyOf(init)
    if (key !== '') made.set(key, { status: response.status, body: await response.clone().text() })
    return response
  }

  const echo: typeof fetch = async (input, init) => {
    if (init?.method === 'POST') {
      const key = keyOf(init)
      const [tag = ''] = key.split(':')
      const own = byTag.get(tag)
      const known = own ?? echoes[numberIn(tag)]
      if (known === undefined) throw new Error(`An echo makes nothing new: ${key}`)
      if (own?.making === 'cut') throw new TypeError('fetch failed')
      await own?.making.opened
      const answer = made.get(key.replace(known.tag, known.original.tag).replaceAll(echoed, '$1'))
      if (answer === undefined) throw new Error(`The story has no answer for ${key}`)
      return new Response(rename(known, answer.body), { status: answer.status, headers: json })
    }
    const asked = `${input}`
    const known = echoes[numberIn(asked)]
    const response = await fetch(asked.replaceAll(echoed, '$1'), init)
    const text = await response.text()
    return new Response(known === undefined ? text : rename(known, text), { status: response.status, headers: json })
  }

  return {
    /** Stripe's client for originals: it stores the answers. */
    living: stripe(keep),
    /** Stripe's client for echoes: it returns the stored answers. */
    echoing: stripe(echo),
    add(given: Omit<Echo, 'number' | 'making'>): Echo {
      const one: Echo = { ...given, number: echoes.length, making: openGate() }
      echoes.push(one)
      byTag.set(one.tag, one)
      return one
    },
    /** The number that the next echo gets. */
    next: () => echoes.length,
    rename,
  }
}

/** The number of the echo that a text names first. */
const numberIn = (text: string): number => Number([...text.matchAll(echoed)][0]?.[2])

/** The key of a request. An operator's refund has one of its own; here the payment is its name. */
function keyOf(init: RequestInit | undefined): string {
  const key = new Headers(init?.headers).get('Idempotency-Key') ?? ''
  return key.endsWith(':refund') ? `${new URLSearchParams(`${init?.body}`).get('payment_intent')}:refund` : key
}

const json = { 'Content-Type': 'application/json' }

/** A text of the original, renamed for the echo. */
function rename({ number, original, team, tag }: Omit<Echo, 'making'>, text: string): string {
  return text
    .replaceAll(id, `$1x${number}x`)
    .replaceAll(original.tag, tag)
    .replaceAll(`"${original.team}"`, `"${team}"`)
}
