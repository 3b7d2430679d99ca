import type Stripe from 'stripe'
import type { Log } from '../log.ts'
import type { Clock } from '../store/clock.ts'
import type { Objects } from '../store/objects.ts'
import type { Deliveries, Waiting } from './deliveries.ts'
import { type WebhookFaults, webhookFaults } from './faults.ts'
import type { Lease } from './lease.ts'
import { type Answer, sendEvent } from './send.ts'

/** Another process may have written an event. */
const lookAgainMs = 200

export type SenderParts = {
  readonly objects: Objects
  readonly deliveries: Deliveries
  readonly clock: Clock
  readonly lease: Lease
  readonly secret: string
  readonly log: Log
}

/** Sends what is due, one event at a time, until it is stopped. */
export class Sender {
  readonly faults: WebhookFaults = webhookFaults()
  readonly #parts: SenderParts
  readonly #stop = new AbortController()
  #url: string | null = null
  #holding = false
  /** Events that go before all others. */
  #ahead: string[] = []
  #sending = 0
  #wakeUp = () => {}
  #idlers: (() => void)[] = []

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  async run(): Promise<void> {
    const { lease, log } = this.#parts
    while (!this.#stop.signal.aborted) {
      try {
        const due = this.#url === null || this.#holding || !lease.hold() ? undefined : this.#next()
        if (due === undefined) await this.#pause(this.#untilNext())
        else await this.#deliver(due)
      } catch (error) {
        log(error)
        await this.#pause(lookAgainMs)
      }
    }
  }

  deliverTo(url: string): void {
    this.#url = url
    this.wake()
  }

  hold(): void {
    this.#holding = true
  }

  release({ reverse = false }: { readonly reverse?: boolean } = {}): void {
    this.#holding = false
    if (reverse) {
      const waiting = this.#parts.deliveries.waiting().map(({ event }) => event)
      this.#ahead = waiting.reverse()
    }
    this.wake()
  }

  async send(event: string): Promise<Answer> {
    const { objects, deliveries, clock, secret } = this.#parts
    const stored = objects.get('event', event)
    if (stored === undefined) throw new Error(`No such event: ${event}`)
    if (this.#url === null) throw new Error('There is no webhook address yet: call deliverTo(url) first')
    this.#sending++
    try {
      const answer = await sendEvent(this.#url, secret, pending(stored), this.#stop.signal)
      if (!this.#stop.signal.aborted) deliveries.tried(event, { atMs: clock.nowMs(), ...answer })
      return answer
    } finally {
      this.#sending--
      this.#settle()
    }
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idlers.push(resolve)
      this.wake()
      this.#settle()
    })
  }

  wake(): void {
    this.#wakeUp()
  }

  stop(): void {
    this.#stop.abort()
    this.wake()
  }

  #next(): Waiting | undefined {
    const { deliveries, clock } = this.#parts
    const [first] = this.#ahead
    if (first === undefined) return deliveries.due(clock.nowMs())
    this.#ahead = this.#ahead.slice(1)
    return deliveries.waiting().find(({ event }) => event === first) ?? this.#next()
  }

  async #deliver({ event, type, attempts }: Waiting): Promise<void> {
    const { deliveries, clock } = this.#parts
    const fault = attempts === 0 ? this.faults.take(type) : undefined
    if (fault?.do === 'drop') return deliveries.drop(event)
    if (fault?.do === 'delay') return deliveries.postpone(event, clock.nowMs() + fault.ms)
    await this.send(event)
    if (fault?.do === 'duplicate' && !this.#stop.signal.aborted) await this.send(event)
  }

  /** Resolves those who wait for idleness, where it has come. */
  #settle(): void {
    const waits = this.#url !== null && !this.#holding && this.#parts.deliveries.nextDueMs() !== undefined
    if (this.#sending > 0 || waits) return
    const resolved = this.#idlers
    this.#idlers = []
    for (const resolve of resolved) resolve()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      this.#wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #untilNext(): number {
    this.#settle()
    const { deliveries, clock } = this.#parts
    const left = (deliveries.nextDueMs() ?? Number.POSITIVE_INFINITY) - clock.nowMs()
    return left > 0 && this.#url !== null ? Math.min(left, lookAgainMs) : lookAgainMs
  }
}

const pending = (event: Stripe.EventBase): Stripe.EventBase => ({ ...event, pending_webhooks: 1 })
