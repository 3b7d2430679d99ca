/** A movement of a grant's credits, and its states, in the ledger's own words. */
export type Moved = { readonly from: string; readonly to: string; readonly amount: bigint }

export type Parts = { refunded: bigint; earned: bigint; expired: bigint; open: bigint }

/** The order in which a payer's refund takes credits: those that nobody can use any more, then held and used ones. */
const takenFirst = ['expired', 'revoked', 'locked', 'available', 'held', 'spent']

/**
 * A small grant, one credit after the other: each stands in one state, the refunded ones are marked,
 * and each has its own part of the price.
 */
export class CreditByCredit {
  readonly #price: bigint
  readonly #states: string[] = []
  refunded = 0
  isFrozen = false
  hasEnded = false

  /** `price` in the smallest unit of its currency. */
  constructor(price: bigint) {
    this.#price = price
  }

  move({ from, to, amount }: Moved): void {
    const target = to === 'repaid' ? 'spent' : to
    for (let credit = 0; credit < Number(amount); credit += 1) {
      if (from === 'none' && to === 'available') this.#states.push(target)
      else if (this.#states.includes(from)) this.#states[this.#states.indexOf(from)] = target
    }
  }

  /** The credits in the order refunded, earned, expired, open. */
  #fates(): (keyof Parts)[] {
    const inOrder = this.#states.toSorted((one, other) => takenFirst.indexOf(one) - takenFirst.indexOf(other))
    const fates = inOrder.map((state, index) => (index < this.refunded ? 'refunded' : this.#fateOf(state)))
    return (['refunded', 'earned', 'expired', 'open'] as const).flatMap((fate) => fates.filter((one) => one === fate))
  }

  #fateOf(state: string): keyof Parts {
    if (state === 'spent') return 'earned'
    if (state === 'expired' || (state === 'revoked' && this.hasEnded)) return 'expired'
    if (state === 'revoked' && !this.isFrozen) throw new Error('A credit was revoked and neither refunded nor frozen')
    return 'open'
  }

  parts(): { credits: Parts; money: Parts } {
    const credits: Parts = { refunded: 0n, earned: 0n, expired: 0n, open: 0n }
    const money: Parts = { refunded: 0n, earned: 0n, expired: 0n, open: 0n }
    const count = BigInt(this.#states.length)
    const through = (credit: bigint) => (2n * this.#price * credit + count) / (2n * count)
    for (const [index, fate] of this.#fates().entries()) {
      credits[fate] += 1n
      money[fate] += through(BigInt(index) + 1n) - through(BigInt(index))
    }
    return { credits, money }
  }
}
