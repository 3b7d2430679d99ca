import type { Credits } from './amounts/credits.ts'
import { type LowThreshold, resolveThreshold } from './low-balance.ts'

/** A balance below which the team is told, beside its low threshold. A share is of the last 30 days' usage. */
export type AlertLevel = {
  readonly below: NonNullable<LowThreshold>
  /** Whether the balance is below it, and that was told: it is told again once the balance has come back up to it. */
  readonly isTold: boolean
}

export const maxAlertLevels = 5

/** The level in credits. */
export const creditsOf = ({ below }: Pick<AlertLevel, 'below'>, monthlyUsage: Credits): Credits =>
  resolveThreshold(below, monthlyUsage, below)

/** New levels of a team with this balance: those that it is below already are not told. */
export const newLevels = (
  levels: readonly AlertLevel['below'][],
  { available, monthlyUsage }: { readonly available: Credits; readonly monthlyUsage: Credits },
): readonly AlertLevel[] => levels.map((below) => ({ below, isTold: available < creditsOf({ below }, monthlyUsage) }))

/** The levels at this balance, and the amounts of those that it fell below, the highest first. */
export function crossings(
  levels: readonly AlertLevel[],
  available: Credits,
  monthlyUsage: Credits,
): { readonly levels: readonly AlertLevel[]; readonly crossed: readonly Credits[] } {
  const amounts = levels.map((level) => creditsOf(level, monthlyUsage))
  const isBelow = (index: number) => available < (amounts[index] ?? 0n)
  if (levels.every(({ isTold }, index) => isTold === isBelow(index))) return { levels, crossed: [] }
  const crossed = amounts.filter((_, index) => isBelow(index) && !levels[index]?.isTold)
  return {
    levels: levels.map((level, index) => ({ ...level, isTold: isBelow(index) })),
    crossed: crossed.sort((one, other) => (one < other ? 1 : one > other ? -1 : 0)),
  }
}
