import type { Stripe } from 'stripe'

/** The number of tries under a key: the SDK retries by itself, and reports only the last result. */
export type Attempts = {
  begin(key: string): void
  /** How often since it began. */
  end(key: string): number
}

export function countAttempts(stripe: Pick<Stripe, 'on'>): Attempts {
  const sent = new Map<string, number>()
  stripe.on('request', ({ idempotency_key: key = '' }) => {
    const before = sent.get(key)
    if (before !== undefined) sent.set(key, before + 1)
  })
  return {
    begin(key) {
      sent.set(key, 0)
    },
    end(key) {
      const count = sent.get(key) ?? 0
      sent.delete(key)
      return count
    },
  }
}
