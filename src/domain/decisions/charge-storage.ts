import type { Instant } from '../identity.ts'
import { type CalendarDay, calendarDay } from '../period.ts'
import { price } from '../pricing.ts'
import type { PricedLine, RateCard } from '../rate-card.ts'
import type { RulesAt } from '../rules.ts'
import { accruedByDay, dayCharged, dayEndingAt, nextAccrual, type StoredAmount, storageRate } from '../stored-amount.ts'
import type { Draft } from './draft.ts'
import { type Due, partsOf } from './paying.ts'

/**
 * Charges what was stored on the day whose last millisecond `at` is, by the card in force then: one posting, a line a
 * rate, in the order of their ids. The balance pays as far as it goes; the rest is owed, or not charged where storage
 * stops at zero: then the line says what was stored and what was paid. Less than half a micro-GB-day is not told at all.
 * A rate that the card can no longer price by GB and day is charged nothing, and what is stored of it ends there.
 * Source: facts G8.
 */
export function chargeStorage(draft: Draft, rulesAt: RulesAt, at: Instant): void {
  const stored = draft.setting('stored')
  const due = stored.filter((one) => nextAccrual(one) === at)
  if (due.length === 0) return
  const { card, policy } = rulesAt(at)
  const day = dayEndingAt(at + 1, policy.timeZone)
  const next = calendarDay(at + 1, rulesAt(at + 1).policy.timeZone)
  const charged = new Map<StoredAmount, StoredAmount>()
  const lines: PricedLine[] = []
  for (const one of due.toSorted((a, b) => (a.rate < b.rate ? -1 : 1))) {
    const line = priceDay(card, one, day)
    charged.set(one, dayCharged(line === null ? { ...one, amount: 0n } : one, next))
    if (line === null || line.quantity === 0n) continue
    lines.push(line)
  }
  payLines(draft, { lines, card }, policy.storageAtZero)
  if (lines.length > 0) draft.post('CHARGE', at, { reference: `storage:${day.date}`, rateCardVersion: card.version })
  draft.set({ stored: stored.map((one) => charged.get(one) ?? one) })
}

/** Null: the card has no price for it. */
function priceDay(card: RateCard, stored: StoredAmount, day: CalendarDay): PricedLine | null {
  if (storageRate(card, stored.rate) === undefined) return null
  const result = price(card, [{ rate: stored.rate, quantity: accruedByDay(stored, day), count: 1 }])
  return result.ok ? (result.priced.lines[0] ?? null) : null
}

function payLines(draft: Draft, due: Due, atZero: 'stop' | 'owe'): void {
  const parts = Map.groupBy(partsOf(draft, due), ({ line }) => line)
  due.lines.forEach(({ rate, quantity, count, credits, money }, line) => {
    let use: { quantity: bigint; count: number; money: typeof money } | null = { quantity, count, money }
    let unpaid = credits
    for (const { grantId, amount, category } of parts.get(line) ?? []) {
      draft.move(grantId, { from: 'available', to: 'spent', amount }, { line, rate, use, category })
      use = null
      unpaid -= amount
    }
    // An amount beyond the bounds of the ledger is not charged.
    const owed = atZero === 'stop' ? 0n : draft.fittingDebt(unpaid)
    if (owed > 0n) draft.owe(owed, { line, rate, use })
    else if (use !== null) draft.mark({ line, rate, use })
  })
}
