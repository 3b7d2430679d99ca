import type { TeamId } from '../../domain/identity.ts'
import { isStorable } from '../../domain/names.ts'
import { fingerprintOf } from './fingerprint.ts'

/** A list of one team with one filter. '' stands for all teams, and for the operator's own list. */
export type List = {
  readonly kind: 'activity' | 'audit' | 'deliveries' | 'holds' | 'purchases' | 'uses'
  readonly teamId: TeamId
  /** The mark of the filter, from `filterMark`. */
  readonly filter: string
}

/** '' without a filter; else a mark that no other filter has. */
export const filterMark = (filter: Readonly<Record<string, unknown>>): string =>
  Object.values(filter).every((value) => value === null) ? '' : fingerprintOf('filter', filter).slice(0, 16)

/** Cursors of another version are refused like those of another list. */
const version = 2
const longest = 4_000
const shape = /^\d+:[a-z]+:[0-9a-f]*:(\d{1,16}):/

/** The cursor of a position, which no other list accepts. */
export const encodeCursor = ({ kind, teamId, filter }: List, position: number): string =>
  Buffer.from(`${version}:${kind}:${filter}:${position}:${teamId}`, 'utf8').toString('base64url')

/** The position; null for any text that is no cursor of this list. */
export function decodeCursor(list: List, text: string): number | null {
  if (text.length > longest) return null
  const [, digits] = shape.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  const position = Number(digits)
  return Number.isSafeInteger(position) && encodeCursor(list, position) === text ? position : null
}

/** A list that is ordered by text, with one filter: a list of the operator, or the members of a group. */
export type TextList = { readonly kind: 'teams' | 'revenue' | 'members' | 'rehearsals'; readonly filter: string }

/** The cursor of a place in a list that is ordered by text. No other list accepts it. */
export const encodePlace = ({ kind, filter }: TextList, place: string): string =>
  Buffer.from(`${version}:${kind}:${filter}:${place}`, 'utf8').toString('base64url')

/** The place; null for any text that is no cursor of this list. */
export function decodePlace(list: TextList, text: string): string | null {
  if (text.length > longest) return null
  const place = Buffer.from(text, 'base64url').toString('utf8').slice(headLengthOf(list))
  return isStorable(place) && encodePlace(list, place) === text ? place : null
}

const headLengthOf = ({ kind, filter }: TextList): number => `${version}:${kind}:${filter}:`.length
