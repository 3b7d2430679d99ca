import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { CreditsClientError, messageOf } from '../client/errors.ts'
import { tell } from '../client/listeners.ts'
import { type Caller, pauseOf } from './caller.ts'
import type { UsageInput } from './contract.ts'
import { type Delivered, deliver, isDefect } from './delivery.ts'
import type { OutboxCounts, OutboxItem, OutboxStore, ParkedOutboxItem, Refusal } from './outbox-store.ts'
import { type Recorded, type RecordOptions, recordedFrom, recordedIn, textOf } from './recorded.ts'

/**
 * Usage that the gateway refused for good, with its reason. It stays in the outbox until somebody decides. With the code UNREADABLE the store gave
 * a text that is no record: `usage` is then null and `idempotencyKey` empty.
 */
export type Parked = Recorded & { readonly id: string; readonly refusal: Refusal }

export type OutboxListeners = {
  /** Hears of each usage that the gateway refuses. Default: an error on the console. */
  onParked?: (parked: Parked) => unknown
  /** Hears of each attempt that failed, before the next one. Default: an error on the console. */
  onError?: (error: unknown) => unknown
}

/** True: the item is charged. False: it is parked, or another process has sent it, or this outbox is closed. */
type OnSettled = (isCharged: boolean) => void

/** Items that are read and sent at once, so memory does not grow with the outbox. */
const batchSize = 100
const turnMs = 15_000
/** How long usage may lie that another process has recorded before it ended. */
const lookEveryMs = 1_000
const maxParked = 1_000
/** An item that fails alone waits 1 second, then 2, 4, … */
const maxPostponedMs = 900_000

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
  /** A defect stopped the last attempt, so the next one finds the items that cause it. */
  #apart = false
  #pause: { readonly isIdle: boolean; readonly end: () => void } | null = null
  /** Those who want to know what became of an item of this process, by its id. */
  readonly #onSettled = new Map<string, OnSettled>()
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

  /** `record` for usage that has its key already. `onSettled` is called once, when nothing more is to be heard of it here. */
  async keep(recorded: Recorded, onSettled?: OnSettled): Promise<void> {
    if (this.#closed) throw new CreditsClientError('CLIENT_CLOSED', 'The outbox is closed: record before `close()`')
    const item = { id: randomUUID(), text: textOf(recorded) }
    if (onSettled !== undefined) this.#onSettled.set(item.id, onSettled)
    try {
      await this.#add(item)
    } catch (error) {
      this.#onSettled.delete(item.id)
      throw error
    }
    this.#hurry()
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

  /** Sends at once what no failure holds back. Resolves with the number of items that still wait: 0, or more when the time is over. Default: 30,000 milliseconds. */
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
    this.#pause?.end()
    await this.#adding?.added.catch(() => undefined)
    await this.#sending
    this.#hearNoMore()
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
      const { pauseMs, isIdle } = await this.#send()
      if (this.#closed || pauseMs <= 0 || (isIdle && this.#asked)) continue
      await within(pauseMs, (end) => {
        this.#pause = { isIdle, end }
      })
      this.#pause = null
    }
  }

  /** One batch, and the pause before the next one. */
  async #send(): Promise<{ pauseMs: number; isIdle: boolean }> {
    try {
      const items = await this.#store.take(batchSize, turnMs)
      if (items === null || items.length === 0) {
        if (items !== null) await this.#forgetCharged()
        return { pauseMs: lookEveryMs, isIdle: true }
      }
      const apart = this.#apart
      this.#apart = false
      let broken: unknown = null
      let isAnswered = false
      for await (const delivered of deliver(this.#line, items, { apart })) {
        for (const { outcome } of delivered) {
          if (outcome.kind === 'FAILED' && outcome.isAlone) broken = outcome.error
          else isAnswered = true
        }
        await this.#store.remove(delivered.flatMap(({ item, outcome }) => (outcome.kind === 'CHARGED' ? item.id : [])))
        for (const one of delivered) await this.#settled(one)
        if (isAnswered) this.#failures = 0
        this.#move()
        if (this.#closed) break
      }
      return { pauseMs: broken !== null && !isAnswered ? this.#pauseAfter(broken) : 0, isIdle: false }
    } catch (error) {
      tell(this.#onError, error)
      this.#apart = isDefect(error)
      return { pauseMs: this.#pauseAfter(error), isIdle: false }
    }
  }

  #pauseAfter(error: unknown): number {
    const pauseMs = pauseOf(error, this.#failures)
    this.#failures += 1
    return pauseMs
  }

  /** Other processes have charged what this one still wants to hear of. */
  async #forgetCharged(): Promise<void> {
    if (this.#onSettled.size === 0) return
    const { waiting } = await this.#store.counts()
    if (waiting === 0 && this.#adding === null) this.#hearNoMore()
  }

  #hearNoMore(): void {
    for (const onSettled of this.#onSettled.values()) onSettled(false)
    this.#onSettled.clear()
  }

  async #settled({ item, outcome }: Delivered): Promise<void> {
    if (outcome.kind === 'FAILED') {
      tell(this.#onError, outcome.error)
      const pauseMs = Math.min(lookEveryMs * 2 ** item.failures, maxPostponedMs)
      return this.#store.postpone(item.id, Date.now() + pauseMs)
    }
    const onSettled = this.#onSettled.get(item.id)
    this.#onSettled.delete(item.id)
    if (outcome.kind === 'CHARGED') return onSettled?.(true)
    await this.#store.park(item.id, outcome.refusal)
    onSettled?.(false)
    tell(this.#onParked, parkedFrom({ ...item, refusal: outcome.refusal }))
  }

  /** Ends the pause of an idle line alone: a failure and `Retry-After` set theirs for a reason. */
  #hurry(): void {
    this.#asked = true
    if (this.#pause?.isIdle) this.#pause.end()
  }

  #move(): void {
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }
}

const parkedFrom = ({ id, text, refusal }: ParkedOutboxItem): Parked => ({
  ...(recordedIn(text) ?? { usage: null, idempotencyKey: '' }),
  id,
  refusal,
})

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
