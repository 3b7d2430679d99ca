import { type Credits, formatCredits, MICRO } from '../amounts/credits.ts'
import { divideRounded, type RoundingMode } from '../amounts/fixed-point.ts'
import { InvalidUsage } from '../errors.ts'
import { price } from '../pricing.ts'
import type { RateCard } from '../rate-card.ts'
import type { RehearsedEvent } from './rehearsed-event.ts'

const modes: readonly (readonly [RoundingMode, string])[] = [
  ['up', 'up'],
  ['half-up', 'to the nearest'],
  ['down', 'down'],
]
const steps: readonly Credits[] = [MICRO, MICRO / 10n, MICRO / 100n, MICRO / 1_000n]

/** Why the other system charges another price: how it rounds, or else the price of each line here. */
export function explainPrice({ amount, usage }: RehearsedEvent, ours: Credits, card: RateCard): string {
  const priced = usage === null || usage instanceof InvalidUsage ? null : price(card, usage)
  if (priced === null || !priced.ok) return 'The gateway gives back another amount.'
  const lines = priced.priced.lines.map(({ rate, credits }) => ({ rate, credits }))
  const { to, mode } = card.rounding
  for (const step of steps) {
    for (const [rounding, words] of modes) {
      const rounded = (credits: Credits) => divideRounded(credits, step, rounding) * step
      const byLine = lines.reduce((sum, { credits }) => sum + rounded(credits), 0n)
      const isWhole = rounded(ours) === amount
      if (!isWhole && byLine !== amount) continue
      const what = isWhole ? 'each charge' : 'each line'
      return `The other system rounds ${what} ${words} to a multiple of ${formatCredits(step)}, and the rate card rounds each line ${mode} to ${formatCredits(to)}.`
    }
  }
  const prices = lines.map(({ rate, credits }) => `${rate} ${formatCredits(credits)}`).join(', ')
  return `The rate card has other prices. It charges ${formatCredits(ours)} here: ${prices}.`
}
