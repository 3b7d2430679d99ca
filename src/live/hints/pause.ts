const firstMs = 50
const longestMs = 2_000

/** How long to wait before try number `tries` (from 0): doubled each time, two seconds at most, never all in step. */
export const pauseBefore = (tries: number): number =>
  Math.min(firstMs * 2 ** tries, longestMs) * (0.5 + Math.random() / 2)
