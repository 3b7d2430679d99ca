import type { Credits } from './amounts/credits.ts'
import type { NoticeType } from './notice.ts'

export const balanceStates = ['OK', 'LOW', 'EXHAUSTED'] as const
export type BalanceState = (typeof balanceStates)[number]

/** When a team counts as low: at an amount, at a share of its last 30 days' usage, or as the catalog says (null). */
export type LowThreshold = { readonly credits: Credits } | { readonly percent: bigint } | null

/** `percent` in micro-units: 25% of a month's usage is 25_000_000n. Rounded down to the micro-credit. */
export function resolveThreshold(
  threshold: LowThreshold,
  monthlyUsage: Credits,
  fallback: NonNullable<LowThreshold>,
): Credits {
  const chosen = threshold ?? fallback
  return 'credits' in chosen ? chosen.credits : (monthlyUsage * chosen.percent) / 100_000_000n
}

export const balanceState = (available: Credits, lowThreshold: Credits): BalanceState =>
  available <= 0n ? 'EXHAUSTED' : available < lowThreshold ? 'LOW' : 'OK'

/** The notice of a crossing: down to LOW, down to EXHAUSTED, back to OK. Null: there is no news. */
export function noticeOfCrossing(from: BalanceState, to: BalanceState): NoticeType | null {
  if (to === from) return null
  if (to === 'OK') return 'BALANCE_RECOVERED'
  if (to === 'EXHAUSTED') return 'BALANCE_EXHAUSTED'
  return from === 'OK' ? 'BALANCE_LOW' : null
}
