import type { Check } from './check.ts'

/** The expectation of a step, and the result. Both are printed, so that neither holds a secret. */
export type Compared = { readonly expected: unknown; readonly came: unknown }

/** One belief of this project about Stripe. */
export type Step = {
  readonly name: string
  /** Why it matters: what goes wrong where Stripe does otherwise. */
  readonly fact: string
} & ({ readonly run: (check: Check) => Promise<Compared> } | { readonly cannot: string })

/** A step can't tell: the key or the account does not allow it. The message says what is missing. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
}
