import fc from 'fast-check'
import { expect } from 'vitest'
import type { Feed, Mark } from '../../../src/live/feed.ts'
import { SharedStream } from '../../../src/live/shared-stream.ts'
import { ScriptedWatcher } from './scripted-watcher.ts'

export type Act<Change> =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'join'; readonly slow: boolean; readonly behind: number | null; readonly times: number }
  | { readonly kind: 'leave' | 'fill' | 'drain'; readonly whose: number }
  | { readonly kind: 'break'; readonly what: 'reading' | 'rendering' }

/** `behind`: so many changes ago its telling starts; null: now. */
export function acts<Change>(changes: fc.Arbitrary<Change>, behind: fc.Arbitrary<number | null>, breaks: boolean) {
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

/** A stream as its watchers find it: begun by the first, over with the last, and begun anew by the next one. */
export class Telling<T extends object> {
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
export async function settled(scheduler: fc.Scheduler, telling: { readonly told: number }): Promise<void> {
  let told = -1
  for (let idle = 0; idle < 60; idle += 1) {
    if (scheduler.count() > 0 || told !== telling.told) idle = 0
    told = telling.told
    // With nothing scheduled, it only counts 50 microtasks; a turn of the event loop runs them all.
    if (scheduler.count() > 0) await scheduler.waitIdle()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export const broken = new Error('It broke')

/** One assertion for a whole crowd: each costs more than what it compares. */
export function expectNoneLate(watchers: readonly ScriptedWatcher[]): void {
  expect(watchers.filter(({ late, failures }) => late !== 0 || failures.length > 1)).toEqual([])
}

export const otherFailures = (watchers: readonly ScriptedWatcher[]) =>
  watchers.flatMap(({ failures }) => failures).filter((failure) => failure !== broken)
/** Nothing is busy, so nothing rests by the clock. */
const idle = () => 0
