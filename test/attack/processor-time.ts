/** The processor time, in milliseconds, that this process spends until `run` resolves. */
export async function processorMs(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Calls one after another, each with its number. */
export async function inTurn(count: number, call: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await call(index)
}
