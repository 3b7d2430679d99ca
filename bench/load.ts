/** How often `work` completes in a second with `inFlight` of it under way, and how long the slowest hundredth took. */
export async function load(
  inFlight: number,
  seconds: number,
  work: (index: number) => Promise<unknown>,
): Promise<{ perSecond: number; p99Ms: number; count: number }> {
  const started = performance.now()
  const until = started + seconds * 1000
  const latencies: number[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < until) {
        const begun = performance.now()
        await work(next++)
        latencies.push(performance.now() - begun)
      }
    }),
  )
  const took = (performance.now() - started) / 1000
  latencies.sort((a, b) => a - b)
  const p99Ms = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN
  return { perSecond: latencies.length / took, p99Ms, count: latencies.length }
}
