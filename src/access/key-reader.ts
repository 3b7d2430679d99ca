import { setTimeout as delay } from 'node:timers/promises'
import { keepNewest } from '../concurrency/bounded-map.ts'
import type { Database } from '../database/open.ts'
import type { Space } from '../domain/space.ts'
import { AddressRanges } from './address-ranges.ts'
import { type ApiKey, actorOf, type KeyBySecret, keysByHash, noteKeyUses } from './api-key-rows.ts'
import { roleOf } from './key-scope.ts'
import { SecretReader } from './secret-reader.ts'
import { InvalidToken } from './tokens.ts'
import { operatorId, type Viewer } from './viewer.ts'

export type KeyReader = {
  /**
   * Like `SecretReader.read`; also notes in the background that the key was used. `address`: the client's address; null:
   * it isn't known.
   *
   * @throws {InvalidToken} also for a key that is not allowed from the address.
   */
  read(secret: string, address: () => string | null): Promise<Viewer>
  /** Resolves when all uses are noted. */
  close(): Promise<void>
}

const maxNoted = 10_000
const noteEveryMs = 60_000
const gatherMs = 500

export type KeyReaderOptions = {
  readonly database: Database
  readonly space: Space
  /** Whether the stored row of the key was changed since the viewer was made of it. */
  readonly isOutdated: (viewer: Viewer) => boolean
}

export function createKeyReader({ database, space, isOutdated }: KeyReaderOptions): KeyReader {
  const notedAt = new Map<string, number>()
  const used = new Map<string, Pick<ApiKey, 'teamId' | 'id'>>()
  const closing = new AbortController()
  let noting: Promise<void> | null = null

  const reader = new SecretReader<KeyBySecret>({
    kind: 'KEY',
    space,
    messages,
    viewerOf,
    isOutdated,
    find: (hashes) => keysByHash(database, hashes),
    isRevoked: ({ revokedAt }) => revokedAt !== null,
  })

  function noteUse({ credential }: Viewer): void {
    if (credential.kind !== 'KEY') return
    const key = `${credential.teamId}\n${credential.id}`
    if (Date.now() - (notedAt.get(key) ?? -Infinity) < noteEveryMs) return
    notedAt.delete(key)
    notedAt.set(key, Date.now())
    keepNewest(notedAt, maxNoted)
    used.set(key, credential)
    noting ??= note()
  }

  /**
   * Notes together all keys that are used within half a second. A key that can't be noted now is noted at a later use.
   */
  async function note(): Promise<void> {
    await delay(gatherMs, undefined, { signal: closing.signal }).catch(() => undefined)
    const keys = [...used.values()]
    used.clear()
    await noteKeyUses(database, keys).catch((error) =>
      database.log.warn({ err: error, keys: keys.length }, 'The use of API keys could not be noted'),
    )
    noting = used.size > 0 ? note() : null
  }

  return {
    async read(secret, address) {
      const viewer = await reader.read(secret)
      refuseAddress(viewer, address)
      noteUse(viewer)
      return viewer
    },
    async close() {
      closing.abort()
      await noting
    },
  }
}

const messages = {
  unknown: 'The API key is not one that this gateway knows: check it, or create one.',
  revoked: 'The API key was revoked: use another one.',
  expired: 'The API key has expired, or a rotation has ended this secret of it: use its new secret, or another key.',
}

function refuseAddress({ credential }: Viewer, addressOf: () => string | null): void {
  if (credential.kind !== 'KEY' || credential.allowed === null) return
  const address = addressOf()
  if (credential.allowed.has(address)) return
  throw new InvalidToken(
    `The API key is not allowed from ${address ?? 'an unknown address'}: add the address with setAllowedAddresses, or send from one that is allowed.`,
  )
}

const viewerOf = (key: KeyBySecret): Viewer => {
  const ends = { key: key.expiresAt ?? Infinity, secret: key.secretUntil ?? Infinity }
  return Object.freeze({
    memberId: actorOf(key),
    name: key.name,
    teamId: key.teamId === operatorId ? null : key.teamId,
    role: roleOf(key.scopes),
    expiresAt: Math.min(ends.key, ends.secret),
    credential: {
      kind: 'KEY' as const,
      teamId: key.teamId,
      id: key.id,
      changedAt: key.changedAt,
      allowed: key.allowedAddresses === null ? null : new AddressRanges(key.allowedAddresses),
      isReplaced: ends.secret < ends.key,
    },
  })
}
