import type { DemoCardQuery } from './contract.ts'

export type Rate = DemoCardQuery['rateCard']['categories'][number]['rates'][number]
export type Usage = { readonly rate: string; readonly quantity?: string; readonly count?: number }

/** Something that the pretend assistant can do: a rate, or all rates of tokens of a category together. */
export type Choice = {
  readonly code: string
  readonly name: string
  readonly unit: Rate['unit']
  readonly rates: readonly Rate[]
}

/** What people do in one tab of the composer. */
export type Action = { readonly code: string; readonly name: string; readonly choices: readonly Choice[] }

/** What the composer's control of a unit offers; null: the text alone says how much it is. */
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

/** By category, what a chat can do. What is charged by the day is no action. */
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

/** What the action will use; of tokens the first rate is taken for the input, the others for the answer. */
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

/** Whether it can run as a live conversation, which is charged while it goes on. */
export const canBeLive = ({ unit, rates: [rate] }: Choice): boolean =>
  (unit === 'SECOND' || unit === 'MINUTE') && rate?.charge === 'AT_SUCCESS' && rate.settlement === 'CREDITS'

/** So many seconds of a live conversation. */
export const liveUsage = ({ unit, rates }: Choice, seconds: number): readonly Usage[] =>
  rates.map(({ code }) => ({ rate: code, quantity: `${unit === 'MINUTE' ? +(seconds / 60).toFixed(6) : seconds}` }))
