/** The seed of this run, which a failure prints: TEST_SEED=… repeats it. */
export const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)

/** The same numbers from 0 to 1 for the same seed. Source: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
