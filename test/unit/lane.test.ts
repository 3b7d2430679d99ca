import { describe, expect, test } from 'vitest'
import { Lane, LaneFull, type LaneLimits } from '../../src/concurrency/lane.ts'

type Item = { readonly owner: string; readonly number: number }

const item = (owner: string, number: number): Item => ({ owner, number })
const items = (owner: string, count: number) => Array.from({ length: count }, (_, number) => item(owner, number))

/** A lane whose batches are seen, and end when they are told to. */
function openLane(limits: Partial<LaneLimits<Item>> = {}) {
  const batches: { readonly items: readonly Item[]; end(): void }[] = []
  const begun: (() => void)[] = []
  const lane = new Lane<Item, string>(
    (taken) =>
      new Promise((resolve) => {
        const end = () =>
          resolve(taken.map(({ owner, number }) => ({ status: 'fulfilled', value: `${owner}${number}` })))
        batches.push({ items: taken, end })
        for (const tell of begun.splice(0)) tell()
      }),
    { batch: 10, parallel: 1, capacity: 1_000, ownerOf: ({ owner }) => owner, ...limits },
  )
  const next = async (index: number) => {
    while (batches[index] === undefined) await new Promise<void>((resolve) => begun.push(resolve))
    return batches[index]
  }
  return { lane, next }
}

const ownersOf = (batch: { readonly items: readonly Item[] }) => batch.items.map(({ owner }) => owner)

describe('a lane', () => {
  test('serves an owner that has little within one batch, however much another has', async () => {
    const { lane, next } = openLane()
    const storm = items('busy', 300).map((one) => lane.one(one))
    const quiet = lane.one(item('quiet', 7))
    const first = await next(0)
    expect(ownersOf(first).indexOf('quiet')).toBe(1)
    first.end()
    expect(await quiet).toBe('quiet7')
    for (let index = 1; lane.busy; index += 1) {
      ;(await next(index)).end()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await Promise.all(storm)).toEqual(items('busy', 300).map(({ number }) => `busy${number}`))
  })

  test('gives each owner a group in turn, and begins after the one that was served last', async () => {
    const { lane, next } = openLane({ batch: 3, largestBatch: 3 })
    for (const owner of ['a', 'b', 'c', 'd']) for (const one of items(owner, 3)) void lane.one(one)
    const served: string[] = []
    for (let index = 0; index < 4; index += 1) {
      const batch = await next(index)
      served.push(...batch.items.map(({ owner, number }) => `${owner}${number}`))
      batch.end()
    }
    expect(served.join(' ')).toBe('a0 b0 c0 d0 a1 b1 c1 d1 a2 b2 c2 d2')
  })

  test('keeps together and in order what was given together', async () => {
    const { lane, next } = openLane({ batch: 2, largestBatch: 2 })
    void lane.push(items('a', 5))
    void lane.push(items('b', 4))
    const first = await next(0)
    first.end()
    expect([first.items, (await next(1)).items]).toEqual([items('a', 5), items('b', 4)])
  })

  test('takes no more into a batch than its limit, so that nobody waits for a longer one', async () => {
    const { lane, next } = openLane({ largestBatch: 40 })
    for (const one of items('busy', 300)) void lane.one(one)
    expect((await next(0)).items).toHaveLength(40)
  })

  test('counts a heavy item as many', async () => {
    const { lane, next } = openLane({ largestBatch: 40, weightOf: ({ number }) => (number < 9 ? 10 : 1) })
    for (const one of items('busy', 300)) void lane.one(one)
    const first = await next(0)
    expect(first.items).toHaveLength(4)
    first.end()
    expect((await next(1)).items).toHaveLength(4)
  })

  test('refuses an owner that has its share waiting, and takes others', async () => {
    const { lane, next } = openLane({ capacity: 30, capacityOfOwner: 20 })
    const waiting = items('busy', 20).map((one) => lane.one(one))
    await expect(lane.push([item('busy', 21)])).rejects.toBeInstanceOf(LaneFull)
    const other = lane.one(item('other', 1))
    for (let index = 0; lane.busy; index += 1) {
      ;(await next(index)).end()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await other).toBe('other1')
    expect(await Promise.all(waiting)).toHaveLength(20)
  })

  test('refuses everybody beyond what may wait in all, and a group as a whole', async () => {
    const { lane } = openLane({ capacity: 30 })
    for (const owner of ['a', 'b', 'c']) void lane.push(items(owner, 9))
    await expect(lane.push(items('d', 4))).rejects.toBeInstanceOf(LaneFull)
    expect(lane.push(items('d', 3))).toBeInstanceOf(Promise)
  })

  test('has nothing to do for nothing', async () => {
    expect(await openLane().lane.push([])).toEqual([])
  })
})
