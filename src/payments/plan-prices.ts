import type { Stripe } from 'stripe'
import { sharing } from '../concurrency/sharing.ts'
import { intervalOf } from './plan-subscription.ts'
import { reached } from './stripe-faults.ts'
import { markOf } from './subscription-marks.ts'

/** A price at Stripe that can be subscribed to and names a plan. It is paid each month or each year. */
export type PlanPrice = { readonly id: string; readonly planId: string; readonly interval: 'MONTH' | 'YEAR' }

/** How many prices of one currency are read at most. */
export const maxPlanPrices = 1_000

export type PlanPrices = {
  /**
   * The prices of all plans in a currency, as Stripe had them at most a minute ago; null: Stripe has more prices than are
   * read.
   *
   * @throws {StripeUnavailable}
   */
  in(currency: string): Promise<readonly PlanPrice[] | null>
  /**
   * Stripe has refused one of them: the next reading is anew, at most once a minute. All teams share the prices, so one that
   * is refused again and again makes no more readings than that.
   */
  forget(currency: string): void
}

const keptMs = 60_000

/** Reads which price sells which plan, by the marks by which a subscription's plan is read. */
export function createPlanPrices(stripe: Stripe): PlanPrices {
  const shared = sharing<string, readonly PlanPrice[] | null>()
  /** At most as many as teams have currencies. */
  const known = new Map<string, { readonly prices: readonly PlanPrice[] | null; readonly until: number }>()

  const forgotten = new Map<string, number>()

  async function read(currency: string): Promise<readonly PlanPrice[] | null> {
    const found: PlanPrice[] = []
    let left = maxPlanPrices
    const asked: Stripe.PriceListParams = {
      active: true,
      currency: currency.toLowerCase(),
      recurring: { usage_type: 'licensed' },
      limit: 100,
      expand: ['data.product'],
    }
    for await (const price of stripe.prices.list(asked)) {
      if (left === 0) return null
      left -= 1
      const interval = price.recurring?.interval_count === 1 ? intervalOf(price) : null
      const { plan, addOn } = await markOf(stripe, price)
      if (interval !== null && plan !== null && addOn === null && isSold(price)) {
        found.push({ id: price.id, planId: plan, interval })
      }
    }
    return found
  }

  return {
    in(currency) {
      const fresh = known.get(currency)
      if (fresh !== undefined && fresh.until > performance.now()) return Promise.resolve(fresh.prices)
      return shared(currency, async () => {
        const prices = await reached(() => read(currency))
        known.set(currency, { prices, until: performance.now() + keptMs })
        return prices
      })
    },
    forget(currency) {
      const now = performance.now()
      if (now - (forgotten.get(currency) ?? -Infinity) < keptMs) return
      forgotten.set(currency, now)
      known.delete(currency)
    },
  }
}

/** A product that is archived sells nothing, although its prices may be active. */
const isSold = ({ product }: Stripe.Price): boolean =>
  typeof product === 'string' || (!product.deleted && product.active)
