import type Stripe from 'stripe'
import type { Log } from '../log.ts'
import type { Clock } from '../store/clock.ts'
import type { Objects } from '../store/objects.ts'
import type { Deliveries, Delivery, Waiting } from './deliveries.ts'
import { type WebhookFault, type WebhookFaults, webhookFaults } from './faults.ts'
import type { Lease } from './lease.ts'
import { type Answer, sendEvent } from './send.ts'

/** Another process may have written an event. */
const lookAgainMs = 200

export type Webhooks = {
  /** Delivers to this address from now on; waiting events go first. Without an address everything waits. */
  deliverTo(url: string): void
  /** Nothing is delivered until `release`. */
  hold(): void
  /** Continues with the held events, the newest first if `reverse`. */
  release(how?: { readonly reverse?: boolean }): void
  /** Sets a fault for the next deliveries. */
  fault(fault: WebhookFault): void
  clearFaults(): void
  /** Sends the event once now, held or not, whatever happened to it before. Resolves to the answer. */
  redeliver(event: string): Promise<Answer>
  /** Every event's delivery with its attempts, oldest first. */
  deliveries(): Delivery[]
  /** Resolves when no answer is awaited, and only events wait that are held or have no address. */
  idle(): Promise<void>
}

export type Deliverer = Webhooks & {
  /** Checks for due deliveries. */
  wake(): void
  close(): Promise<void>
}

export type DelivererParts = {
  readonly objects: Objects
  readonly deliveries: Deliveries
  readonly clock: Clock
  readonly lease: Lease
  readonly secret: string
  readonly log: Log
}

/** Delivers one event after another, in order of creation. A failed delivery is retried, while others continue. */
export function startDeliverer({ objects, deliveries, clock, lease, secret, log }: DelivererParts): Deliverer {
  const faults: WebhookFaults = webhookFaults()
  const stop = new AbortController()
  let url: string | null = null
  let holding = false
  let ahead: string[] = []
  let sending = 0
  let wakeUp = () => {}
  let idlers: (() => void)[] = []

  const send = async (event: string): Promise<Answer> => {
    const stored = objects.get('event', event)
    if (stored === undefined) throw new Error(`No such event: ${event}`)
    if (url === null) throw new Error('There is no webhook address yet: call deliverTo(url) first')
    sending++
    try {
      const answer = await sendEvent(url, secret, pending(stored), stop.signal)
      if (!stop.signal.aborted) deliveries.tried(event, { atMs: clock.nowMs(), ...answer })
      return answer
    } finally {
      sending--
      settle()
    }
  }
  const next = (): Waiting | undefined => {
    const [first] = ahead
    if (first === undefined) return deliveries.due(clock.nowMs())
    ahead = ahead.slice(1)
    return deliveries.waiting().find(({ event }) => event === first) ?? next()
  }
  const deliver = async ({ event, type, attempts }: Waiting): Promise<void> => {
    const fault = attempts === 0 ? faults.take(type) : undefined
    if (fault?.do === 'drop') return deliveries.drop(event)
    if (fault?.do === 'delay') return deliveries.postpone(event, clock.nowMs() + fault.ms)
    await send(event)
    if (fault?.do === 'duplicate' && !stop.signal.aborted) await send(event)
  }
  const settle = () => {
    const waits = url !== null && !holding && deliveries.nextDueMs() !== undefined
    if (sending > 0 || waits) return
    const resolved = idlers
    idlers = []
    for (const resolve of resolved) resolve()
  }
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        const due = url === null || holding || !lease.hold() ? undefined : next()
        if (due === undefined) await pause(untilNext())
        else await deliver(due)
      } catch (error) {
        log(error)
        await pause(lookAgainMs)
      }
    }
  }
  const untilNext = (): number => {
    settle()
    const left = (deliveries.nextDueMs() ?? Number.POSITIVE_INFINITY) - clock.nowMs()
    return left > 0 && url !== null ? Math.min(left, lookAgainMs) : lookAgainMs
  }
  const running = run()

  return {
    deliverTo(address) {
      url = address
      wakeUp()
    },
    hold: () => {
      holding = true
    },
    release({ reverse = false } = {}) {
      holding = false
      if (reverse)
        ahead = deliveries
          .waiting()
          .map(({ event }) => event)
          .reverse()
      wakeUp()
    },
    fault: faults.add,
    clearFaults: faults.clear,
    redeliver: send,
    deliveries: deliveries.all,
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve)
        wakeUp()
        settle()
      }),
    wake: () => wakeUp(),
    async close() {
      stop.abort()
      wakeUp()
      await running
      lease.release()
    },
  }
}

const pending = (event: Stripe.EventBase): Stripe.EventBase => ({ ...event, pending_webhooks: 1 })
