import type { PoolClient } from 'pg'
import { eventTypeOf } from '../domain/event-type.ts'
import { readEventAt } from '../ledger/history/account-events.ts'
import type { SentEvent } from './body.ts'
import type { Deliverer } from './deliver.ts'
import { type Delivery, testEventId } from './delivery.ts'
import { insertTestDelivery, writeAttemptOf } from './delivery-rows.ts'
import type { Endpoint } from './endpoint.ts'
import { readSendingEndpoint } from './endpoint-rows.ts'
import type { EventViews } from './event-views.ts'

export type ByHandParts = {
  readonly pool: Pick<PoolClient, 'query'>
  readonly deliverer: Deliverer
  readonly views: EventViews
}

/** A caller that sends by hand waits for the answer: a few at once for each endpoint keep nobody else from sending. */
const maxByHand = 5

/** Events that people send: out of the order, and whatever became of them before. */
export class SendingByHand {
  readonly #parts: ByHandParts
  readonly #underWay = new Map<number, number>()

  constructor(parts: ByHandParts) {
    this.#parts = parts
  }

  /** Null: the endpoint or the delivery is gone. `BUSY`: too many wait for the endpoint. `first` runs before it is sent. */
  resend(endpoint: Endpoint, delivery: Delivery, first: () => Promise<void>): Promise<Delivery | null | 'BUSY'> {
    return this.#inTurn(endpoint.id, async () => {
      await first()
      return this.#send(delivery, 1)
    })
  }

  sendTest(endpoint: Endpoint, first: () => Promise<void>): Promise<Delivery | null | 'BUSY'> {
    return this.#inTurn(endpoint.id, async () => {
      await first()
      const test = { endpointId: endpoint.id, teamId: endpoint.teamId, type: 'WEBHOOK_TEST' as const }
      const number = await insertTestDelivery(this.#parts.pool, test)
      const unsent = { status: null, latencyMs: null, answer: null, failure: null, nextAttemptAt: null }
      const delivery = { ...test, ...unsent, number, position: null, attempts: 1, delivered: false, at: Date.now() }
      return this.#send(delivery, 0)
    })
  }

  async #send(delivery: Delivery, more: 0 | 1): Promise<Delivery | null> {
    const { pool, deliverer, views } = this.#parts
    const endpoint = await readSendingEndpoint(pool, delivery.endpointId)
    if (endpoint === null) return null
    const { position, teamId } = delivery
    const isThin = endpoint.selection === null || position === null
    const [selected = null] = isThin ? [] : await views.select(endpoint.selection ?? '', teamId, [position])
    const attempt = await deliverer.attempt(endpoint, await this.#eventOf(delivery), selected)
    return writeAttemptOf(pool, delivery.number, attempt, more)
  }

  async #eventOf({ teamId, position, number, type, at }: Delivery): Promise<SentEvent> {
    if (position === null) return { id: testEventId(number), type, at, teamId, revision: 0 }
    const event = await readEventAt(this.#parts.pool, teamId, position)
    if (event === null) throw new Error(`${teamId} has no event at ${position.revision}.${position.number}`)
    return { ...event, id: this.#parts.views.idOf(teamId, position), type: eventTypeOf(event.type) }
  }

  async #inTurn<T>(id: number, run: () => Promise<T>): Promise<T | 'BUSY'> {
    const underWay = this.#underWay.get(id) ?? 0
    if (underWay >= maxByHand) return 'BUSY'
    this.#underWay.set(id, underWay + 1)
    try {
      return await run()
    } finally {
      const left = (this.#underWay.get(id) ?? 1) - 1
      if (left === 0) this.#underWay.delete(id)
      else this.#underWay.set(id, left)
    }
  }
}
