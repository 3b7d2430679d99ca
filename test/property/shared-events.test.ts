import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/live/alarm.ts'
import type { Feed, Item, Mark } from '../../src/live/feed.ts'
import { type Act, acts, broken, expectNoneLate, otherFailures, settled, Telling } from './model/telling.ts'

describe('events that many watch', () => {
  type Happened = { readonly revision: number }
  const pageSize = 5
  const markOf = (revision: number): Mark => ({ revision, number: 0, shown: null })

  /** A table of events, counted from 1, that is read in pages as of any moment between question and answer. */
  class Table {
    count = 0
    heard = 0
    /** Readings that have not ended. */
    following = 0
    breaks = false
    readonly #alarms = new Set<Alarm>()
    readonly #scheduler: fc.Scheduler

    constructor(scheduler: fc.Scheduler) {
      this.#scheduler = scheduler
    }

    happen(times: number): void {
      this.count += times
      void this.step('hint').then(() => {
        for (const alarm of this.#alarms) alarm.ring()
      })
    }

    step(label: string): Promise<void> {
      return this.#scheduler.schedule(Promise.resolve(), label)
    }

    async #read(): Promise<number> {
      await this.step('read')
      const breaks = this.breaks
      this.breaks = false
      const { count } = this
      await this.step('answer')
      if (breaks) throw broken
      return count
    }

    async *follow(from: Mark, alarm: Alarm): AsyncGenerator<Item<Happened>> {
      this.following += 1
      try {
        for (let { revision } = from; !alarm.ended; ) {
          alarm.clear()
          const last = await this.#read()
          if (alarm.ended) return
          const page = Math.min(last, revision + pageSize)
          while (revision < page) {
            revision += 1
            const value = { revision }
            yield { value, mark: markOf(revision) }
          }
          if (revision === last && !(await alarm.rings())) return
        }
      } finally {
        this.following -= 1
      }
    }

    feed(delivers: 'latest' | 'every'): Feed<Happened> {
      return {
        key: 'events',
        delivers,
        start: null,
        open: async (alarm) => {
          const count = await this.#read()
          if (alarm.ended) return null
          return { first: delivers === 'every' ? null : { revision: count }, mark: markOf(count) }
        },
        follow: (from, alarm) => this.follow(from, alarm),
        hear: (alarm) => {
          this.#alarms.add(alarm)
          this.heard = this.#alarms.size
          return () => {
            this.#alarms.delete(alarm)
            this.heard = this.#alarms.size
          }
        },
        [Symbol.asyncIterator]() {
          throw new Error('Many watch')
        },
      }
    }
  }

  async function lived(
    scheduler: fc.Scheduler,
    script: readonly Act<number>[],
    rendersAtOnce: boolean,
    delivers: 'latest' | 'every' = 'every',
  ) {
    const table = new Table(scheduler)
    const starts: (number | null)[] = []
    const atJoin: number[] = []
    const telling = new Telling(table.feed(delivers), async ({ revision }) => {
      if (!rendersAtOnce) await table.step('render')
      return `${revision}`
    })
    scheduler.scheduleSequence(
      script.map((act) => async () => {
        if (act.kind === 'change') table.happen(act.change)
        else if (act.kind === 'break') (act.what === 'reading' ? table : telling).breaks = true
        else if (act.kind === 'join') {
          const start = act.behind === null ? null : Math.max(0, table.count - act.behind)
          for (let time = 0; time < act.times; time += 1) {
            starts.push(start)
            atJoin.push(table.count)
            telling.join(act.slow, start === null ? null : markOf(start))
          }
        } else telling.one(act.whose)?.[act.kind]()
      }),
    )
    await settled(scheduler, telling)
    for (const watcher of telling.watchers) {
      watcher.slow = false
      watcher.drain()
    }
    await settled(scheduler, telling)
    // What is told to those who wait for the first event shows where their telling began.
    if (delivers === 'every') table.happen(1)
    await settled(scheduler, telling)

    expectNoneLate(telling.watchers)
    telling.watchers.forEach((watcher, index) => {
      const told = watcher.told.map(Number)
      if (delivers === 'latest') {
        expect(told).toEqual([...new Set(told)].toSorted((one, other) => one - other))
        expect(told[0] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(atJoin[index] ?? 0)
        if (watcher.stays) expect(told.at(-1)).toBe(table.count)
        return
      }
      const start = starts[index] ?? (told[0] === undefined ? table.count : told[0] - 1)
      expect(start).toBeGreaterThanOrEqual(starts[index] ?? atJoin[index] ?? 0)
      const length = watcher.stays ? table.count - start : told.length
      expect(told).toEqual(Array.from({ length }, (_, place) => start + 1 + place))
    })
    expect([...telling.rendered].filter(([, times]) => times !== 1)).toEqual([])
    expect(telling.runs).toBe(telling.watchers.some(({ stays }) => stays))
    for (const watcher of telling.watchers) watcher.leave()
    await settled(scheduler, telling)
    expect({ runs: telling.runs, heard: table.heard, following: table.following }).toEqual({
      runs: false,
      heard: 0,
      following: 0,
    })
    return { table, telling }
  }

  const happened = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 120 }))
  const behind = fc.option(fc.oneof(fc.nat(5), fc.nat(200)))

  test('reach each one behind its start, in order, once, whatever its pace and wherever it joins', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...[fc.scheduler(), acts(happened, behind, false), fc.boolean()],
        async (scheduler, script, atOnce) => {
          const { telling } = await lived(scheduler, script, atOnce)
          expect(telling.watchers.flatMap(({ failures }) => failures)).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })

  test('that can not be read or rendered at times are told without a gap to those who do not fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...[fc.scheduler(), acts(happened, behind, true), fc.boolean()],
        async (scheduler, script, atOnce) => {
          const { telling } = await lived(scheduler, script, atOnce)
          expect(otherFailures(telling.watchers)).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })

  test('of which only the latest counts are told forwards and to the last, also where the stream began behind some', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...[fc.scheduler(), acts(happened, fc.constant(null), false), fc.boolean()],
        async (scheduler, script, atOnce) => {
          const { telling } = await lived(scheduler, script, atOnce, 'latest')
          expect(telling.watchers.flatMap(({ failures }) => failures)).toEqual([])
        },
      ),
      { numRuns: 800 },
    )
  })
})
