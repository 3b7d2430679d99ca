/** The lane has as many waiting as it may: tell the caller to come back, rather than let the queue grow. */
export class LaneFull extends Error {
  override readonly name = 'LaneFull'
}

type Waiting<Item, Result> = {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/**
 * A queue whose items are worked off in batches: while one batch is under way the next one gathers, so that the round
 * trip is the batching window and a lone item never waits for a timer. Items given together stay together, in order.
 */
export class Lane<Item, Result> {
  readonly #work: (batch: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>
  readonly #batch: number
  readonly #capacity: number
  #queue: Waiting<Item, Result>[][] = []
  #waiting = 0
  #running: Promise<void> | null = null

  /** `batch`: no further group joins a batch that has this many; `capacity`: the most that may wait. */
  constructor(
    work: (batch: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
    limits: { batch: number; capacity: number },
  ) {
    this.#work = work
    this.#batch = limits.batch
    this.#capacity = limits.capacity
  }

  /** Each item's own result. Rejects with LaneFull, before anything is queued, where too many wait. */
  async push(items: readonly Item[]): Promise<readonly PromiseSettledResult<Result>[]> {
    return Promise.allSettled(this.#enqueue(items))
  }

  one(item: Item): Promise<Result> {
    return this.#enqueue([item])[0] ?? Promise.reject(new Error('Nothing was queued'))
  }

  get busy(): boolean {
    return this.#running !== null
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  #enqueue(items: readonly Item[]): Promise<Result>[] {
    if (this.#waiting + items.length > this.#capacity) {
      throw new LaneFull(`${this.#waiting} commands wait already: try again in a moment with the same key`)
    }
    const group: Waiting<Item, Result>[] = []
    const results = items.map((item) => new Promise<Result>((resolve, reject) => group.push({ item, resolve, reject })))
    this.#queue.push(group)
    this.#waiting += items.length
    this.#running ??= this.#run()
    return results
  }

  async #run(): Promise<void> {
    // Let everything that arrives in this turn of the event loop join the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0) {
      const batch = this.#take()
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
    }
    this.#running = null
  }

  #take(): Waiting<Item, Result>[] {
    let count = 0
    let groups = 0
    while (groups < this.#queue.length && count < this.#batch) count += this.#queue[groups++]?.length ?? 0
    const batch = this.#queue.splice(0, groups).flat()
    this.#waiting -= batch.length
    return batch
  }
}
