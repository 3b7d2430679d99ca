import type { DemoCardQuery } from './contract.ts'

export type Rate = DemoCardQuery['rateCard']['categories'][number]['rates'][number]
export type Usage = { readonly rate: string; readonly quantity?: string; readonly count?: number }

/** An action of the pretend assistant: a rate, or all rates of tokens of a category together. */
export type Choice = {
  readonly code: string
  readonly name: string
  readonly unit: Rate['unit']
  readonly rates: readonly Rate[]
}

/** The actions of one tab of the composer. */
export type Action = { readonly code: string; readonly name: string; readonly choices: readonly Choice[] }

/** The composer's control for a unit; null: the amount follows from the text. */
export type Amount = { readonly label: string; readonly min: number; readonly max: number; readonly start: number }

const amounts: Readonly<Record<Rate['unit'], Amount | null>> = {
  IMAGE: { label: 'Variants', min: 1, max: 4, start: 2 },
  USE: null,
  TOKEN: null,
  CHARACTER: { label: 'Characters', min: 200, max: 4000, start: 800 },
  SECOND: { label: 'Seconds', min: 5, max: 60, start: 10 },
  MINUTE: { label: 'Minutes', min: 1, max: 10, start: 2 },
  GB_DAY: null,
}

export const amountOf = (unit: Rate['unit']): Amount | null => amounts[unit]

/** A chat's actions, by category. Rates that are charged by the day are not among them. */
export function actionsOf({ categories }: DemoCardQuery['rateCard']): readonly Action[] {
  return categories
    .map(({ code, name, rates }) => ({ code, name, choices: choicesOf(name, rates) }))
    .filter(({ choices }) => choices.length > 0)
}

function choicesOf(category: string, rates: readonly Rate[]): readonly Choice[] {
  const single = rates
    .filter(({ unit }) => unit !== 'TOKEN' && unit !== 'GB_DAY')
    .map((rate) => ({ code: rate.code, name: rate.name, unit: rate.unit, rates: [rate] }))
  const tokens = rates.filter(({ unit }) => unit === 'TOKEN')
  const [first] = tokens
  if (first === undefined) return single
  return [...single, { code: first.code, name: `${category} by tokens`, unit: 'TOKEN', rates: tokens }]
}

const contextTokens = 600
const answerTokens = 450
const charactersPerToken = 4

/** The usage of the action; for tokens, the first rate counts the input, the others the answer. */
export function usageOf({ rates, unit }: Choice, amount: number, text: string): readonly Usage[] {
  if (unit === 'TOKEN') {
    const input = contextTokens + Math.ceil(text.length / charactersPerToken)
    return rates.map(({ code }, index) => ({ rate: code, quantity: `${index === 0 ? input : answerTokens}` }))
  }
  const [rate] = rates
  if (rate === undefined) return []
  if (unit === 'IMAGE') return [{ rate: rate.code, count: amount }]
  if (unit === 'USE') return [{ rate: rate.code }]
  return [{ rate: rate.code, quantity: `${amount}` }]
}

/** Whether the choice can run as a live conversation, which is charged while it continues. */
export const canBeLive = ({ unit, rates: [rate] }: Choice): boolean =>
  (unit === 'SECOND' || unit === 'MINUTE') && rate?.charge === 'AT_SUCCESS' && rate.settlement === 'CREDITS'

/** The usage of this many seconds of a live conversation. */
export const liveUsage = ({ unit, rates }: Choice, seconds: number): readonly Usage[] =>
  rates.map(({ code }) => ({ rate: code, quantity: `${unit === 'MINUTE' ? +(seconds / 60).toFixed(6) : seconds}` }))
