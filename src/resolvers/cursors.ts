import type { TeamId } from '../domain/identity.ts'
import { isStorable } from '../domain/names.ts'
import { fingerprintOf } from './fingerprint.ts'

/** A list of one team ('' stands for all teams, and the operator's own) as one filter shows it. */
export type List = {
  readonly kind: 'activity' | 'audit' | 'holds' | 'purchases'
  readonly teamId: TeamId
  /** What `filterMark` makes of the filter. */
  readonly filter: string
}

/** '' without a filter; else a mark that no other filter has. */
export const filterMark = (filter: Readonly<Record<string, unknown>>): string =>
  Object.values(filter).every((value) => value === null) ? '' : fingerprintOf('filter', filter).slice(0, 16)

/** Cursors of another version are refused like those of another list. */
const version = 2
const longest = 1_200
const shape = /^\d+:[a-z]+:[0-9a-f]*:(\d{1,16}):/

/** A place in one list, which no other list takes. */
export const encodeCursor = ({ kind, teamId, filter }: List, position: number): string =>
  Buffer.from(`${version}:${kind}:${filter}:${position}:${teamId}`, 'utf8').toString('base64url')

/** The position; null for any text that this list has not handed out. */
export function decodeCursor(list: List, text: string): number | null {
  if (text.length > longest) return null
  const [, digits] = shape.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  const position = Number(digits)
  return Number.isSafeInteger(position) && encodeCursor(list, position) === text ? position : null
}

/** A list of the operator that is ordered by text, as one filter shows it. */
export type TextList = { readonly kind: 'teams'; readonly filter: string }

/** A place in a list that is ordered by text, which no other list takes. */
export const encodePlace = ({ kind, filter }: TextList, place: string): string =>
  Buffer.from(`${version}:${kind}:${filter}:${place}`, 'utf8').toString('base64url')

/** The place; null for any text that this list has not handed out. */
export function decodePlace(list: TextList, text: string): string | null {
  if (text.length > longest) return null
  const place = Buffer.from(text, 'base64url').toString('utf8').slice(headLengthOf(list))
  return isStorable(place) && encodePlace(list, place) === text ? place : null
}

const headLengthOf = ({ kind, filter }: TextList): number => `${version}:${kind}:${filter}:`.length
