import { getHeapStatistics } from 'node:v8'

/** The measured work: it runs without waiting, and returns its result. */
export type Work = (index: number) => unknown

const turnMs = 100
const calls = 1_000

/**
 * How often each work completes in a second. They take turns of a tenth of a second, so that other load on the machine
 * affects all of them alike, and each has `seconds` in all.
 */
export function callsPerSecond(works: readonly Work[], seconds: number): number[] {
  const sums = works.map((work) => ({ work, count: 0, ms: 0 }))
  for (let turn = 0; turn < (seconds * 1000) / turnMs; turn++) {
    for (const sum of sums) {
      const begun = performance.now()
      let took = 0
      do {
        callOften(sum.work)
        sum.count += calls
        took = performance.now() - begun
      } while (took < turnMs)
      sum.ms += took
    }
  }
  return sums.map(({ count, ms }) => (count / ms) * 1000)
}

/**
 * The bytes that a call allocates on the heap, whether they are soon free again or not: the median growth over 200
 * times 1,000 calls, so that the few rounds with a garbage collection don't count. The work must be warm.
 */
export function heapPerCall(work: Work): number {
  const grown = Array.from({ length: 200 }, () => {
    const before = getHeapStatistics().used_heap_size
    callOften(work)
    return getHeapStatistics().used_heap_size - before
  })
  return (grown.sort((a, b) => a - b)[100] ?? Number.NaN) / calls
}

const kept: unknown[] = []

/** Keeps the results for a while, so that a compiler can't omit the work. */
function callOften(work: Work): void {
  for (let index = 0; index < calls; index++) kept[index % 64] = work(index)
}
