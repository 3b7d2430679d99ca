/**
 * The sum of a customer's payments to Stripe, in the credits that the money buys. Each change gives back the unused
 * time that was paid and bills the rest of the present plan, by the share of its own period; another anchor begins a
 * period that is billed in full. Source: https://docs.stripe.com/billing/subscriptions/prorations.
 */
export class StripeSum {
  /** Exact, as a sum of fractions of micro-credits; `d` is above 0. */
  #sum = { n: 0n, d: 1n }
  #most = 0n
  #running: { rate: bigint; start: number; end: number } | null = null

  /** Micro-credits paid for now, rounded down. */
  get paid(): bigint {
    return this.#sum.n / this.#sum.d
  }

  /** The most that was ever paid for, rounded up. */
  get most(): bigint {
    return this.#most
  }

  /** The state of a subscription: `rate` from the start of its period to the end. */
  stands(rate: bigint, { start, end }: { start: number; end: number }, at: number): void {
    this.cancelled(at)
    this.#running = { rate, start, end }
    this.#add(rate * BigInt(end - at), BigInt(end - start))
  }

  /** Gives back the rest of the running period. */
  cancelled(at: number): void {
    if (this.#running === null) return
    const { rate, start, end } = this.#running
    this.#add(-rate * BigInt(end - at), BigInt(end - start))
    this.#running = null
  }

  #add(n: bigint, d: bigint): void {
    const sum = this.#sum
    this.#sum = sum.d === d ? { n: sum.n + n, d } : { n: sum.n * d + n * sum.d, d: sum.d * d }
    const up = (this.#sum.n + this.#sum.d - 1n) / this.#sum.d
    if (up > this.#most) this.#most = up
  }
}
