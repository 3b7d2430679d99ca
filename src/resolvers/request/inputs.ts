import { Forbidden, InputFault } from '../../access/faults.ts'
import { operatorId, type Scope, type Viewer } from '../../access/viewer.ts'
import { isCurrency } from '../../domain/amounts/money.ts'
import type { AskedUsage, FittedUsage } from '../../domain/decisions/command.ts'
import { InvalidInput, InvalidUsage, NotAllowed } from '../../domain/errors.ts'
import { type FitLine, readFit } from '../../domain/fit.ts'
import { type MemberId, memberId, type TeamId, teamId } from '../../domain/identity.ts'
import { isName, isStorable, isVisibleId, nameRule, visibleIdRule } from '../../domain/names.ts'
import { isAtLeast } from '../../domain/role.ts'
import { readUsage, type UsageLine } from '../../domain/usage.ts'
import { codeOf } from './catalog-ids.ts'
import { decodeMemberId } from './ids.ts'

export type Optional<T> = T | null | undefined

const maxReferenceLength = 500
const textRule = `give at most ${maxReferenceLength} characters, none of them U+0000`
const ofAnotherTeam = 'it is a member of another team: give one of this team'
const forOthers = 'only PLATFORM callers act for another member: leave memberId out'

/**
 * The fault of one value. `at`: its place in the arguments or in `input`, as `filter.memberId`; `reason` without a full
 * stop.
 */
export const badInput = (at: string, reason: string): InputFault => new InputFault(at.split('.'), reason)

/**
 * The team that a request is about; null: a team that the caller has no access to, which is answered like an unknown
 * team.
 *
 * @throws {RequestFault} BAD_USER_INPUT if no team is named, or its id is not usable.
 */
export function teamFor(viewer: Scope, given: Optional<string>, at = 'teamId'): TeamId | null {
  if (given == null) {
    if (viewer.teamId === null) throw badInput(at, 'your token has no team: give the one that you mean')
    return viewer.teamId
  }
  const id = teamId(checkedId(at, given))
  return viewer.role === 'PLATFORM' || id === viewer.teamId ? id : null
}

/** The team of an id that contains one; null: the caller has no access to it. '' is the operator. */
export const reachable = (viewer: Scope, id: TeamId): TeamId | null => {
  if (viewer.role === 'PLATFORM') return isVisibleId(id) || id === operatorId ? id : null
  return id === viewer.teamId && isVisibleId(id) ? id : null
}

/** The `sub` that an input names, directly or by the id of a member of the team; null: a member of another team. */
function subOf(teamId: TeamId | null, text: string): string | null {
  const member = decodeMemberId(text)
  if (member === null) return text
  return member.teamId === teamId ? member.id : null
}

/** A member of the team, by its `sub` or its id. */
export function checkedMember(at: string, teamId: TeamId, text: string): MemberId {
  return memberId(checkedName(at, subOf(teamId, text) ?? otherTeams(at)))
}

const otherTeams = (at: string): never => {
  throw badInput(at, ofAnotherTeam)
}

/** The acting member: the caller, or the member that PLATFORM acts for. */
export function memberFor(viewer: Viewer, given: Optional<string>, teamId: TeamId | null): MemberId {
  if (given == null) return viewer.memberId
  const sub = subOf(teamId, given)
  if (sub === viewer.memberId) return viewer.memberId
  if (!isAtLeast(viewer.role, 'PLATFORM')) {
    throw new Forbidden(forOthers)
  }
  return memberId(checkedId('memberId', sub ?? otherTeams('memberId')))
}

/** The id of a team or a member. */
export function checkedId(at: string, text: string): string {
  if (!isVisibleId(text)) throw badInput(at, `not a usable id: give ${visibleIdRule}`)
  return text
}

export function checkedName(at: string, text: string): string {
  if (!isName(text)) throw badInput(at, `not usable: ${nameRule}`)
  return text
}

export const checkedKey = (key: string): string => checkedName('idempotencyKey', key)

/** The refusal of one event's key that can't be stored; null: the key is usable. */
export const keyRefusal = (key: string): InvalidInput | null =>
  isName(key) ? null : new InvalidInput({ path: ['idempotencyKey'], reason: `not usable: ${nameRule}` })

export function checkedText(at: string, text: Optional<string>): string | null {
  if (text == null) return null
  if (!isText(text)) throw badInput(at, `not usable: ${textRule}`)
  return text
}

const isText = (text: string): boolean => text.length <= maxReferenceLength && isStorable(text)

type OfEvent = { reference?: Optional<string>; memberId?: Optional<string> }

/** The refusal of one event among many, for a value that would fail a request with this event alone; null: none. */
export function eventRefusal(
  viewer: Viewer,
  { reference, memberId: given }: OfEvent,
  teamId: TeamId,
): InvalidInput | NotAllowed | null {
  if (reference != null && !isText(reference))
    return new InvalidInput({ path: ['reference'], reason: `not usable: ${textRule}` })
  if (given == null) return null
  const sub = subOf(teamId, given)
  if (sub !== viewer.memberId && !isAtLeast(viewer.role, 'PLATFORM')) return new NotAllowed({ reason: forOthers })
  if (sub === null) return new InvalidInput({ path: ['memberId'], reason: ofAnotherTeam })
  return isVisibleId(sub)
    ? null
    : new InvalidInput({ path: ['memberId'], reason: `not a usable id: give ${visibleIdRule}` })
}

/** The refusal of a rate whose name can't be stored; null: it is usable. `path`: its place in the input. */
export const rateRefusal = (path: readonly string[], rate: string): InvalidUsage | null =>
  isName(rate) ? null : new InvalidUsage({ path, reason: `not a usable rate: ${nameRule}` })

/** Each line with the code of its rate. */
export const withCodes = (lines: readonly UsageLine[]): UsageLine[] =>
  lines.map((line) => ({ ...line, rate: codeOf('Rate', line.rate) }))

/** The usage as the caller sent it, and its normal form for the fingerprint of the input. */
export type ReadAsked = { readonly asked: AskedUsage; readonly normal: unknown }

export function readAsked(given: readonly UsageLine[]): ReadAsked {
  const lines = withCodes(given)
  const read = readUsage(lines)
  if (!read.ok) return { asked: read.failure, normal: { unread: lines } }
  for (const [index, { rate }] of read.usage.entries()) {
    const refused = rateRefusal(['usage', `${index}`, 'rate'], rate)
    if (refused !== null) return { asked: refused, normal: { unread: lines } }
  }
  return { asked: read.usage, normal: read.usage }
}

export const readAskedIfAny = (lines: Optional<readonly UsageLine[]>): ReadAsked | null =>
  lines == null ? null : readAsked(lines)

export type ReadFitted = {
  readonly asked: FittedUsage | InvalidUsage
  readonly normal: { readonly usage: unknown; readonly fit: unknown }
}

/** The same with the fit of the last line. */
export function readFitted(given: readonly UsageLine[], line: FitLine): ReadFitted {
  const { asked: usage, normal } = readAsked(given)
  const unread = { usage: normal, fit: { unread: line } }
  if (usage instanceof InvalidUsage) return { asked: usage, normal: unread }
  const fit = readFit(line, usage)
  if (fit instanceof InvalidUsage) return { asked: fit, normal: unread }
  return { asked: { usage, fit }, normal: { usage: normal, fit } }
}

/** The currency that a caller names; null: none. Whether anything is sold in it is decided by the catalog. */
export function checkedCurrency(given: Optional<string>): string | null {
  if (given == null) return null
  if (!isCurrency(given)) throw badInput('currency', 'not usable: give an ISO 4217 code, as "EUR"')
  return given
}
