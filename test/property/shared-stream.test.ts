import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextAt } from '../../src/domain/command.ts'
import { newAccount } from '../../src/domain/commands/assign-plan.ts'
import { teamId } from '../../src/domain/identity.ts'
import type { TeamNow, TeamReading } from '../../src/ledger/team-reader.ts'
import type { Alarm } from '../../src/live/alarm.ts'
import { balances, presentBalance } from '../../src/live/balances.ts'
import type { Feed, Item, Mark } from '../../src/live/feed.ts'
import { Hints } from '../../src/live/hints/hints.ts'
import { SharedStream } from '../../src/live/shared-stream.ts'
import { ScriptedWatcher } from './model/scripted-watcher.ts'
import { world } from './model/world.ts'

const team = teamId('team')
const at = Date.parse('2026-11-18T12:00:00Z')
const made = newAccount(team, contextAt(world, at))

type Act<Change> =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'join'; readonly slow: boolean; readonly behind: number | null; readonly times: number }
  | { readonly kind: 'leave' | 'fill' | 'drain'; readonly whose: number }
  | { readonly kind: 'break'; readonly what: 'reading' | 'rendering' }

/** `behind`: so many changes ago its telling starts; null: now. */
function acts<Change>(changes: fc.Arbitrary<Change>, behind: fc.Arbitrary<number | null>, breaks: boolean) {
  const change = changes.map((change): Act<Change> => ({ kind: 'change', change }))
  // More than are told in one turn of the event loop, now and then.
  const times = fc.oneof({ arbitrary: fc.constant(1), weight: 30 }, { arbitrary: fc.constant(150), weight: 1 })
  const join = fc.record({ slow: fc.boolean(), behind, times }).map((how): Act<Change> => ({ kind: 'join', ...how }))
  const others = fc.record({ kind: fc.constantFrom('leave', 'fill', 'drain'), whose: fc.nat(9) })
  const broken = fc.constantFrom<Act<Change>>({ kind: 'break', what: 'reading' }, { kind: 'break', what: 'rendering' })
  return fc.array(
    fc.oneof(
      { arbitrary: change, weight: 5 },
      { arbitrary: join, weight: 3 },
      { arbitrary: others as fc.Arbitrary<Act<Change>>, weight: 5 },
      { arbitrary: broken, weight: breaks ? 1 : 0 },
    ),
    { minLength: 4, maxLength: 60 },
  )
}

/** A stream as its watchers find it: begun by the first, over with the last, and begun anew by whoever comes then. */
class Telling<T extends object> {
  readonly watchers: ScriptedWatcher[] = []
  begun = 0
  /** How often each value was rendered. */
  readonly rendered = new Map<T, number>()
  /** The next value is not rendered. */
  breaks = false
  readonly #feed: Feed<T>
  readonly #render: (value: T) => Promise<string>
  #stream: SharedStream<T> | null = null

  constructor(feed: Feed<T>, render: (value: T) => Promise<string>) {
    this.#feed = feed
    this.#render = render
  }

  get runs(): boolean {
    return this.#stream !== null
  }

  get told(): number {
    return this.watchers.reduce((sum, { told }) => sum + told.length, 0)
  }

  join(slow: boolean, start: Mark | null): void {
    this.#stream ??= this.#begin()
    const watcher = new ScriptedWatcher(slow)
    watcher.joined(this.#stream.join(watcher, start))
    this.watchers.push(watcher)
  }

  one(whose: number): ScriptedWatcher | undefined {
    return this.watchers[whose % Math.max(1, this.watchers.length)]
  }

  #begin(): SharedStream<T> {
    this.begun += 1
    const render = async (value: T) => {
      this.rendered.set(value, (this.rendered.get(value) ?? 0) + 1)
      const { breaks } = this
      this.breaks = false
      const text = await this.#render(value)
      if (breaks) throw broken
      return text
    }
    const stream = new SharedStream(this.#feed, render, idle, () => {
      expect(this.#stream).toBe(stream)
      this.#stream = null
    })
    return stream
  }
}

/** Until nothing is under way any more; a page of what a crowd knows already takes some turns of the event loop. */
async function settled(scheduler: fc.Scheduler, telling: { readonly told: number }): Promise<void> {
  let told = -1
  for (let idle = 0; idle < 60; idle += 1) {
    if (scheduler.count() > 0 || told !== telling.told) idle = 0
    told = telling.told
    await scheduler.waitIdle()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const broken = new Error('It broke')

/** One assertion for a whole crowd: each costs more than what it compares. */
function expectNoneLate(watchers: readonly ScriptedWatcher[]): void {
  expect(watchers.filter(({ late, failures }) => late !== 0 || failures.length > 1)).toEqual([])
}

const otherFailures = (watchers: readonly ScriptedWatcher[]) =>
  watchers.flatMap(({ failures }) => failures).filter((failure) => failure !== broken)
/** Nothing is busy, so nothing rests by the clock. */
const idle = () => 0

describe('a state that many watch', () => {
  type Change = 'posting' | 'setting' | 'time' | 'nothing'

  /** A team whose readings are of any moment between question and answer, in whichever order they come. */
  class Team {
    readonly hints = new Hints()
    readonly states: TeamReading[] = [{ account: made, at, reading: 0 }]
    breaks = false
    readonly #scheduler: fc.Scheduler

    constructor(scheduler: fc.Scheduler) {
      this.#scheduler = scheduler
    }

    get now(): TeamReading {
      return this.states.at(-1) ?? { account: made, at, reading: 0 }
    }

    change(what: Change): void {
      const { account, at, reading } = this.now
      const changed = {
        posting: { revision: account.revision + 1, available: account.available + 7n },
        setting: { lowThreshold: (account.lowThreshold + 1n) % 3n },
        time: { lowThreshold: account.lowThreshold + 3n, version: account.version },
        nothing: {},
      }[what]
      // A version is another one after each write, and says nothing of which is the later.
      const version = (account.version * 7 + 3) % 1_000_003
      this.states.push({ account: { ...account, version, ...changed }, at, reading: reading + 1 })
      void this.step('hint').then(() => this.hints.publish(team))
    }

    async read(): Promise<TeamReading> {
      await this.step('read')
      const breaks = this.breaks
      this.breaks = false
      const { now } = this
      await this.step('answer')
      if (breaks) throw broken
      return now
    }

    step(label: string): Promise<void> {
      return this.#scheduler.schedule(Promise.resolve(), label)
    }

    feed(): Feed<TeamNow> {
      const teams = { read: () => this.read(), readPosted: () => this.read() }
      return {
        key: 'balance',
        delivers: 'latest',
        start: null,
        open: (alarm) => presentBalance({ teams }, team, alarm),
        follow: (from, alarm) => balances({ teams }, team, from, alarm),
        hear: (alarm) => this.hints.listen(team, () => alarm.ring()),
        [Symbol.asyncIterator]() {
          throw new Error('Many watch')
        },
      }
    }
  }

  const shown = ({ account }: TeamNow) => `${account.revision} ${account.available} ${account.lowThreshold}`

  async function lived(scheduler: fc.Scheduler, script: readonly Act<Change>[]) {
    const its = new Team(scheduler)
    const states: readonly TeamNow[] = its.states
    const telling = new Telling(its.feed(), async (now) => {
      const text = `${states.indexOf(now)}`
      await its.step('render')
      return text
    })
    const presentAtJoin: number[] = []
    scheduler.scheduleSequence(
      script.map((act) => async () => {
        if (act.kind === 'change') its.change(act.change)
        else if (act.kind === 'break') (act.what === 'reading' ? its : telling).breaks = true
        else if (act.kind === 'join') {
          for (let time = 0; time < act.times; time += 1) {
            presentAtJoin.push(its.states.length - 1)
            telling.join(act.slow, null)
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

    expectNoneLate(telling.watchers)
    telling.watchers.forEach((watcher, index) => {
      const told = watcher.told.map(Number)
      expect(told).toEqual(told.toSorted((one, other) => one - other))
      const states = told.map((state) => shown(its.states[state] ?? its.now))
      expect(states.slice(1).filter((state, before) => state === states[before])).toEqual([])
      if (told[0] !== undefined) expect(told[0]).toBeGreaterThanOrEqual(presentAtJoin[index] ?? 0)
      if (watcher.stays) expect(states.at(-1)).toBe(shown(its.now))
    })
    expect(its.hints.watched).toBe(telling.watchers.some(({ stays }) => stays) ? 1 : 0)
    expect(telling.runs).toBe(telling.watchers.some(({ stays }) => stays))
    for (const watcher of telling.watchers) watcher.leave()
    await settled(scheduler, telling)
    expect(its.hints.watched).toBe(0)
    expect(telling.runs).toBe(false)
    return { its, telling }
  }

  const changes = fc.constantFrom<Change>('posting', 'setting', 'time', 'nothing')

  test('is told forwards, never twice alike, and to its very end, whatever is read, told and said in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), acts(changes, fc.constant(null), false), async (scheduler, script) => {
        const { telling } = await lived(scheduler, script)
        expect(telling.watchers.flatMap(({ failures }) => failures)).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })

  test('that can not be read or rendered at times fails those who wait for that reading, and is told to the others as ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), acts(changes, fc.constant(null), true), async (scheduler, script) => {
        const { telling } = await lived(scheduler, script)
        expect(otherFailures(telling.watchers)).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })
})

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
      ...{ runs: false, heard: 0, following: 0 },
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
