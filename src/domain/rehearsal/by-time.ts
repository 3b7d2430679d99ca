import type { Credits } from '../amounts/credits.ts'
import type { Grant } from '../grant.ts'
import type { Instant } from '../identity.ts'
import type { Posting } from '../posting.ts'
import type { World } from '../rules.ts'
import { type Divergence, isByTime, type RehearsedEvent } from './rehearsed-event.ts'
import type { Shadow } from './shadow.ts'

/** Two systems act on one instant within this time of each other. */
const toleranceMs = 60_000

/** A later deposit is that of another period. */
const maxShiftMs = 36 * 3_600_000

type Type = 'EXPIRY' | 'GRANT'
type Entry = ByTimeEntry
/** A deposit of the plan, or the end of a grant, in one of the systems. `id` null: in the gateway. */
export type ByTimeEntry = {
  readonly id: string | null
  readonly type: Type
  readonly at: Instant
  readonly amount: Credits
  readonly source: string | null
}

const isNear = (one: Instant, other: Instant): boolean => Math.abs(one - other) <= toleranceMs
const text = (at: Instant): string => new Date(at).toISOString()

/** The entries of one system that wait for the same entry of the other one, in the order of their instants. */
class Waiting {
  readonly #all = new Set<Entry>()
  readonly #alike = new Map<string, Set<Entry>>()

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.add(entry)
  }

  get entries(): readonly Entry[] {
    return [...this.#all]
  }

  add(entry: Entry): void {
    this.#all.add(entry)
    const alike = this.#alike.get(keyOf(entry))
    if (alike === undefined) this.#alike.set(keyOf(entry), new Set([entry]))
    else alike.add(entry)
  }

  /** Removes the first entry that the other system has, too. False: none is the same. */
  matches(other: Entry): boolean {
    const alike = this.#alike.get(keyOf(other))
    for (const entry of alike ?? []) {
      if (!isNear(entry.at, other.at)) continue
      alike?.delete(entry)
      return this.#all.delete(entry)
    }
    return false
  }

  get first(): Entry | undefined {
    return this.#all.values().next().value
  }

  find(isWanted: (entry: Entry) => boolean): Entry | undefined {
    return [...this.#all].find(isWanted)
  }
}

const keyOf = ({ type, amount }: Entry): string => `${type} ${amount}`

/** The entries that wait in each system. */
export type WaitingEntries = { readonly theirs: readonly Entry[]; readonly ours: readonly Entry[] }
export const nothingWaits: WaitingEntries = { theirs: [], ours: [] }

/** The entries of both systems that come by time alone, and wait for the same entry of the other one. */
export class ByTime {
  readonly #events: readonly RehearsedEvent[]
  readonly #shadow: Shadow
  readonly #theirs: Waiting
  readonly #ours: Waiting

  constructor(events: readonly RehearsedEvent[], shadow: Shadow, waiting: WaitingEntries) {
    this.#events = events
    this.#shadow = shadow
    this.#theirs = new Waiting(waiting.theirs)
    this.#ours = new Waiting(waiting.ours)
  }

  get waiting(): WaitingEntries {
    return { theirs: this.#theirs.entries, ours: this.#ours.entries }
  }

  /** Lets time pass to the event, and notes what it brings in both systems. */
  *pass(event: RehearsedEvent): Generator<void, void, void> {
    this.#note(entriesOf(yield* this.#shadow.pass(event.at)), this.#ours, this.#theirs)
    if (isByTime(event)) this.#note([{ ...event, type: event.type as Type }], this.#theirs, this.#ours)
  }

  /** The divergence of the earliest entry that waits for longer than both systems may differ; null: none does. */
  overdue(at: Instant, world: World): Divergence | null {
    const [theirs, ours] = [this.#theirs.first, this.#ours.first]
    const isTheirs = theirs !== undefined && theirs.at <= (ours?.at ?? Infinity)
    const first = isTheirs ? theirs : ours
    if (first === undefined || at - first.at <= toleranceMs) return null
    return isTheirs ? this.#theirsAlone(first, world) : this.#oursAlone(first, world)
  }

  /** The divergence behind the last event. An entry of the gateway may still come in the other system. */
  atEnd(world: World): Divergence | null {
    const last = this.#events.at(-1)
    if (last === undefined) return null
    this.#note(entriesOf(this.#shadow.foresee(last.at + toleranceMs)), this.#ours, this.#theirs)
    const { first } = this.#theirs
    return first === undefined ? null : this.#theirsAlone(first, world)
  }

  /** Only what is new can match: the entries that wait have been compared with each other. */
  #note(entries: readonly Entry[], own: Waiting, other: Waiting): void {
    for (const entry of entries) if (!other.matches(entry)) own.add(entry)
  }

  #theirsAlone(entry: Entry, world: World): Divergence {
    const { id, type, at, amount, source } = entry
    const said = { event: id, at, theirs: amount }
    const { timeZone } = world.rulesAt(at).policy
    if (type === 'GRANT') {
      const same = this.#ours.find((one) => one.type === 'GRANT' && isNear(one.at, at))
      if (same !== undefined) return { ...said, ours: same.amount, rule: 'The plan deposits another amount here.' }
      const later = this.#ours.find((one) => one.type === 'GRANT' && one.amount === amount && one.at > at)
      if (later !== undefined) {
        const when = `at ${text(later.at)} here, in the time zone ${timeZone}, ${span(later.at - at)} later than in the other system`
        return { ...said, ours: 0n, rule: `The deposit ${later.source} comes ${when}.` }
      }
      const next = Math.min(...this.#shadow.account.allowances.map(({ nextAt, ended }) => (ended ? Infinity : nextAt)))
      const when = next === Infinity ? 'deposits nothing more' : `deposits next at ${text(next)}`
      return { ...said, ours: 0n, rule: `The plan ${when}: periods count in the time zone ${timeZone}.` }
    }
    const { grants } = this.#shadow.account
    const ended = grants.filter(({ expiresAt }) => expiresAt !== null && isNear(expiresAt, at))
    const own = ended.find((grant) => grant.source === source) ?? ended[0]
    if (own !== undefined) {
      return { ...said, ours: own.expired, rule: `The grant ${own.source} has another rest here: ${this.#order()}` }
    }
    const restOf = ({ available, expired }: Grant) => available + expired
    const [later] = grants
      .filter((grant) => (grant.expiresAt ?? 0) > at && restOf(grant) > 0n)
      .sort((one, other) => Number(restOf(other) === amount) - Number(restOf(one) === amount) || endsBefore(one, other))
    const rule = later === undefined ? 'No grant ends here.' : endsLater(later, at, timeZone)
    return { ...said, ours: 0n, rule }
  }

  #oursAlone({ type, at, amount, source }: Entry, world: World): Divergence {
    const { timeZone } = world.rulesAt(at).policy
    const latest = type === 'GRANT' ? at + maxShiftMs : Infinity
    const isLater = (event: RehearsedEvent) =>
      isByTime(event) && event.type === type && event.at > at && event.at <= latest && event.amount === amount
    const near = this.#theirs.find((one) => one.type === type && isNear(one.at, at))
    const later = near ?? this.#events.find(isLater)
    const said = { event: later?.id ?? null, at, theirs: near?.amount ?? 0n, ours: amount }
    const what = type === 'EXPIRY' ? `The grant ${source} ends` : `The deposit ${source} comes`
    if (near !== undefined) {
      const rule =
        type === 'EXPIRY'
          ? `The grant ${source} has another rest here: ${this.#order()}`
          : 'The plan deposits another amount here.'
      return { ...said, rule }
    }
    if (later !== undefined) {
      return {
        ...said,
        rule: `${what} at ${text(at)} here, in the time zone ${timeZone}, and ${span(later.at - at)} later in the other system.`,
      }
    }
    if (type === 'GRANT') return { ...said, rule: `${what} at ${text(at)} here, and not in the other system.` }
    return {
      ...said,
      rule: `${what} here with a rest, and not in the other system: it lasts longer there, or ${this.#order()}`,
    }
  }

  /** The order in which grants are used here, as the end of a sentence. */
  #order(): string {
    const kinds = new Map(this.#shadow.account.grants.map(({ kind, priority }) => [kind, priority]))
    const named = [...kinds]
      .sort(([, one], [, other]) => one - other)
      .map(([kind, priority]) => `${kind} (${priority})`)
    return `credits are used in another order. Here the order is ${named.join(', ')}, then the soonest end, then the oldest start.`
  }
}

const endsLater = ({ source, expiresAt }: Grant, at: Instant, timeZone: string): string =>
  `The grant ${source} ends at ${text(expiresAt ?? at)} here, by the time zone ${timeZone}, ${span((expiresAt ?? at) - at)} later than in the other system.`

const endsBefore = (one: Grant, other: Grant): number => (one.expiresAt ?? 0) - (other.expiresAt ?? 0)

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  const of = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`
  if (minutes % 1_440 === 0) return of(minutes / 1_440, 'day')
  return minutes % 60 === 0 ? of(minutes / 60, 'hour') : of(minutes, 'minute')
}

const entriesOf = (postings: readonly Posting[]): Entry[] =>
  postings.flatMap(({ type, at, change, reference }) =>
    type === 'EXPIRY' || type === 'GRANT'
      ? [{ id: null, type, at, amount: change < 0n ? -change : change, source: reference }]
      : [],
  )
