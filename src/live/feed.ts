import type { EventPosition } from '../ledger/account-events.ts'
import type { Alarm } from './alarm.ts'

/** How far somebody has been told: a place in a team's own order and, where that alone doesn't tell, what was shown. */
export type Mark = EventPosition & { readonly shown: Shown | null }

/** What a state showed, and which reading of the team it was: of two with one revision, the later one is the newer. */
export type Shown = { readonly text: string; readonly reading: number }

export type Item<T> = { readonly value: T; readonly mark: Mark }

/** What somebody who comes now is told first (null: nothing yet), and where the team stands. */
export type Opening<T> = { readonly first: T | null; readonly mark: Mark }

/**
 * What can be told of a team, to one or to thousands. Iterated, it tells one listener everything from `start` on. Readings
 * outlive an outage of the database, and end when their alarm does.
 */
export interface Feed<T extends object> {
  [Symbol.asyncIterator](): AsyncIterableIterator<T>
  /** Two with one key tell the same, wherever they start. */
  readonly key: string
  /** `latest`: a slow listener gets the present state, not every one; `every`: each, none lost, none twice. */
  readonly delivers: 'latest' | 'every'
  /** Where telling starts; null: at the present. */
  readonly start: Mark | null
  /** Read after the call; null where the alarm ends meanwhile. */
  open(alarm: Alarm): Promise<Opening<T> | null>
  /** What is news behind a mark, in order; it looks again whenever the alarm rings. */
  follow(from: Mark, alarm: Alarm): AsyncGenerator<Item<T>>
  /** Rings the alarm at each hint that there may be news, until the returned function is called. */
  hear(alarm: Alarm): () => void
}

/** Whether the one lies behind the other in the team's order. */
export const isBehind = (one: EventPosition, other: EventPosition): boolean =>
  one.revision < other.revision || (one.revision === other.revision && one.number < other.number)

/** Whether it tells something to those who were told as far as `told`; never an older state than one already told. */
export const isNews = (mark: Mark, told: Mark): boolean =>
  mark.shown === null
    ? isBehind(told, mark)
    : mark.shown.text !== told.shown?.text &&
      (isBehind(told, mark) || (!isBehind(mark, told) && mark.shown.reading >= (told.shown?.reading ?? 0)))
