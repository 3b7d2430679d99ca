/** The seed of this run, which a failure prints: TEST_SEED=… repeats it. */
export const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)

/** Random numbers from 0 up to 1, which the same seed repeats. Source: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
