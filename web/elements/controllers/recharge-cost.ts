import { decimalOf, microOf } from './amounts.ts'

/** A change of the balance, oldest first; negative for use. */
export type BalanceChange = { readonly at: string; readonly amount: string }

export type RechargeTrial = {
  readonly startingBalance: string
  readonly changes: readonly BalanceChange[]
  readonly threshold: string
  readonly packageCredits: string
  readonly packagePrice: string
  /** Null: no cap. */
  readonly monthlyCap: string | null
}

export type RechargeCost = { readonly purchases: number; readonly money: string; readonly capped: boolean }

const maxPurchases = 1_000

/**
 * The purchases that auto-recharge would have made: one package whenever use takes the balance below the threshold, and again where one is not
 * enough, within the cap of each calendar month (UTC).
 */
export function rechargeCost({ startingBalance, changes, ...rules }: RechargeTrial): RechargeCost {
  const threshold = microOf(rules.threshold)
  const credits = microOf(rules.packageCredits)
  const price = microOf(rules.packagePrice)
  const cap = rules.monthlyCap === null ? null : microOf(rules.monthlyCap)
  const spent = new Map<string, bigint>()
  let balance = microOf(startingBalance)
  let purchases = 0
  let capped = false
  for (const { at, amount } of changes) {
    const change = microOf(amount)
    balance += change
    if (change >= 0n || credits <= 0n) continue
    const month = at.slice(0, 7)
    while (balance < threshold && purchases < maxPurchases) {
      const monthly = (spent.get(month) ?? 0n) + price
      if (cap !== null && monthly > cap) {
        capped = true
        break
      }
      spent.set(month, monthly)
      balance += credits
      purchases += 1
    }
  }
  return { purchases, money: decimalOf(price * BigInt(purchases)), capped }
}
