import type { OutboxItem, OutboxStore, ParkedOutboxItem, Refusal, WaitingOutboxItem } from '../../web/server/index.ts'

type Kept = OutboxItem & { refusal: Refusal | null; failures: number; untilMs: number }
/** The items that several stores share, as processes share a database. */
export type SharedItems = { items: Kept[]; turn: { holder: object; until: number } | null }

export const sharedItems = (): SharedItems => ({ items: [], turn: null })

/** The smallest store that keeps the rules of `OutboxStore`, but for lasting. */
export class MemoryOutbox implements OutboxStore {
  readonly #shared: SharedItems

  constructor(shared: SharedItems = sharedItems()) {
    this.#shared = shared
  }

  async add(items: readonly OutboxItem[]) {
    const known = new Set(this.#shared.items.map(({ id }) => id))
    for (const { id } of items) {
      if (known.has(id)) throw new Error(`The item ${id} is there already`)
      known.add(id)
    }
    this.#shared.items.push(...items.map((item) => ({ ...item, refusal: null, failures: 0, untilMs: 0 })))
  }

  async take(limit: number, turnMs: number): Promise<WaitingOutboxItem[] | null> {
    const isDue = ({ refusal, untilMs }: Kept) => refusal === null && untilMs <= Date.now()
    const waiting = this.#shared.items.filter(isDue).slice(0, limit)
    if (waiting.length === 0) return []
    const { turn } = this.#shared
    if (turn !== null && turn.holder !== this && turn.until > Date.now()) return null
    this.#shared.turn = { holder: this, until: Date.now() + turnMs }
    return waiting.map(({ id, text, failures }) => ({ id, text, failures }))
  }

  async postpone(id: string, untilMs: number) {
    for (const item of this.#shared.items) {
      if (item.id === id) Object.assign(item, { untilMs, failures: item.failures + 1 })
    }
  }

  async remove(ids: readonly string[]) {
    this.#shared.items = this.#shared.items.filter(({ id }) => !ids.includes(id))
  }

  async park(id: string, refusal: Refusal) {
    for (const item of this.#shared.items) if (item.id === id) item.refusal = refusal
  }

  async parked(limit: number) {
    return this.#parked().slice(0, limit)
  }

  async unpark(id: string) {
    const item = this.#parked().find((one) => one.id === id) as Kept | undefined
    if (item !== undefined) Object.assign(item, { refusal: null, failures: 0, untilMs: 0 })
    return item !== undefined
  }

  async drop(id: string) {
    const known = this.#parked().some((one) => one.id === id)
    if (known) await this.remove([id])
    return known
  }

  async counts() {
    const parked = this.#parked().length
    return { waiting: this.#shared.items.length - parked, parked }
  }

  async close() {
    if (this.#shared.turn?.holder === this) this.#shared.turn = null
  }

  #parked(): ParkedOutboxItem[] {
    return this.#shared.items.filter((item): item is ParkedOutboxItem & Kept => item.refusal !== null)
  }
}
