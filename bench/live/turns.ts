/** Short ones, so that a disturbance falls on all alike, and so many that the median hides it. */
const turns = 15
const turnsInSeconds = 10

/**
 * All of them in turns, each time for a tenth of `seconds`: whatever else the machine does falls on all alike. A list of
 * results for each. `stretch`: longer turns and fewer of them, for what takes a while to settle.
 */
export async function inTurns<Result>(
  parts: readonly ((seconds: number) => Promise<Result>)[],
  seconds: number,
  stretch = 1,
): Promise<Result[][]> {
  const results = parts.map((): Result[] => [])
  for (let turn = 0; turn < turns / stretch; turn++) {
    for (const [index, part] of parts.entries()) results[index]?.push(await part((seconds * stretch) / turnsInSeconds))
  }
  return results
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** The median of what each turn's measure is to the same turn's baseline. */
export const medianRatio = (measured: readonly number[], baseline: readonly number[]): number =>
  median(measured.map((value, turn) => value / (baseline[turn] ?? Number.NaN)))
