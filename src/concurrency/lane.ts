/** Too many items wait, in all or for one owner. The caller is told to retry, so that the queue stays bounded. */
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
  /**
   * The least size of a batch. A batch takes its share of the waiting items, so that `parallel` batches run side by
   * side, but at least this many if there are.
   */
  readonly batch: number
  /** A batch accepts no more groups once its items weigh this much, which bounds how long it takes. */
  readonly largestBatch?: number
  /** An item's share of `largestBatch`; without it, each counts 1. */
  readonly weightOf?: (item: Item) => number
  /**
   * Batches under way at once. `work` is called in order, but a later call may begin before an earlier one has ended.
   */
  readonly parallel: number
  /** The most items that may wait. */
  readonly capacity: number
  /** Owners take turns. Without `ownerOf`, all items have one owner. */
  readonly ownerOf?: (item: Item) => string
  /** The most items of one owner that may wait. */
  readonly capacityOfOwner?: number
}

const one = () => 1

/** Items that were pushed together. The owner of the first item owns the group. */
type Group<Item, Result> = Waiting<Item, Result>[]
type Line<Item, Result> = { readonly groups: Group<Item, Result>[]; waiting: number }

/**
 * A queue whose items are processed in batches. While one batch is under way the next one gathers: the round trip is
 * the batching window, and a single item never waits for a timer. Items pushed together stay together, in order. Owners
 * take turns, one group each: an owner with few items waits for one group of each other owner, however many items those
 * have.
 */
export class Lane<Item, Result> {
  readonly #work: Work<Item, Result>
  readonly #limits: LaneLimits<Item>
  /** The lines by owner; the first one has the next turn. */
  readonly #lines = new Map<string, Line<Item, Result>>()
  #waiting = 0
  #underWay = 0
  #scheduled = false
  #idle: (() => void)[] = []

  constructor(work: Work<Item, Result>, limits: LaneLimits<Item>) {
    this.#work = work
    this.#limits = limits
  }

  /** Each item's own result. Rejects with LaneFull, before anything is queued, if too many items wait. */
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

  /**
   * Starts a batch at the end of this turn of the event loop, so that everything that arrives in the turn joins the
   * batch.
   */
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
    const { batch: least, parallel, largestBatch = Infinity, weightOf = one } = this.#limits
    const wanted = Math.min(largestBatch, Math.max(least, Math.ceil(this.#waiting / parallel)))
    const batch: Waiting<Item, Result>[] = []
    let weight = 0
    // A line that is put back goes to the end, and this loop reaches it again.
    for (const [owner, line] of this.#lines) {
      const group = line.groups.shift() ?? []
      for (const waiting of group) batch.push(waiting)
      weight += group.reduce((sum, { item }) => sum + weightOf(item), 0)
      line.waiting -= group.length
      this.#lines.delete(owner)
      if (line.groups.length > 0) this.#lines.set(owner, line)
      if (batch.length >= wanted || weight >= largestBatch) break
    }
    this.#waiting -= batch.length
    return batch
  }
}
