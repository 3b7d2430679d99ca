/** The parameters of a case, and its output while it runs. */
export type Run = {
  /** How long each measured part takes. */
  readonly seconds: number
  progress(message: string): void
}

export type Goal = { readonly kind: 'at-least' | 'below'; readonly floor: number; readonly aim: number }

/** One line of the table: a measure beside its baseline of the same run. */
export type Figure = {
  readonly what: string
  readonly measured: string
  readonly baseline: string
  readonly ratio: number
  /**
   * `at-least`: the ratio should be as high as possible; `below`: as low as possible; null: the figure is for
   * information only.
   */
  readonly goal: Goal | null
}

export type Case = { readonly name: string; run(run: Run): Promise<readonly Figure[]> }

/** The texts of the table: the bounds, and whether they are met. */
export function judged({ ratio, goal }: Figure): { floor: string; aim: string; verdict: string } {
  if (goal === null) return { floor: '', aim: '', verdict: '' }
  const reached = (bound: number) => (goal.kind === 'at-least' ? ratio >= bound : ratio < bound)
  const sign = goal.kind === 'at-least' ? '' : '< '
  const verdict = reached(goal.aim) ? 'aim' : reached(goal.floor) ? 'reached' : 'MISSED'
  return { floor: `${sign}${goal.floor}`, aim: `${sign}${goal.aim}`, verdict }
}

export const perSecond = (count: number, seconds: number) => Math.round(count / seconds)

export const rate = (value: number, unit = '/s') => `${Math.round(value).toLocaleString('en')}${unit}`
