import { expect, test, vi } from 'vitest'
import type { Alarm } from '../../src/live/alarm.ts'
import type { Feed, Item, Mark, Opening } from '../../src/live/feed.ts'
import { SharedStream } from '../../src/live/shared-stream.ts'
import type { Watcher } from '../../src/live/watcher.ts'
import { ScriptedWatcher } from '../property/model/scripted-watcher.ts'

type State = { readonly text: string }

const at = (revision: number, text: string, reading: number): Item<State> => ({
  value: { text },
  mark: { revision, number: 0, shown: { text, reading } },
})
const opening = ({ value, mark }: Item<State>): Opening<State> => ({ first: value, mark })

/** A feed that says what it is told to. */
function feedOf(given: Pick<Feed<State>, 'delivers' | 'open' | 'follow'>): Feed<State> {
  return {
    key: 'feed',
    start: null,
    hear: () => () => undefined,
    ...given,
    [Symbol.asyncIterator]() {
      throw new Error('Many watch')
    },
  }
}

function watch(stream: SharedStream<State>, start: Mark | null = null): ScriptedWatcher {
  const watcher = new ScriptedWatcher(false)
  watcher.joined(stream.join(watcher, start))
  return watcher
}

const idle = () => 0
const streamOf = (feed: Feed<State>) => new SharedStream(feed, async ({ text }) => text, idle, vi.fn())

/** Nothing else happens until the alarm ends. */
async function forEver(alarm: Alarm): Promise<void> {
  while (await alarm.rings()) alarm.clear()
}

test('who was told an older state than the one the stream began with is told the newer one, and nothing twice', async () => {
  const first = Promise.withResolvers<void>()
  const readings = [
    async () => {
      await first.promise
      return opening(at(1, 'old', 1))
    },
    async () => opening(at(2, 'new', 2)),
  ]
  const stream = streamOf(
    feedOf({
      delivers: 'latest',
      open: async () => (await readings.shift()?.()) ?? null,
      async *follow(from, alarm) {
        if (from.revision === 1) {
          yield at(1, 'old', 1)
          yield at(2, 'new', 3)
        }
        await forEver(alarm)
      },
    }),
  )
  const late = watch(stream)
  const early = watch(stream)
  await expect.poll(() => early.told).toEqual(['new'])
  first.resolve()
  await expect.poll(() => late.told).toEqual(['old', 'new'])
  expect(early.told).toEqual(['new'])
})

test('of two states of one revision, the one that was read first is not told behind the other', async () => {
  const news = Promise.withResolvers<Item<State>>()
  const readings = [opening(at(1, 'low', 1)), opening(at(1, 'ok again', 4))]
  const stream = streamOf(
    feedOf({
      delivers: 'latest',
      open: async () => readings.shift() ?? null,
      async *follow(_, alarm) {
        yield await news.promise
        await forEver(alarm)
      },
    }),
  )
  const one = watch(stream)
  await expect.poll(() => one.told).toEqual(['low'])
  news.resolve(at(1, 'ok', 3))
  await expect.poll(() => one.told).toEqual(['low', 'ok'])
  const other = watch(stream)
  await expect.poll(() => other.told).toEqual(['ok again'])
  await new Promise((resolve) => setImmediate(resolve))
  expect(other.told).toEqual(['ok again'])
})

test('whoever was away for long reads on alone, and holds up nobody', async () => {
  const events = Promise.withResolvers<void>()
  const stream = streamOf(
    feedOf({
      delivers: 'every',
      open: async () => ({ first: null, mark: { revision: 1_000, number: 0, shown: null } }),
      async *follow(from, alarm) {
        if (from.revision === 1_000) {
          await events.promise
          yield { value: { text: 'next' }, mark: { revision: 1_001, number: 0, shown: null } }
        }
        await forEver(alarm)
      },
    }),
  )
  const away = watch(stream, { revision: 1, number: 0, shown: null })
  const present = watch(stream)
  events.resolve()
  await expect.poll(() => present.told).toEqual(['next'])
  expect(away.told).toEqual([])
})

test('a stream that fails tells all, and is over; one that can not be opened tells only whoever asked', async () => {
  const failing = Promise.withResolvers<never>()
  const empty = vi.fn()
  const broken = new Error('It broke')
  let opened = 0
  const feed = feedOf({
    delivers: 'latest',
    async open() {
      opened += 1
      if (opened === 2) throw broken
      return opening(at(1, 'one', opened))
    },
    // biome-ignore lint/correctness/useYield: it fails before it has anything to tell.
    async *follow() {
      await failing.promise
    },
  })
  const stream = new SharedStream<State>(feed, async ({ text }) => text, idle, empty)
  const [one, two, three] = [watch(stream), watch(stream), watch(stream)]
  await expect.poll(() => two.failures).toEqual([broken])
  expect([one.failures, three.failures]).toEqual([[], []])
  expect(stream.watchers).toBe(2)
  failing.reject(broken)
  await expect.poll(() => three.failures).toEqual([broken])
  expect(one.failures).toEqual([broken])
  expect(stream.watchers).toBe(0)
  expect(empty).toHaveBeenCalledOnce()
})

test('two who read on alone over one line take turns at it', async () => {
  const stream = streamOf(
    feedOf({
      delivers: 'every',
      open: async () => ({ first: null, mark: { revision: 2, number: 0, shown: null } }),
      async *follow(from, alarm) {
        for (let revision = from.revision + 1; revision <= 3; revision += 1) {
          yield { value: { text: `${revision}` }, mark: { revision, number: 0, shown: null } }
        }
        await forEver(alarm)
      },
    }),
  )
  const line = new ScriptedWatcher(true)
  line.fill()
  for (const _ of ['one', 'other']) {
    const watcher: Watcher = {
      get free() {
        return line.free
      },
      send: (text) => line.send(text),
      freed: () => line.freed(),
      fail: (error) => line.fail(error),
    }
    stream.join(watcher, { revision: 0, number: 0, shown: null })
  }
  for (let sent = 1; sent <= 6; sent += 1) {
    line.drain()
    await expect.poll(() => line.told).toHaveLength(sent)
    await new Promise((resolve) => setImmediate(resolve))
    expect(line.told).toHaveLength(sent)
  }
  expect(line.told.toSorted()).toEqual(['1', '1', '2', '2', '3', '3'])
})
