import { setImmediate as turn } from 'node:timers/promises'
import { Alarm } from './alarm.ts'
import { restAfter } from './fan-out-throttle.ts'
import { distance, type Feed, isBehind, isNews, type Mark } from './feed.ts'
import type { Watcher } from './watcher.ts'

type Told = { readonly text: string; readonly mark: Mark }

/** Renders a value as text; `isOver` returns whether nobody waits for it any more. */
export type Render<T> = (value: T, isOver: () => boolean) => Promise<string>

type Follower = {
  readonly watcher: Watcher
  /** The alarm of a reading for this watcher alone. */
  alarm: Alarm | null
  told: Mark
  /** The watcher gets the latest value as soon as its line is free. */
  waits: boolean
}

/** After this many watchers the loop yields to other work. */
const sliceSize = 128
/** How many items a stream with `every` keeps: a watcher that is behind by no more needs no reading. */
const maxRecent = 64

/**
 * One feed for all its watchers: each value is rendered once, and the same text goes to all. A watcher that joins gets
 * the present, read after the join. A slow watcher costs no memory here: of a feed with `latest` it gets the latest
 * state when its line is free; of a feed with `every` it reads the table by itself until it has caught up.
 */
export class SharedStream<T extends object> {
  readonly #feed: Feed<T>
  readonly #render: Render<T>
  readonly #underWay: () => number
  readonly #empty: () => void
  readonly #alarm = new Alarm()
  readonly #unhear: () => void
  readonly #joined = new Set<Follower>()
  /** Watchers that get each value as it comes. */
  readonly #followers = new Set<Follower>()
  #rendered: { readonly value: T; readonly text: Promise<string> } | null = null
  #latest: Told | null = null
  /** The last items of a feed that delivers every one, without a gap, behind `#recentFrom`. */
  readonly #recent: Told[] = []
  #recentFrom: Mark | null = null
  /** How far the stream has come; null until the first watcher has received the present. */
  #mark: Mark | null = null

  /**
   * `underWay` returns how many commands wait for their answers. `empty` is called when the last watcher has left,
   * which ends the stream.
   */
  constructor(feed: Feed<T>, render: Render<T>, underWay: () => number, empty: () => void) {
    this.#feed = feed
    this.#render = render
    this.#underWay = underWay
    this.#empty = empty
    this.#unhear = feed.hear(this.#alarm)
  }

  get watchers(): number {
    return this.#joined.size
  }

  /** Sends the watcher everything after `start` (null: from the present on) until the returned function is called. */
  join(watcher: Watcher, start: Mark | null): () => void {
    const follower = { watcher, alarm: null, told: start ?? nowhere, waits: false }
    this.#joined.add(follower)
    this.#begin(follower, start).catch((error) => this.#failed(follower, error))
    return () => this.#leave(follower)
  }

  #leave(follower: Follower): void {
    follower.alarm?.end()
    this.#followers.delete(follower)
    if (!this.#joined.delete(follower) || this.#joined.size > 0) return
    this.#alarm.end()
    this.#unhear()
    this.#empty()
  }

  #failed(follower: Follower, error: unknown): void {
    if (!this.#joined.has(follower)) return
    follower.watcher.fail(error)
    this.#leave(follower)
  }

  async #begin(follower: Follower, start: Mark | null): Promise<void> {
    if (start === null) {
      const opening = await this.#alone(follower, (alarm) => this.#feed.open(alarm))
      if (opening === null) return
      const text = opening.first === null ? null : await this.#textOf(opening.first)
      if (!this.#joined.has(follower)) return
      if (text !== null) follower.watcher.send(text)
      follower.told = opening.mark
    }
    const from = start === null || this.#mark !== null ? follower.told : await this.#near(follower, start)
    if (!this.#joined.has(follower)) return
    if (this.#mark === null && from !== null) this.#run(from)
    this.#follow(follower)
  }

  /**
   * The mark; or the present, if the mark is far behind it. A watcher that was away for long catches up alone and
   * delays nobody.
   */
  async #near(follower: Follower, mark: Mark): Promise<Mark | null> {
    const present = (await this.#alone(follower, (alarm) => this.#feed.open(alarm)))?.mark ?? null
    return present !== null && distance(mark, present) > maxRecent ? present : present && mark
  }

  #follow(follower: Follower): void {
    if (this.#isPast(follower.told)) {
      this.#catchUp(follower).catch((error) => this.#failed(follower, error))
      return
    }
    this.#followers.add(follower)
    if (this.#latest !== null) this.#tell(follower, this.#latest)
  }

  /** Whether the stream is past a mark, and its latest value does not make up for that. */
  #isPast(told: Mark): boolean {
    if (this.#feed.delivers === 'latest' && this.#latest !== null) return false
    return this.#mark !== null && isNews(this.#mark, told)
  }

  #run(from: Mark): void {
    this.#mark = from
    this.#recentFrom = from
    this.#deliver(from).catch((error) => {
      for (const follower of this.#joined) this.#failed(follower, error)
    })
  }

  async #deliver(from: Mark): Promise<void> {
    for await (const { value, mark } of this.#feed.follow(from, this.#alarm)) {
      const latest = { text: await this.#textOf(value), mark }
      this.#latest = latest
      this.#mark = mark
      if (this.#feed.delivers === 'every') this.#remember(latest)
      const toldMs = await this.#tellAll(latest)
      if (this.#feed.delivers === 'latest') await this.#alarm.pause(restAfter(toldMs, this.#underWay()))
    }
  }

  /** Resolves to the time it took, without that of others in between. */
  async #tellAll(latest: Told): Promise<number> {
    let toldMs = 0
    let begun = performance.now()
    let slice = 0
    for (const follower of this.#followers) {
      this.#tell(follower, latest)
      slice += 1
      if (slice < sliceSize) continue
      toldMs += performance.now() - begun
      await turn()
      slice = 0
      begun = performance.now()
    }
    return toldMs + performance.now() - begun
  }

  #tell(follower: Follower, told: Told): void {
    const { watcher } = follower
    if (!isNews(told.mark, follower.told)) return
    if (watcher.free) {
      follower.told = told.mark
      watcher.send(told.text)
      return
    }
    if (this.#feed.delivers === 'every') {
      this.#followers.delete(follower)
      this.#catchUp(follower).catch((error) => this.#failed(follower, error))
    } else if (!follower.waits) {
      follower.waits = true
      this.#tellLatest(follower).catch((error) => this.#failed(follower, error))
    }
  }

  async #tellLatest(follower: Follower): Promise<void> {
    const free = await this.#freed(follower)
    follower.waits = false
    if (free && this.#latest !== null && this.#followers.has(follower)) this.#tell(follower, this.#latest)
  }

  /** False: the watcher watches no more. A watcher that has lost its line is removed, whether it has left or not. */
  async #freed(follower: Follower): Promise<boolean> {
    const free = await follower.watcher.freed()
    if (!free) this.#leave(follower)
    return free && this.#joined.has(follower)
  }

  async #catchUp(follower: Follower): Promise<void> {
    const { watcher } = follower
    while (await this.#freed(follower)) {
      // Other watchers of the same line resumed at the same moment and may have filled it.
      if (!watcher.free) continue
      if (!this.#isPast(follower.told)) {
        this.#follow(follower)
        return
      }
      const recent = this.#recentBehind(follower.told)
      if (recent === null) await this.#alone(follower, (alarm) => this.#readOn(follower, alarm))
      else {
        follower.told = recent.mark
        watcher.send(recent.text)
      }
    }
  }

  /** Reads from the table, until the next item is among the recent ones or the line is full. */
  async #readOn(follower: Follower, alarm: Alarm): Promise<void> {
    const { watcher } = follower
    alarm.ring()
    for await (const { value, mark } of this.#feed.follow(follower.told, alarm)) {
      if (!isNews(mark, follower.told)) continue
      const text = await this.#textOf(value)
      if (!this.#joined.has(follower)) return
      follower.told = mark
      watcher.send(text)
      if (!(await this.#freed(follower)) || this.#recentBehind(mark) !== null || !this.#isPast(mark)) return
    }
  }

  /**
   * Reads for one watcher alone, with an alarm of its own: the stream may already be past the position of such a
   * reading.
   */
  async #alone<Found>(follower: Follower, read: (alarm: Alarm) => Promise<Found>): Promise<Found> {
    const alarm = new Alarm()
    follower.alarm = alarm
    const unhear = this.#feed.hear(alarm)
    try {
      return await read(alarm)
    } finally {
      unhear()
      follower.alarm = null
    }
  }

  #remember(told: Told): void {
    this.#recent.push(told)
    if (this.#recent.length > maxRecent) this.#recentFrom = this.#recent.shift()?.mark ?? null
  }

  /** The next item after a mark, if it is among the recent ones. */
  #recentBehind(mark: Mark): Told | null {
    if (this.#recentFrom === null || isBehind(mark, this.#recentFrom)) return null
    return this.#recent.find((told) => isBehind(mark, told.mark)) ?? null
  }

  #textOf(value: T): Promise<string> {
    if (this.#rendered?.value !== value) this.#rendered = { value, text: this.#render(value, () => this.#alarm.ended) }
    return this.#rendered.text
  }
}

const nowhere: Mark = { revision: -1, number: 0, shown: null }
