import { type MemberId, memberId, type TeamId, teamId } from '../../domain/identity.ts'
import { isName } from '../../domain/names.ts'
import type { PlatformPlace } from '../../ledger/history/platform-events.ts'

export const idTypes = [
  ...(['Hold', 'Charge', 'Refund', 'CreditGrant', 'Activity', 'Purchase'] as const),
  ...(['ApiKey', 'TestApiKey', 'Event', 'AuditRecord', 'WebhookEndpoint', 'WebhookDelivery'] as const),
  ...(['Balance', 'BalanceThen', 'BalanceAsOf'] as const),
] as const
export type IdType = (typeof idTypes)[number]

/**
 * The parts of an id. `number` is the ledger revision that created the object; for an event `place` is added, which the
 * id has after a point. For a purchase or an API key of either space, `number` is its number in the team; for a webhook endpoint or
 * delivery its number of all, and the team is the endpoint's owner. For a balance, it is 0 at
 * present, the revision for a past revision, and the instant for another time. The operator's keys and acts belong to
 * the team ''.
 */
export type GlobalId = {
  readonly type: IdType
  readonly number: number
  readonly place: number
  readonly teamId: TeamId
}

/** An opaque id that contains its team, so that every look-up is limited to the team. */
export const encodeId = (type: IdType, number: number | string, teamId: TeamId): string =>
  Buffer.from(`${type}:${number}:${teamId}`, 'utf8').toString('base64url')

const shape = new RegExp(`^(${idTypes.join('|')}):(\\d{1,16})(?:\\.(\\d{1,9}))?:([^]*)$`)
const ofOperator: ReadonlySet<string> = new Set<IdType>([
  ...(['ApiKey', 'TestApiKey', 'AuditRecord', 'WebhookEndpoint', 'WebhookDelivery'] as const),
])
const longest = 1_200

/** The parts of the id; null: the text is no id of ours. Only the exact text that `encodeId` returned is an id. */
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

/** The parts of an id of one type; null for any other text. */
export function decodeIdOf(type: IdType, text: string): GlobalId | null {
  const id = decodeId(text)
  return id?.type === type ? id : null
}

export type MemberPlace = { readonly teamId: TeamId; readonly id: MemberId }

/**
 * A member is identified by its team and the `sub` of its token. The number is the length of the `sub`, which separates
 * the two.
 */
export const encodeMemberId = ({ teamId, id }: MemberPlace): string =>
  Buffer.from(`Member:${id.length}:${id}${teamId}`, 'utf8').toString('base64url')

const memberShape = /^Member:(\d{1,3}):(.*)$/s
const maxMemberLength = 1_700

/** The member that the text names; null: it is no member's id. */
export function decodeMemberId(text: string): MemberPlace | null {
  if (text.length > maxMemberLength) return null
  const [, length, names] = memberShape.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  if (length === undefined || names === undefined) return null
  const place = { id: memberId(names.slice(0, Number(length))), teamId: teamId(names.slice(Number(length))) }
  if (!isName(place.id) || place.teamId === '') return null
  return encodeMemberId(place) === text ? place : null
}

/**
 * The place of an event in the order of all teams: its position, then its revision and number in the team. The position
 * tells an event from another one that took its revision after an earlier state of the database was restored.
 */
export const encodePlatformPlace = ({ platformPosition, revision, number, teamId }: PlatformPlace): string =>
  Buffer.from(`PlatformEvent:${platformPosition}.${revision}.${number}:${teamId}`, 'utf8').toString('base64url')

const placeShape = /^PlatformEvent:(\d{1,16})\.(\d{1,16})\.(\d{1,9}):(.+)$/s

/** The place that the text names; null: it is no id of such an event. */
export function decodePlatformPlace(text: string): PlatformPlace | null {
  if (text.length > longest) return null
  const [, position, revision, number, team] = placeShape.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  if (team === undefined) return null
  const place = {
    platformPosition: Number(position),
    teamId: teamId(team),
    revision: Number(revision),
    number: Number(number),
  }
  const isSafe = Number.isSafeInteger(place.platformPosition) && Number.isSafeInteger(place.revision)
  return isSafe && isName(team) && encodePlatformPlace(place) === text ? place : null
}
