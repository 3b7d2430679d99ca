import { setImmediate as turn } from 'node:timers/promises'

/** Runs all steps, `stepsInATurn` at a time, and lets the process serve others in between. */
export async function inTurns<T>(steps: Generator<void, T, void>, stepsInATurn: number): Promise<T> {
  for (let count = 1; ; count += 1) {
    const step = steps.next()
    if (step.done) return step.value
    if (count % stepsInATurn === 0) await turn()
  }
}
