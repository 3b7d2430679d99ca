import type { Database } from '../store/database.ts'

const second = 1000
const maxPauseMs = 3600 * second
const keptUpMs = 3 * 24 * 3600 * second

/** `waiting` ends with a 2xx answer (`answered`), on request (`dropped`), or after three days (`given-up`). */
export type DeliveryState = 'waiting' | 'answered' | 'dropped' | 'given-up'

export type Attempt = {
  readonly atMs: number
  /** null: there was no answer, and `failure` says why. */
  readonly status: number | null
  readonly failure: string | null
}

export type Delivery = {
  readonly event: string
  readonly type: string
  readonly state: DeliveryState
  readonly attempts: readonly Attempt[]
}

export type Waiting = { readonly event: string; readonly type: string; readonly attempts: number }

/** The stored queue of what is to be told to the webhook. Times are milliseconds of the sandbox's clock. */
export type Deliveries = {
  add(event: string, type: string, nowMs: number): void
  /** The oldest that is due. */
  due(nowMs: number): Waiting | undefined
  /** When the next one is due; undefined: none waits. */
  nextDueMs(): number | undefined
  /** The waiting deliveries, oldest first, due or not. */
  waiting(): Waiting[]
  /** Writes down an attempt; a waiting delivery is done with it, or due again after a pause that doubles. */
  tried(event: string, attempt: Attempt): void
  postpone(event: string, dueMs: number): void
  drop(event: string): void
  one(event: string): Delivery | undefined
  /** The deliveries in order of creation. */
  all(): Delivery[]
}

export function openDeliveries(database: Database): Deliveries {
  const { sql } = database
  const add = sql.prepare(
    `INSERT INTO delivery (event, type, state, attempts, created_ms, due_ms) VALUES (?, ?, 'waiting', 0, ?, ?)`,
  )
  const waiting = `SELECT event, type, attempts FROM delivery WHERE state = 'waiting'`
  const due = sql.prepare(`${waiting} AND due_ms <= ? ORDER BY seq LIMIT 1`)
  const all = sql.prepare(`${waiting} ORDER BY seq`)
  const next = sql.prepare(`SELECT MIN(due_ms) AS due FROM delivery WHERE state = 'waiting'`)
  const note = sql.prepare('INSERT INTO delivery_attempt (event, at_ms, status, failure) VALUES (?, ?, ?, ?)')
  const settle = sql.prepare(`UPDATE delivery SET attempts = attempts + 1, state = 'answered' WHERE event = ?`)
  const received = sql.prepare(`UPDATE object SET json = json_set(json, '$.pending_webhooks', 0) WHERE id = ?`)
  const again = sql.prepare(
    `UPDATE delivery SET attempts = attempts + 1,
       due_ms = :at + min(:longest, :second << min(attempts, 12)),
       state = CASE WHEN :at >= created_ms + :kept THEN 'given-up' ELSE state END
     WHERE event = :event AND state = 'waiting'`,
  )
  const postpone = sql.prepare(`UPDATE delivery SET due_ms = ? WHERE event = ?`)
  const drop = sql.prepare(`UPDATE delivery SET state = 'dropped' WHERE event = ?`)
  const rows = sql.prepare('SELECT event, type, state FROM delivery ORDER BY seq')
  const row = sql.prepare('SELECT event, type, state FROM delivery WHERE event = ?')
  const attempts = sql.prepare('SELECT at_ms, status, failure FROM delivery_attempt WHERE event = ? ORDER BY seq')

  const asWaiting = (found: Record<string, unknown>): Waiting => ({
    event: String(found.event),
    type: String(found.type),
    attempts: Number(found.attempts),
  })
  const asDelivery = (found: Record<string, unknown>): Delivery => ({
    event: String(found.event),
    type: String(found.type),
    state: stateOf(String(found.state)),
    attempts: attempts.all(String(found.event)).map(({ at_ms, status, failure }) => ({
      atMs: Number(at_ms),
      status: status === null ? null : Number(status),
      failure: failure === null ? null : String(failure),
    })),
  })
  return {
    add: (event, type, nowMs) => void add.run(event, type, nowMs, nowMs),
    due(nowMs) {
      const found = due.get(nowMs)
      return found === undefined ? undefined : asWaiting(found)
    },
    nextDueMs() {
      const found = next.get()?.due
      return found === undefined || found === null ? undefined : Number(found)
    },
    waiting: () => all.all().map(asWaiting),
    tried(event, { atMs, status, failure }) {
      database.transaction(() => {
        note.run(event, atMs, status, failure)
        if (status !== null && status >= 200 && status < 300) {
          settle.run(event)
          received.run(event)
        } else again.run({ at: atMs, longest: maxPauseMs, second, kept: keptUpMs, event })
      })
    },
    postpone: (event, dueMs) => void postpone.run(dueMs, event),
    drop: (event) => void drop.run(event),
    one(event) {
      const found = row.get(event)
      return found === undefined ? undefined : asDelivery(found)
    },
    all: () => rows.all().map(asDelivery),
  }
}

const states: readonly DeliveryState[] = ['waiting', 'answered', 'dropped', 'given-up']

function stateOf(text: string): DeliveryState {
  const state = states.find((known) => known === text)
  if (state === undefined) throw new Error(`A delivery cannot be ${text}`)
  return state
}
