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
 * move it to another need. After the last giver no path is left: the flow is the largest (Ford and Fulkerson).
 */
export function allot(needs: readonly Credits[], givers: readonly Giver[]): Allotment {
  const rest = [...needs]
  const pools = new Map<string, Pool>()
  const given = givers.map(() => 0n)
  const give = (giver: Giver, index: number) => {
    const pool = pools.get(giver.pool)
    for (let left = giver.amount - (given[index] ?? 0n); pool !== undefined && left > 0n; ) {
      const moved = augment(pool, left, { rest, pools: [...pools.values()] })
      if (moved === 0n) return
      left -= moved
      given[index] = giver.amount - left
    }
  }
  for (const { pool, keptFor } of givers) {
    if (!pools.has(pool))
      pools.set(pool, { mayPay: needs.map((_, need) => keptFor?.(need) === true), paid: needs.map(() => 0n) })
  }
  givers.forEach((giver, index) => {
    if (giver.keptFor !== undefined) give(giver, index)
  })
  for (const { pool, mayPay } of givers) {
    const known = pools.get(pool)
    if (known !== undefined) known.mayPay = needs.map((_, need) => mayPay(need))
  }
  givers.forEach(give)
  const total = given.reduce((sum, amount) => sum + amount, 0n)
  return { shares: sharesOf(needs.length, givers, given, pools), given, total }
}

/** `paid`: how much the givers of the pool pay of each need. */
type Pool = { mayPay: readonly boolean[]; readonly paid: bigint[] }

type Network = { readonly rest: bigint[]; readonly pools: readonly Pool[] }

/** Sends up to `most` from a pool along a shortest path to a need that is not covered. Returns how much; 0: there is none. */
function augment(start: Pool, most: Credits, { rest, pools }: Network): Credits {
  /** The pool and the need by which each pool was reached. */
  const reached = new Map<Pool, { readonly by: Pool; readonly need: number } | null>([[start, null]])
  for (const pool of reached.keys()) {
    for (const [need, may] of pool.mayPay.entries()) {
      if (!may) continue
      const open = rest[need] ?? 0n
      if (open > 0n) return send(pool, need, open < most ? open : most)
      for (const other of pools) {
        if (!reached.has(other) && (other.paid[need] ?? 0n) > 0n) reached.set(other, { by: pool, need })
      }
    }
  }
  return 0n

  function send(last: Pool, open: number, limit: Credits): Credits {
    let amount = limit
    for (let pool = last, step = reached.get(pool); step; pool = step.by, step = reached.get(pool)) {
      const movable = pool.paid[step.need] ?? 0n
      if (movable < amount) amount = movable
    }
    rest[open] = (rest[open] ?? 0n) - amount
    add(last, open, amount)
    for (let pool = last, step = reached.get(pool); step; pool = step.by, step = reached.get(pool)) {
      add(pool, step.need, -amount)
      add(step.by, step.need, amount)
    }
    return amount
  }
}

function add({ paid }: Pool, need: number, amount: bigint): void {
  paid[need] = (paid[need] ?? 0n) + amount
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
