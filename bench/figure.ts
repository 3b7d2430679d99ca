/** What a case tells while it runs, and what it is given. */
export type Run = {
  /** How long each measured part takes. */
  readonly seconds: number
  progress(message: string): void
}

/** One line of the table: a measure beside its baseline of the same run. */
export type Figure = {
  readonly what: string
  readonly measured: string
  readonly baseline: string
  readonly ratio: number
  /** `at-least`: the ratio should be as high as possible; `below`: as low. */
  readonly goal: { readonly kind: 'at-least' | 'below'; readonly floor: number; readonly aim: number }
}

export type Case = { readonly name: string; run(run: Run): Promise<readonly Figure[]> }

export const reached = ({ ratio, goal }: Figure, bound: number) =>
  goal.kind === 'at-least' ? ratio >= bound : ratio < bound

export const perSecond = (count: number, seconds: number) => Math.round(count / seconds)

export const rate = (value: number, unit = '/s') => `${Math.round(value).toLocaleString('en')}${unit}`
