import type { Credits } from './amounts/credits.ts'

/** Somebody who gives up to an amount to the needs that it may pay for. */
export type Giver = {
  readonly amount: Credits
  /** Givers of one pool may pay for the same needs. */
  readonly pool: string
  mayPay(need: number): boolean
  /** The needs that it keeps its amount for, which come first. Absent: nothing. Givers of one pool keep it for the same. */
  keptFor?(need: number): boolean
}

/** A part of a need that a giver pays; both by their index. Above 0. */
export type Share = { readonly giver: number; readonly need: number; readonly amount: Credits }

export type Allotment = {
  /** In the order of the needs, then of the givers. */
  readonly shares: readonly Share[]
  /** How much each giver gives, in their order. */
  readonly given: readonly Credits[]
  /** All of it: the most that these givers can pay of these needs. */
  readonly total: Credits
}

/**
 * The shares of the givers in the needs. In their order, each giver gives as much as it can beside what those before it give: where
 * the needs that it may pay are covered by others, the others cover needs that it may not, if they can. So a later giver
 * gives nothing that an earlier one could, and needs that any assignment covers are covered. Before that, every giver
 * gives to what it keeps its amount for.
 *
 * Each giver finds augmenting paths in a network of pools and needs. They never take back what a giver gives, only
 * move it to another need. After the last giver no path is left: the flow is the largest (Ford and Fulkerson). A search
 * costs at most the number of pools times the number of needs, and each pool fails once at most.
 */
export function allot(needs: readonly Credits[], givers: readonly Giver[]): Allotment {
  const pools = new Map<string, Pool>()
  const given = givers.map(() => 0n)
  for (const { pool, keptFor } of givers)
    if (!pools.has(pool)) pools.set(pool, new Pool(pools.size, needs.length, keptFor))
  const network = { rest: [...needs], payers: needs.map(() => []) }
  let due = needs.reduce((sum, need) => sum + need, 0n)
  const give = (giver: Giver, index: number) => {
    const pool = pools.get(giver.pool)
    for (let left = giver.amount - (given[index] ?? 0n); pool && !pool.isExhausted && left > 0n && due > 0n; ) {
      const moved = augment(pool, left, network)
      left -= moved
      due -= moved
      given[index] = giver.amount - left
    }
  }
  givers.forEach((giver, index) => {
    if (giver.keptFor !== undefined) give(giver, index)
  })
  for (const { pool, mayPay } of new Map(givers.map((giver) => [giver.pool, giver])).values())
    pools.get(pool)?.widen(mayPay)
  givers.forEach(give)
  const total = given.reduce((sum, amount) => sum + amount, 0n)
  return { shares: sharesOf(needs.length, givers, given, pools), given, total }
}

class Pool {
  /** The place among the pools. */
  readonly index: number
  /** How much its givers pay of each need. */
  readonly paid: bigint[]
  /** The needs that it may pay, in their order. */
  needs: readonly number[]
  /**
   * No path leads from it to a need that is not covered. None will: a later path would have to enter what the failed search reached,
   * and all of that is exhausted, too.
   */
  isExhausted = false
  /** How many of its needs, from the first on, are known to be covered. */
  #covered = 0

  constructor(index: number, needs: number, mayPay: (need: number) => boolean = () => false) {
    this.index = index
    this.paid = new Array<bigint>(needs).fill(0n)
    this.needs = [...this.paid.keys()].filter(mayPay)
  }

  /** From now on it may pay these. What it pays already must be among them. */
  widen(mayPay: (need: number) => boolean): void {
    this.needs = [...this.paid.keys()].filter(mayPay)
    this.isExhausted = false
    this.#covered = 0
  }

  /** The first of its needs that is not covered. A covered need stays covered. */
  firstOpen(rest: readonly bigint[]): number | undefined {
    while (this.#covered < this.needs.length && rest[this.needs[this.#covered] ?? 0] === 0n) this.#covered += 1
    return this.needs[this.#covered]
  }
}

type Network = {
  /** How much of each need is not covered. */
  readonly rest: bigint[]
  /** The pools that have ever paid of each need, in their order. */
  readonly payers: Pool[][]
}

/**
 * Sends up to `most` from a pool along a shortest path to a need that is not covered. Returns how much. 0: there is none, and the
 * pools that were reached are exhausted.
 */
function augment(start: Pool, most: Credits, { rest, payers }: Network): Credits {
  /** The pool and the need by which each pool was reached. */
  const reached = new Map<Pool, { readonly by: Pool; readonly need: number } | null>([[start, null]])
  const passed = new Set<number>()
  for (const pool of reached.keys()) {
    const open = pool.firstOpen(rest)
    if (open !== undefined) return send(pool, open)
    for (const need of pool.needs) {
      if (passed.has(need)) continue
      passed.add(need)
      for (const other of payers[need] ?? []) {
        if ((other.paid[need] ?? 0n) > 0n && !other.isExhausted && !reached.has(other))
          reached.set(other, { by: pool, need })
      }
    }
  }
  for (const pool of reached.keys()) pool.isExhausted = true
  return 0n

  function send(last: Pool, open: number): Credits {
    const limit = rest[open] ?? 0n
    let amount = limit < most ? limit : most
    for (let pool = last, step = reached.get(pool); step; pool = step.by, step = reached.get(pool)) {
      const movable = pool.paid[step.need] ?? 0n
      if (movable < amount) amount = movable
    }
    rest[open] = limit - amount
    add(last, open, amount)
    for (let pool = last, step = reached.get(pool); step; pool = step.by, step = reached.get(pool)) {
      add(pool, step.need, -amount)
      add(step.by, step.need, amount)
    }
    return amount
  }

  function add(pool: Pool, need: number, amount: bigint): void {
    pool.paid[need] = (pool.paid[need] ?? 0n) + amount
    const known = payers[need]
    if (known === undefined || known.includes(pool)) return
    known.push(pool)
    known.sort((one, other) => one.index - other.index)
  }
}

/** The needs take from each pool in the order of its givers, who are alike there. */
function sharesOf(
  needs: number,
  givers: readonly Giver[],
  given: readonly Credits[],
  pools: ReadonlyMap<string, Pool>,
): Share[] {
  const queues = new Map([...pools.keys()].map((key) => [key, [] as { giver: number; left: bigint }[]]))
  givers.forEach(({ pool }, giver) => {
    queues.get(pool)?.push({ giver, left: given[giver] ?? 0n })
  })
  return Array.from({ length: needs }, (_, need) => need).flatMap((need) => {
    const shares: Share[] = []
    for (const [key, { paid }] of pools) {
      let due = paid[need] ?? 0n
      if (due === 0n) continue
      for (const one of queues.get(key) ?? []) {
        const amount = one.left < due ? one.left : due
        if (amount === 0n) continue
        one.left -= amount
        due -= amount
        shares.push({ giver: one.giver, need, amount })
      }
    }
    return shares.sort((one, other) => one.giver - other.giver)
  })
}
