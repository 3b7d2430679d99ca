import type { Delivery } from './deliveries.ts'
import type { WebhookFault } from './faults.ts'
import type { Answer } from './send.ts'
import { Sender, type SenderParts } from './sender.ts'

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

/** Delivers one event after another, in order of creation. A failed delivery is retried, while others continue. */
export function startDeliverer(parts: SenderParts): Deliverer {
  const sender = new Sender(parts)
  const running = sender.run()
  return {
    deliverTo: (url) => sender.deliverTo(url),
    hold: () => sender.hold(),
    release: (how) => sender.release(how),
    fault: sender.faults.add,
    clearFaults: sender.faults.clear,
    redeliver: (event) => sender.send(event),
    deliveries: parts.deliveries.all,
    idle: () => sender.idle(),
    wake: () => sender.wake(),
    async close() {
      sender.stop()
      await running
      parts.lease.release()
    },
  }
}
