/** As many wait as may, in all or of one owner: tell the caller to come back, rather than let the queue grow. */
export class LaneFull extends Error {
  override readonly name = 'LaneFull'
}

type Waiting<Item, Result> = {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

type Work<Item, Result> = (batch: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>

export type LaneLimits<Item> = {
  /** A batch takes its share of what waits, so that `parallel` batches keep each other company, but at least this many. */
  readonly batch: number
  /** A batch takes nothing more once it has so many: whoever comes then waits for no longer. */
  readonly largestBatch?: number
  /** Batches under way at once: `work` is called in order, but a later one may be called before an earlier one is done. */
  readonly parallel: number
  /** The most that may wait. */
  readonly capacity: number
  /** Owners take turns. Without it, all is of one owner. */
  readonly ownerOf?: (item: Item) => string
  /** The most that may wait of one owner. */
  readonly capacityOfOwner?: number
}

/** What was given together, of the owner of its first item. */
type Group<Item, Result> = Waiting<Item, Result>[]
type Line<Item, Result> = { readonly groups: Group<Item, Result>[]; waiting: number }

/**
 * A queue whose items are worked off in batches: while one batch is under way the next one gathers, so that the round
 * trip is the batching window and a lone item never waits for a timer. Items given together stay together, in order.
 * Owners take turns, a group each: whoever has little waits for one group of each other owner, however much those have.
 */
export class Lane<Item, Result> {
  readonly #work: Work<Item, Result>
  readonly #limits: LaneLimits<Item>
  /** By owner; the first one has the next turn. */
  readonly #lines = new Map<string, Line<Item, Result>>()
  #waiting = 0
  #underWay = 0
  #scheduled = false
  #idle: (() => void)[] = []

  constructor(work: Work<Item, Result>, limits: LaneLimits<Item>) {
    this.#work = work
    this.#limits = limits
  }

  /** Each item's own result. Rejects with LaneFull, before anything is queued, where too many wait. */
  async push(items: readonly Item[]): Promise<readonly PromiseSettledResult<Result>[]> {
    return Promise.allSettled(this.#enqueue(items))
  }

  one(item: Item): Promise<Result> {
    return this.#enqueue([item])[0] ?? Promise.reject(new Error('Nothing was queued'))
  }

  get busy(): boolean {
    return this.#underWay > 0 || this.#waiting > 0
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    if (this.busy) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #enqueue(items: readonly Item[]): Promise<Result>[] {
    const [first] = items
    if (first === undefined) return []
    const { capacity, capacityOfOwner = capacity, ownerOf } = this.#limits
    const owner = ownerOf?.(first) ?? ''
    const line = this.#lines.get(owner) ?? { groups: [], waiting: 0 }
    if (this.#waiting + items.length > capacity || line.waiting + items.length > capacityOfOwner) {
      throw new LaneFull(`${line.waiting} commands wait already: try again in a moment with the same key`)
    }
    const group: Group<Item, Result> = []
    const results = items.map((item) => new Promise<Result>((resolve, reject) => group.push({ item, resolve, reject })))
    line.groups.push(group)
    line.waiting += items.length
    this.#lines.set(owner, line)
    this.#waiting += items.length
    this.#schedule()
    return results
  }

  /** At the end of this turn of the event loop, so that everything that arrives in it joins the batch. */
  #schedule(): void {
    if (this.#scheduled || this.#waiting === 0 || this.#underWay >= this.#limits.parallel) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      while (this.#waiting > 0 && this.#underWay < this.#limits.parallel) void this.#run(this.#take())
    })
  }

  async #run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#underWay += 1
    try {
      const results = await this.#work(batch.map(({ item }) => item))
      batch.forEach((waiting, index) => {
        const result = results[index]
        if (result?.status === 'fulfilled') waiting.resolve(result.value)
        else waiting.reject(result?.reason ?? new Error('The batch left an item without a result'))
      })
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    }
    this.#underWay -= 1
    this.#schedule()
    if (!this.busy) for (const resolve of this.#idle.splice(0)) resolve()
  }

  #take(): Waiting<Item, Result>[] {
    const { batch: least, parallel, largestBatch = Infinity } = this.#limits
    const wanted = Math.min(largestBatch, Math.max(least, Math.ceil(this.#waiting / parallel)))
    const batch: Waiting<Item, Result>[] = []
    // A line that is put back comes last, and is met again.
    for (const [owner, line] of this.#lines) {
      const group = line.groups.shift() ?? []
      for (const waiting of group) batch.push(waiting)
      line.waiting -= group.length
      this.#lines.delete(owner)
      if (line.groups.length > 0) this.#lines.set(owner, line)
      if (batch.length >= wanted) break
    }
    this.#waiting -= batch.length
    return batch
  }
}
