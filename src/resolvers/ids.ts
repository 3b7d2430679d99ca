import { type MemberId, memberId, type TeamId, teamId } from '../domain/identity.ts'
import { isName } from '../domain/names.ts'

export const idTypes = [
  ...(['Hold', 'Charge', 'Refund', 'CreditGrant', 'Activity', 'Purchase'] as const),
  ...(['ApiKey', 'Event', 'AuditRecord'] as const),
  ...(['Balance', 'BalanceThen', 'BalanceAsOf'] as const),
] as const
export type IdType = (typeof idTypes)[number]

/**
 * What an id names; `number` is the ledger revision that made it, for an event with its place behind a point, and for a
 * purchase or an API key its number in the team. The one balance of the present has the number 0, one of a past revision
 * that, one of another time its instant. The operator's keys and acts are of the team ''.
 */
export type GlobalId = {
  readonly type: IdType
  readonly number: number
  readonly place: number
  readonly teamId: TeamId
}

/** An opaque id that carries its team, so that no look-up can forget it. */
export const encodeId = (type: IdType, number: number | string, teamId: TeamId): string =>
  Buffer.from(`${type}:${number}:${teamId}`, 'utf8').toString('base64url')

const shape = new RegExp(`^(${idTypes.join('|')}):(\\d{1,16})(?:\\.(\\d{1,9}))?:([^]*)$`)
const ofOperator: ReadonlySet<string> = new Set<IdType>(['ApiKey', 'AuditRecord'])
const longest = 1_200

/** What the text names; null where it is no id of ours. Only the very text that was handed out is one. */
export function decodeId(text: string): GlobalId | null {
  if (text.length > longest) return null
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) return null
  const [, type, number, place, teamId] = shape.exec(bytes.toString('utf8')) ?? []
  if (type === undefined || number === undefined || teamId === undefined) return null
  if (teamId === '' && !ofOperator.has(type)) return null
  if ((place !== undefined) !== (type === 'Event') || !Number.isSafeInteger(Number(number))) return null
  const id = { type: type as IdType, number: Number(number), place: Number(place ?? 0), teamId: teamId as TeamId }
  return encodeId(id.type, place === undefined ? id.number : `${id.number}.${id.place}`, id.teamId) === text ? id : null
}

/** The number behind an id of one type; null for anything else. */
export function decodeIdOf(type: IdType, text: string): GlobalId | null {
  const id = decodeId(text)
  return id?.type === type ? id : null
}

export type MemberPlace = { readonly teamId: TeamId; readonly id: MemberId }

/** A member is known by its team and the `sub` of its token: the number says where one of them ends. */
export const encodeMemberId = ({ teamId, id }: MemberPlace): string =>
  Buffer.from(`Member:${id.length}:${id}${teamId}`, 'utf8').toString('base64url')

const memberShape = /^Member:(\d{1,3}):(.*)$/s
const longestMember = 1_700

/** The member that the text names; null where it is no member's id. */
export function decodeMemberId(text: string): MemberPlace | null {
  if (text.length > longestMember) return null
  const [, length, names] = memberShape.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  if (length === undefined || names === undefined) return null
  const place = { id: memberId(names.slice(0, Number(length))), teamId: teamId(names.slice(Number(length))) }
  if (!isName(place.id) || place.teamId === '') return null
  return encodeMemberId(place) === text ? place : null
}
