/** How one run of the tests tries mutants; `main.ts` gives it to its workers. */
export type Settings = {
  readonly tests: readonly string[]
  /** Slower tests try no mutants. */
  readonly maxTestMs: number
  /** On how many tests of more than 20 ms one mutant is tried. */
  readonly maxTries: number
  readonly results: string
}

export const settings: Settings = JSON.parse(process.env.MUTATION ?? '{}')
