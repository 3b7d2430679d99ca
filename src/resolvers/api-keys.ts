import { canonicalRange } from '../access/address-ranges.ts'
import { maxOverlapSeconds, maxPreviousSecrets, type NotRotated } from '../access/api-key-changes.ts'
import { type ApiKey, findKey, listKeysOf, maxKeysADay, maxLiveKeys, type TooManyKeys } from '../access/api-key-rows.ts'
import { Forbidden } from '../access/faults.ts'
import { inOrder, type KeyScope } from '../access/key-scope.ts'
import type { Access } from '../access/open-access.ts'
import { spaceOfPrefix } from '../access/secret.ts'
import { operatorId, requireRole, type Scope, type Viewer } from '../access/viewer.ts'
import { InvalidInput, NotFound } from '../domain/errors.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { isName, nameRule } from '../domain/names.ts'
import { type Space, spaces } from '../domain/space.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { decodeIdOf, type IdType } from './request/ids.ts'
import { inKnownSpace, inSpace } from './request/in-space.ts'
import { type Optional, reachable, teamFor } from './request/inputs.ts'
import { readSnapshot } from './request/reading.ts'
import type { ApiKeyView, TeamView } from './request/results.ts'
import { knownTeam, served } from './request/submit.ts'

/** A day. */
export const usualOverlapSeconds = 86_400
export const maxAllowedAddresses = 50

export type CreateApiKeyInput = {
  name: string
  scopes: KeyScope[]
  expiresAt?: Optional<Instant>
  allowedAddresses?: Optional<string[]>
  teamId?: Optional<string>
  space?: Optional<Space>
}
export type CreatedApiKeyView = {
  readonly type: 'CreatedApiKey'
  readonly key: ApiKeyView
  readonly secret: string
}

const viewOf = (key: ApiKey): ApiKeyView => ({ type: 'ApiKey', key })

export const spaceOf = ({ prefix }: Pick<ApiKey, 'prefix'>): Space => spaceOfPrefix(prefix)

const idTypes = { PRODUCTION: 'ApiKey', TEST: 'TestApiKey' } as const satisfies Record<Space, IdType>
export const idTypeOfKey = (key: Pick<ApiKey, 'prefix'>): IdType => idTypes[spaceOf(key)]

/**
 * The caller, if it may make and end credentials: with the token of an admin or of the operator. No key may, so a
 * leaked key leaves nothing behind once it is revoked.
 */
export function managing(context: GatewayContext): Viewer {
  const viewer = callerWithRole(context, 'ADMIN')
  if (viewer.credential.kind === 'KEY') {
    throw new Forbidden(`an API key manages no credentials: use a token with the role ${viewer.role}`)
  }
  return viewer
}

export async function createApiKey(
  _: unknown,
  { input }: { input: CreateApiKeyInput },
  context: GatewayContext,
): Promise<CreatedApiKeyView | InvalidInput> {
  const viewer = managing(context)
  const scopes = inOrder(input.scopes)
  if (scopes.includes('PLATFORM')) requireRole(viewer, 'PLATFORM')
  const refusal = refusalOf(input)
  if (refusal !== null) return refusal
  const isOperators = scopes.includes('PLATFORM')
  const teamId = isOperators
    ? operatorId
    : (await knownTeam(context.services, teamFor(viewer, input.teamId))).account.teamId
  const allowedAddresses = input.allowedAddresses == null ? null : rangesOf(input.allowedAddresses)
  if (allowedAddresses instanceof InvalidInput) return allowedAddresses
  const terms = { teamId, name: input.name, scopes, expiresAt: input.expiresAt ?? null, allowedAddresses }
  const there = await inSpace(context, input.space)
  const { access, ensuredTeams, space } = there.services
  if (space === 'TEST' && !isOperators) await served(() => ensuredTeams.open(teamId))
  const made = await served(() => access.createKey(terms, actOf(context, viewer, 'createApiKey')))
  if (typeof made === 'object') return { type: 'CreatedApiKey', key: viewOf(made.key), secret: made.secret }
  return invalid('teamId', tooMany[made])
}

const tooMany: Readonly<Record<TooManyKeys, string>> = {
  LIVE: `there are ${maxLiveKeys} live keys already: revoke one that is not used any more`,
  MADE_TODAY: `${maxKeysADay} keys were made in the last 24 hours: use one of them, or try again tomorrow`,
}

function refusalOf({ name, scopes, expiresAt, teamId }: CreateApiKeyInput): InvalidInput | null {
  if (!isName(name)) return invalid('name', `not a usable name: ${nameRule}`)
  if (scopes.length === 0) return invalid('scopes', 'a key without a scope may do nothing: give at least one')
  if (scopes.includes('PLATFORM') && teamId != null) {
    return invalid('teamId', "a PLATFORM key is the operator's own and acts for any team: leave it out")
  }
  if (expiresAt == null || expiresAt > Date.now()) return null
  return invalid('expiresAt', 'a key can only expire in the future: give a later instant, or none')
}

const invalid = (field: string, reason: string) => new InvalidInput({ path: [field], reason })

/** The ranges, each once, as they are stored; or what is wrong with them. */
function rangesOf(given: readonly string[], field = 'allowedAddresses'): readonly string[] | InvalidInput {
  if (given.length === 0) return invalid(field, 'no address could use the key: give at least one, or null for all')
  if (given.length > maxAllowedAddresses) {
    return invalid(field, `a key has at most ${maxAllowedAddresses} addresses: give ranges such as 203.0.113.0/24`)
  }
  const ranges = given.map(canonicalRange)
  const wrong = ranges.indexOf(null)
  if (wrong < 0) return [...new Set(ranges.filter((range) => range !== null))]
  return invalid(
    field,
    `number ${wrong + 1} is no address and no range: write it as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32`,
  )
}

type ReachedKey = { readonly access: Access; readonly teamId: TeamId; readonly id: number }

/** A key within the caller's reach, and the access of its space; null: there is no such key. */
async function reachedKey(context: GatewayContext, viewer: Viewer, id: string): Promise<ReachedKey | null> {
  for (const space of spaces) {
    const decoded = decodeIdOf(idTypes[space], id)
    const teamId = decoded === null ? null : reachable(viewer, decoded.teamId)
    if (decoded === null || teamId === null) continue
    const there = await inKnownSpace(context, space)
    if (there !== null) return { access: there.services.access, teamId, id: decoded.number }
  }
  return null
}

const noSuchKey = () => new NotFound({ what: 'API key' })

export async function rotateApiKey(
  _: unknown,
  { id, overlapSeconds: given }: { id: string; overlapSeconds?: Optional<number> },
  context: GatewayContext,
): Promise<CreatedApiKeyView | InvalidInput | NotFound> {
  const viewer = managing(context)
  const key = await reachedKey(context, viewer, id)
  if (key === null) return noSuchKey()
  const overlapSeconds = given ?? usualOverlapSeconds
  if (overlapSeconds < 0 || overlapSeconds > maxOverlapSeconds) {
    return invalid('overlapSeconds', `give 0 to ${maxOverlapSeconds} seconds (a week); 0 ends earlier secrets at once`)
  }
  const { access, teamId, id: number } = key
  const act = actOf(context, viewer, 'rotateApiKey')
  const rotated = await served(() => access.rotateKey({ teamId, id: number, overlapSeconds }, act))
  if (rotated === null) return noSuchKey()
  if (typeof rotated === 'object') return { type: 'CreatedApiKey', key: viewOf(rotated.key), secret: rotated.secret }
  return notRotated(rotated)
}

function notRotated(reason: NotRotated): InvalidInput {
  if (reason === 'ENDED') return invalid('id', 'the key was revoked or has expired: create another one')
  return invalid(
    'overlapSeconds',
    `${maxPreviousSecrets} earlier secrets of the key are still accepted: use the newest, or give 0, which ends them`,
  )
}

export async function setAllowedAddresses(
  _: unknown,
  { id, addresses: given }: { id: string; addresses?: Optional<string[]> },
  context: GatewayContext,
): Promise<ApiKeyView | InvalidInput | NotFound> {
  const viewer = managing(context)
  const key = await reachedKey(context, viewer, id)
  if (key === null) return noSuchKey()
  if (given === undefined) return invalid('addresses', 'give addresses, or null for every address')
  const addresses = given === null ? null : rangesOf(given, 'addresses')
  if (addresses instanceof InvalidInput) return addresses
  const { access, teamId, id: number } = key
  const act = actOf(context, viewer, 'setAllowedAddresses')
  const changed = await served(() => access.allowAddresses({ teamId, id: number, addresses }, act))
  return changed === null ? noSuchKey() : viewOf(changed)
}

export async function revokeApiKey(
  _: unknown,
  { id }: { id: string },
  context: GatewayContext,
): Promise<ApiKeyView | NotFound> {
  const viewer = managing(context)
  const reached = await reachedKey(context, viewer, id)
  if (reached === null) return noSuchKey()
  const act = actOf(context, viewer, 'revokeApiKey')
  const key = await served(() => reached.access.revokeKey(reached.teamId, reached.id, act))
  return key === null ? noSuchKey() : viewOf(key)
}

/** Finds a key of a space by its number. */
export const findApiKeyIn =
  (space: Space) =>
  async (context: GatewayContext, teamId: TeamId, id: number, caller: Scope): Promise<ApiKeyView | null> => {
    requireRole(caller, 'ADMIN')
    const there = await inKnownSpace(context, space)
    const key = there && (await readSnapshot(there, (client) => findKey(client, teamId, id)))
    return key && viewOf(key)
  }

type InSpace = { space?: Optional<Space> }

export async function teamApiKeys(
  { account }: TeamView,
  { space }: InSpace,
  context: GatewayContext,
): Promise<ApiKeyView[]> {
  requireRole(context.viewer, 'ADMIN')
  return keysOf(context, account.teamId, space)
}

export async function operatorApiKeys(_: unknown, { space }: InSpace, context: GatewayContext): Promise<ApiKeyView[]> {
  callerWithRole(context, 'PLATFORM')
  return keysOf(context, operatorId, space)
}

async function keysOf(context: GatewayContext, teamId: TeamId, space: Optional<Space>): Promise<ApiKeyView[]> {
  const there = await inKnownSpace(context, space)
  return there === null ? [] : (await readSnapshot(there, (client) => listKeysOf(client, teamId))).map(viewOf)
}
