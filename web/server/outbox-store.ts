/** One recorded usage, as a store keeps it. */
export type OutboxItem = {
  /** Unique over all items and processes. */
  readonly id: string
  /** At most `maxItemCharacters`. */
  readonly text: string
}

/** Why the gateway refused an item for good: its `code` and its `message` for people. */
export type Refusal = { readonly code: string; readonly message: string }

/** An item that waits. `failures`: how often it was postponed. */
export type WaitingOutboxItem = OutboxItem & { readonly failures: number }

export type ParkedOutboxItem = OutboxItem & { readonly refusal: Refusal }

export type OutboxCounts = { readonly waiting: number; readonly parked: number }

type Awaitable<Value> = Value | Promise<Value>

/**
 * Keeps recorded usage until the gateway has charged it. An item waits, or is parked with a refusal. Several processes may share one store.
 * Each method fails where its effect is not certain to last.
 */
export type OutboxStore = {
  /** Adds all of the items at the end, or none. They survive a crash of the machine once it returns. */
  add(items: readonly OutboxItem[]): Awaitable<void>
  /**
   * The first `limit` items that wait and are not postponed, in the order in which they were added; null: another process sends now. A process that got items has the
   * turn for `turnMs`; taking again renews it. The turn only saves requests: an item that two processes send is charged once.
   */
  take(limit: number, turnMs: number): Awaitable<readonly WaitingOutboxItem[] | null>
  /** Hands a waiting item out no sooner than `untilMs` (epoch milliseconds), and counts one failure. An id that is gone is no fault. */
  postpone(id: string, untilMs: number): Awaitable<void>
  /** Removes items, waiting or parked. An id that is gone is no fault. */
  remove(ids: readonly string[]): Awaitable<void>
  /** Parks an item. An id that is gone is no fault. */
  park(id: string, refusal: Refusal): Awaitable<void>
  /** The first `limit` parked items, in the order in which they were added. */
  parked(limit: number): Awaitable<readonly ParkedOutboxItem[]>
  /** The item waits again at once, in its old place and without failures; false: no such item is parked. */
  unpark(id: string): Awaitable<boolean>
  /** Removes a parked item; false: no such item is parked. */
  drop(id: string): Awaitable<boolean>
  counts(): Awaitable<OutboxCounts>
  /** Ends the turn of this process. */
  close(): Awaitable<void>
}

export const maxItemCharacters = 32_768
