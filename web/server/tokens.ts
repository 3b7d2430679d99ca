import type { UsageInput } from './contract.ts'

/**
 * The tokens of one answer, as the providers count them: `cached` is a part of `input`, and `reasoning` is a part of `output`.
 */
export type TokenCounts = {
  readonly input: number
  readonly output: number
  readonly cached?: number
  readonly reasoning?: number
}

/**
 * The rates of a model, whose unit is TOKEN. Without `cached`, cached tokens are charged as input; without `reasoning`, reasoning tokens are
 * charged as output.
 */
export type TokenRates = {
  readonly input: string
  readonly output: string
  readonly cached?: string
  readonly reasoning?: string
}

/**
 * One line for each rate that has tokens. No token is charged twice: where cached or reasoning tokens have a rate, they are taken off the whole.
 * A part that is larger than its whole counts as much as the whole.
 */
export function usageOf(counts: TokenCounts, rates: TokenRates): UsageInput[] {
  const cached = rates.cached === undefined ? 0 : within(counts.cached, counts.input)
  const reasoning = rates.reasoning === undefined ? 0 : within(counts.reasoning, counts.output)
  const quantities = new Map<string, number>()
  for (const [rate, tokens] of [
    [rates.input, counts.input - cached],
    [rates.cached, cached],
    [rates.output, counts.output - reasoning],
    [rates.reasoning, reasoning],
  ] as const) {
    if (rate !== undefined && tokens > 0) quantities.set(rate, (quantities.get(rate) ?? 0) + tokens)
  }
  return [...quantities].map(([rate, tokens]) => ({ rate, quantity: `${tokens}` }))
}

const within = (part: number | undefined, whole: number): number => Math.min(part ?? 0, whole)

type Whole = number | null | undefined

/** Counts as an answer tells them; null: it tells none. A count that is no whole number above 0 is not there. */
export function countsOf(input: Whole, output: Whole, cached?: Whole, reasoning?: Whole): TokenCounts | null {
  const [whole, answered] = [tokensIn(input), tokensIn(output)]
  if (whole + answered === 0) return null
  return { input: whole, output: answered, cached: tokensIn(cached), reasoning: tokensIn(reasoning) }
}

const tokensIn = (value: Whole): number => (Number.isSafeInteger(value) ? Math.max(Number(value), 0) : 0)
