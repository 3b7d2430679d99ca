import { appendFileSync, readFileSync } from 'node:fs'
import { type RunnerTestCase, TestRunner } from 'vitest'
import type { Result } from './results.ts'
import { settings } from './settings.ts'

/** The variables that the instrumented code reads and writes. Source: @stryker-mutator/api, INSTRUMENTER_CONSTANTS. */
type Switch = {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number
  readonly mutantCoverage: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
}

const { results, maxTestMs, maxTries } = settings
const mutation: Switch = { mutantCoverage: { static: {}, perTest: {} } }
Object.assign(globalThis, { __stryker__: mutation })

const alive = new Set<string>(JSON.parse(readFileSync(`${results}/alive.json`, 'utf8')))
const tries = new Map<string, number>()
const report = (result: Result) => appendFileSync(`${results}/results.jsonl`, `${JSON.stringify(result)}\n`)

/** Counts the steps of the code under test, and throws at the limit: a mutant may loop for ever. */
const limited = (maxSteps: number, steps = 0): Record<string, number> =>
  new Proxy(
    {},
    {
      set() {
        steps += 1
        if (steps > maxSteps) throw new Error('The mutant takes too many steps')
        return true
      },
    },
  )

/** Runs each test as it is, and then once with each mutant that it reaches and no test before it has killed. */
export default class MutantRunner extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test)
    mutation.currentTestId = test.id
    await run()
    mutation.currentTestId = undefined
    const hits = mutation.mutantCoverage.perTest[test.id]
    if (hits === undefined) return
    // The first run compiled what it ran: the second tells the processor time, and that the test can be repeated.
    const begin = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(begin)
    const ms = (user + system) / 1000
    const killed = ms > maxTestMs ? [] : await this.#killedBy(run, hits, ms)
    // A kill counts only if the test still passes afterwards: a mutant may have left it unable to.
    await run()
    for (const id of killed) alive.delete(id)
    report({ reached: Object.keys(hits), killed })
  }

  override onAfterRunFiles(files: never[]): void {
    super.onAfterRunFiles(files)
    report({ loaded: Object.keys(mutation.mutantCoverage.static) })
  }

  async #killedBy(run: () => unknown, hits: Record<string, number>, ms: number): Promise<string[]> {
    const maxSteps = 10_000 + 10 * Object.values(hits).reduce((sum, count) => sum + count, 0)
    const killed: string[] = []
    for (const id of Object.keys(hits)) {
      const tried = tries.get(id) ?? 0
      if (!alive.has(id) || (ms > 20 && tried >= maxTries)) continue
      if (ms > 20) tries.set(id, tried + 1)
      if (!(await passes(run, id, maxSteps))) killed.push(id)
    }
    return killed
  }
}

/** Whether a test passes with one mutant. */
async function passes(run: () => unknown, id: string, maxSteps: number): Promise<boolean> {
  mutation.mutantCoverage.perTest.mutant = limited(maxSteps)
  Object.assign(mutation, { activeMutant: id, currentTestId: 'mutant', hitCount: 0, hitLimit: maxSteps })
  try {
    await run()
    return true
  } catch {
    return false
  } finally {
    Object.assign(mutation, { activeMutant: undefined, currentTestId: undefined, hitCount: undefined })
  }
}
