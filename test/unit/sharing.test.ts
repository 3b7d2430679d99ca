import { expect, test } from 'vitest'
import { sharing } from '../../src/concurrency/sharing.ts'

function counted() {
  const shared = sharing<string, number>()
  const runs: PromiseWithResolvers<number>[] = []
  const ask = (name: string) =>
    shared(name, () => {
      const run = Promise.withResolvers<number>()
      runs.push(run)
      return run.promise
    })
  return { ask, runs }
}

test('whoever asks during a run gets its result, and the next one runs anew', async () => {
  const { ask, runs } = counted()
  const [first, second] = [ask('a'), ask('a')]
  runs[0]?.resolve(1)
  expect(await Promise.all([first, second])).toEqual([1, 1])
  const third = ask('a')
  runs[1]?.resolve(2)
  expect(await third).toBe(2)
  expect(runs).toHaveLength(2)
})

test('other names run beside it', async () => {
  const { ask, runs } = counted()
  const [a, b] = [ask('a'), ask('b')]
  runs[1]?.resolve(2)
  expect(await b).toBe(2)
  runs[0]?.resolve(1)
  expect(await a).toBe(1)
})

test('a failure is told to all who shared the run, and to nobody after', async () => {
  const { ask, runs } = counted()
  const shared = Promise.allSettled([ask('a'), ask('a')])
  runs[0]?.reject(new Error('down'))
  expect((await shared).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const again = ask('a')
  runs[1]?.resolve(2)
  expect(await again).toBe(2)
})
