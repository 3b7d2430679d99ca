import { type Instant, type MemberId, type TeamId, teamId } from '../domain/identity.ts'
import { isAtLeast, type Role } from '../domain/role.ts'
import type { AddressRanges } from './address-ranges.ts'
import { Forbidden, RequestFault } from './faults.ts'

/** The credential of a caller. `issuedAt`: in whole seconds, as in the token; null: the token does not state it. */
export type Credential = { readonly kind: 'TOKEN'; readonly issuedAt: number | null } | KeyCredential | PillCredential

/** An API key, as it was read. `changedAt`: its last change then; null: it had none. */
export type KeyCredential = {
  readonly kind: 'KEY'
  readonly teamId: TeamId
  readonly id: number
  readonly changedAt: Instant | null
  /** Null: it is accepted from every address. */
  readonly allowed: AddressRanges | null
  /** The viewer ends because its secret was replaced, and not with the key. */
  readonly isReplaced?: boolean
}

/** A pill token. It ends with the credential that made it, and is refused where the request's origin is not its own. */
export type PillCredential = {
  readonly kind: 'PILL'
  readonly prefix: string
  readonly issuedAt: number
  /** Null: it is accepted from every origin. */
  readonly origin: string | null
  readonly maker: PillMaker
}

/**
 * The credential that made a pill token: an API key, or the token of a member. `owner`: the owner of that credential.
 */
export type PillMaker =
  | { readonly kind: 'TOKEN'; readonly owner: TeamId; readonly memberId: MemberId }
  | { readonly kind: 'KEY'; readonly owner: TeamId; readonly id: number }

/** The operations that a pill token is for. */
export type PillUse = 'WATCH' | 'BUY'

/**
 * All properties of a caller that an answer which many callers share may depend on. `teamId` is null only for PLATFORM
 * callers.
 */
export type Scope = {
  readonly teamId: TeamId | null
  readonly role: Role
  /** Set for pill tokens only; schema/pill-fields.ts lists their fields. */
  readonly pill?: PillUse
}

/** The authenticated caller. `expiresAt` is infinite for a key without an end. */
export type Viewer = Scope & {
  readonly memberId: MemberId
  readonly name: string | null
  readonly expiresAt: Instant
  readonly credential: Credential
}

export const scopeOf = ({ teamId, role, pill }: Viewer): Scope =>
  pill === undefined ? { teamId, role } : { teamId, role, pill }

/** Stands for the operator where a team's id is expected: no team can have this id. */
export const operatorId: TeamId = teamId('')

/**
 * The owner of the credential, who may revoke it. A PLATFORM token belongs to the operator, whichever team it names.
 */
export const ownerOf = ({ credential, role, teamId }: Viewer): TeamId => {
  if (credential.kind === 'KEY') return credential.teamId
  return role === 'PLATFORM' || teamId === null ? operatorId : teamId
}

/** The owners whose revocations end the credential: its own owner, and the owner of the credential that made it. */
export function revokersOf(viewer: Viewer): readonly TeamId[] {
  const { credential } = viewer
  const owner = ownerOf(viewer)
  if (credential.kind !== 'PILL' || credential.maker.owner === owner) return [owner]
  return [owner, credential.maker.owner]
}

/**
 * A key that is the same for all requests of one caller: an API key, a member of a team, the pill tokens of a member,
 * or a PLATFORM member, whichever team it names.
 */
export function callerKey(viewer: Viewer): string {
  const known = callerKeys.get(viewer)
  if (known !== undefined) return known
  const { credential, memberId } = viewer
  const kind = credential.kind === 'PILL' ? 'pill' : 'member'
  const key = JSON.stringify(
    credential.kind === 'KEY' ? ['key', credential.teamId, credential.id] : [kind, ownerOf(viewer), memberId],
  )
  callerKeys.set(viewer, key)
  return key
}

/** All requests with one token or key have the same viewer. */
const callerKeys = new WeakMap<Viewer, string>()

const words = { TOKEN: 'The token', KEY: 'The API key', PILL: 'The pill token' } as const
/** `The token`, `The API key` */
export const inWords = ({ kind }: Credential): string => words[kind]

/** Why the credential is over when its time has come: `The token has expired` */
export const endInWords = ({ credential }: Viewer): string =>
  credential.kind === 'KEY' && credential.isReplaced
    ? 'The secret of the API key was replaced'
    : `${inWords(credential)} has expired`

/**
 * The caller, if the role suffices. Must be called before anything is read.
 *
 * @throws {RequestFault} UNAUTHENTICATED without a caller, FORBIDDEN for a lower role.
 */
export function requireRole<Caller extends Scope>(viewer: Caller | null, least: Role): Caller {
  if (viewer === null) {
    throw new RequestFault(
      'UNAUTHENTICATED',
      "Nobody is signed in: send a token or an API key as 'Authorization: Bearer …', on a socket as connectionParams.authorization.",
    )
  }
  if (!isAtLeast(viewer.role, least)) {
    throw new Forbidden(`it needs the role ${least} or higher, and yours is ${viewer.role}`)
  }
  return viewer
}
