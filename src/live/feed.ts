import type { TeamId } from '../domain/identity.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import type { PlatformPlace } from '../ledger/history/platform-events.ts'
import type { Alarm } from './alarm.ts'

/** A place in a team's order, or in the order of all teams. */
type Place = EventPosition & Partial<PlatformPlace>

/**
 * How far a watcher has received: a place in the order and, where the place alone doesn't tell, the state that was sent.
 */
export type Mark = Place & { readonly shown: Shown | null }

/**
 * The text of a state, and the number of the reading that found it: of two states with one revision, the later reading
 * is the newer.
 */
export type Shown = { readonly text: string; readonly reading: number }

export type Item<T> = { readonly value: T; readonly mark: Mark }

/** The first value for a new watcher (null: nothing yet), and the present place. */
export type Opening<T> = { readonly first: T | null; readonly mark: Mark }

/**
 * The values of one subject of a team, or of all teams, for one watcher or for thousands. An iteration gives one watcher every value
 * from `start` on. Readings retry through an outage of the database, and end when their alarm does.
 */
export interface Feed<T extends object> {
  [Symbol.asyncIterator](): AsyncIterableIterator<T>
  /** Two feeds with one key have the same values, wherever they start. */
  readonly key: string
  /** `latest`: a slow watcher gets the present state, not every one; `every`: each value, none lost, none twice. */
  readonly delivers: 'latest' | 'every'
  /** Where the feed starts; null: at the present. */
  readonly start: Mark | null
  /** Read after the call; null if the alarm ends meanwhile. */
  open(alarm: Alarm): Promise<Opening<T> | null>
  /** The values after a mark, in order. Reads again whenever the alarm rings. */
  follow(from: Mark, alarm: Alarm): AsyncGenerator<Item<T>>
  /** Rings the alarm at each hint that there may be news, until the returned function is called. */
  hear(alarm: Alarm): () => void
}

/** Whether `one` comes before `other` in their order. */
export function isBehind(one: Place, other: Place): boolean {
  if (one.platformPosition !== undefined && other.platformPosition !== undefined) {
    if (one.platformPosition !== other.platformPosition) return one.platformPosition < other.platformPosition
    if (one.teamId !== other.teamId) return bytesOf(one) < bytesOf(other)
  }
  return one.revision < other.revision || (one.revision === other.revision && one.number < other.number)
}

/** Teams are ordered as the database orders them: by the bytes of UTF-8. */
const bytesOf = ({ teamId = '' as TeamId }: Place): string => Buffer.from(teamId).toString('hex')

/** How far `one` is behind `other`, at least: in revisions of a team, or in transactions. */
export const distance = (one: Place, other: Place): number =>
  other.platformPosition === undefined
    ? other.revision - one.revision
    : other.platformPosition - (one.platformPosition ?? 0)

/**
 * Whether an item with this mark is new to watchers that have received everything up to `told`. An older state is never
 * new.
 */
export const isNews = (mark: Mark, told: Mark): boolean =>
  mark.shown === null
    ? isBehind(told, mark)
    : mark.shown.text !== told.shown?.text &&
      (isBehind(told, mark) || (!isBehind(mark, told) && mark.shown.reading >= (told.shown?.reading ?? 0)))
