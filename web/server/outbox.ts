import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { CreditsClientError, messageOf } from '../client/errors.ts'
import { tell } from '../client/listeners.ts'
import { type Caller, pauseOf } from './caller.ts'
import type { UsageInput } from './contract.ts'
import { deliver } from './delivery.ts'
import type { OutboxCounts, OutboxItem, OutboxStore, ParkedOutboxItem, Refusal } from './outbox-store.ts'
import { type Recorded, type RecordOptions, recordedFrom, recordedIn, textOf } from './recorded.ts'

/** Usage that the gateway refused for good, with its reason. It stays in the outbox until somebody decides. */
export type Parked = Recorded & { readonly id: string; readonly refusal: Refusal }

export type OutboxListeners = {
  /** Hears of each usage that the gateway refuses. Default: an error on the console. */
  onParked?: (parked: Parked) => unknown
  /** Hears of each attempt that failed, before the next one. Default: an error on the console. */
  onError?: (error: unknown) => unknown
}

/** Items that are read and sent at once, so memory does not grow with the outbox. */
const batchSize = 100
const turnMs = 15_000
/** How long usage may lie that another process has recorded before it ended. */
const lookEveryMs = 1_000
const maxParked = 1_000

/**
 * Usage that must be charged. A record is durable before `record` returns. It is sent until the gateway has charged it or refused it for good,
 * by this process or by any later one that has the same store. Its key is stored with it, so it is charged once however often it is sent.
 */
export class Outbox {
  readonly #line: Pick<Caller, 'once'>
  readonly #store: OutboxStore
  readonly #onParked: (parked: Parked) => unknown
  readonly #onError: (error: unknown) => unknown
  #adding: { items: OutboxItem[]; added: Promise<void> } | null = null
  #sending: Promise<void> | null = null
  #closed = false
  #failures = 0
  #wake: (() => void) | null = null
  /** Those who want to know when an item of this process is charged, by its id. */
  readonly #onCharged = new Map<string, () => void>()
  /** Something was recorded since the last look, so the next one does not wait. */
  #asked = false
  #moved = Promise.withResolvers<void>()

  constructor(line: Pick<Caller, 'once'>, store: OutboxStore, { onParked, onError }: OutboxListeners) {
    this.#line = line
    this.#store = store
    this.#onParked = onParked ?? (({ refusal, idempotencyKey }) => show(`${refusal.message} (${idempotencyKey})`))
    this.#onError = onError ?? ((error) => show(messageOf(error)))
    this.#sending = this.#run()
  }

  /**
   * Keeps usage until it is charged. The usage is on the disk when the promise resolves.
   *
   * @throws {RangeError} where it could never be charged.
   * @throws {CreditsClientError} NOT_RECORDED where it could not be written: the disk is full, or the file is locked. Nothing was kept.
   */
  async record(usage: readonly UsageInput[] | null, options: RecordOptions = {}): Promise<{ idempotencyKey: string }> {
    const recorded = recordedFrom(usage, options)
    await this.keep(recorded)
    return { idempotencyKey: recorded.idempotencyKey }
  }

  /** `record` for usage that has its key already. `onCharged` is called when this process learns that it was charged. */
  async keep(recorded: Recorded, onCharged?: () => void): Promise<void> {
    if (this.#closed) throw new CreditsClientError('CLIENT_CLOSED', 'The outbox is closed: record before `close()`')
    const item = { id: randomUUID(), text: textOf(recorded) }
    if (onCharged !== undefined) this.#onCharged.set(item.id, onCharged)
    try {
      await this.#add(item)
    } catch (error) {
      this.#onCharged.delete(item.id)
      throw error
    }
    if (this.#failures === 0) this.#hurry()
  }

  /** How many items wait to be charged, and how many are parked. */
  async size(): Promise<OutboxCounts> {
    return this.#store.counts()
  }

  /** The first 1,000 refused items, the oldest first. */
  async parked(): Promise<Parked[]> {
    return (await this.#store.parked(maxParked)).map(parkedFrom)
  }

  /** Sends a parked item again with its key, for example after a top-up; false: no such item is parked. */
  async retry(id: string): Promise<boolean> {
    const waits = await this.#store.unpark(id)
    if (waits) this.#hurry()
    return waits
  }

  /** Forgets a parked item: its usage is never charged; false: no such item is parked. */
  async drop(id: string): Promise<boolean> {
    return this.#store.drop(id)
  }

  /** Sends at once. Resolves with the number of items that still wait: 0, or more when the time is over. Default: 30,000 milliseconds. */
  async flush({ timeoutMs = 30_000 }: { timeoutMs?: number } = {}): Promise<number> {
    const until = performance.now() + timeoutMs
    for (;;) {
      const moved = this.#moved.promise
      const { waiting } = await this.#store.counts()
      const leftMs = until - performance.now()
      if (waiting === 0 || leftMs <= 0 || this.#closed) return waiting
      this.#hurry()
      await within(Math.min(leftMs, lookEveryMs), (resume) => void moved.then(resume))
    }
  }

  /** Waits for what is being sent, and closes the store. What still waits is sent by the next process that opens the store. */
  async close(): Promise<void> {
    this.#closed = true
    this.#hurry()
    await this.#adding?.added.catch(() => undefined)
    await this.#sending
    await this.#store.close()
  }

  /** Records of one moment share one write to the disk. */
  #add(item: OutboxItem): Promise<void> {
    if (this.#adding === null) {
      const items: OutboxItem[] = []
      this.#adding = { items, added: this.#addSoon(items) }
    }
    this.#adding.items.push(item)
    return this.#adding.added
  }

  async #addSoon(items: readonly OutboxItem[]): Promise<void> {
    await setImmediate()
    this.#adding = null
    try {
      await this.#store.add(items)
    } catch (error) {
      const message = `The usage is not recorded, and nothing of it was kept: record it again once the outbox can be written (${messageOf(error)})`
      throw new CreditsClientError('NOT_RECORDED', message, {}, error)
    }
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#asked = false
      const pauseMs = await this.#send()
      if (pauseMs > 0 && !this.#asked) {
        await within(pauseMs, (resume) => {
          this.#wake = resume
        })
      }
      this.#wake = null
    }
  }

  /** One batch. Returns the milliseconds until the next one. */
  async #send(): Promise<number> {
    try {
      const items = await this.#store.take(batchSize, turnMs)
      // Other processes have charged the rest.
      if (items?.length === 0 && this.#adding === null) this.#onCharged.clear()
      if (items === null || items.length === 0) return lookEveryMs
      for await (const delivered of deliver(this.#line, items)) {
        await this.#store.remove(delivered.flatMap(({ item, refusal }) => (refusal === null ? item.id : [])))
        for (const { item, refusal } of delivered) await this.#settled(item, refusal)
        this.#failures = 0
        this.#move()
        if (this.#closed) break
      }
      return 0
    } catch (error) {
      tell(this.#onError, error)
      const pauseMs = pauseOf(error, this.#failures)
      this.#failures += 1
      return pauseMs
    }
  }

  async #settled(item: OutboxItem, refusal: Refusal | null): Promise<void> {
    const onCharged = this.#onCharged.get(item.id)
    this.#onCharged.delete(item.id)
    if (refusal === null) return onCharged?.()
    await this.#store.park(item.id, refusal)
    tell(this.#onParked, parkedFrom({ ...item, refusal }))
  }

  #hurry(): void {
    this.#asked = true
    this.#wake?.()
  }

  #move(): void {
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }
}

const parkedFrom = ({ id, text, refusal }: ParkedOutboxItem): Parked => ({ ...recordedIn(text), id, refusal })

const show = (message: string) => console.error(`The credits outbox: ${message}`)

/** Resolves when `begin`'s argument is called, at the latest after the time. The time alone keeps no process alive. */
const within = (ms: number, begin: (resume: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    timer.unref()
    begin(() => {
      clearTimeout(timer)
      resolve()
    })
  })
