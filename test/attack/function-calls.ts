import { Session } from 'node:inspector/promises'

/**
 * How many times functions are called in this process until `run` resolves:
 * the work that a caller causes, which no noise of the machine changes.
 * Work inside the engine itself (JSON, regular expressions) is not seen.
 */
export async function functionCalls(run: () => Promise<unknown>): Promise<number> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    await run()
    const { result } = await session.post('Profiler.takePreciseCoverage')
    return result.flatMap(({ functions }) => functions).reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)
  } finally {
    session.disconnect()
  }
}

/** Calls one after another, each with its number. */
export async function inTurn(count: number, call: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await call(index)
}
