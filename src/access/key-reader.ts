import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../database/open.ts'
import { keepNewest } from '../ledger/keep-newest.ts'
import { Lane } from '../ledger/lane.ts'
import { type ApiKey, actorOf, keysByHash, noteKeyUses } from './api-key-rows.ts'
import { roleOf } from './key-scope.ts'
import { hashOf, isSecret } from './secret.ts'
import { InvalidToken } from './tokens.ts'
import { operatorId, type Viewer } from './viewer.ts'

export type KeyReader = {
  /**
   * Who the secret vouches for. Reads the database once a key and process, and together for all that wait.
   *
   * @throws {InvalidToken} for one that is unknown, expired, or was revoked before it was read.
   */
  read(secret: string): Promise<Viewer>
  /** Resolves when all uses are noted. */
  close(): Promise<void>
}

type Known = { readonly viewer: Viewer; notedAt: number }

const mostKnown = 10_000
const noteEveryMs = 60_000
const gatherMs = 500

/** What was revoked since it was first read here is the business of whoever asks. */
export function createKeyReader(database: Database): KeyReader {
  const known = new Map<string, Known>()
  const refused = new Map<string, string>()
  const used = new Map<string, Pick<ApiKey, 'teamId' | 'id'>>()
  const closing = new AbortController()
  let noting: Promise<void> | null = null

  const stored = new Lane<string, ApiKey | null>(
    async (hashes) => {
      const found = await keysByHash(database, hashes)
      return hashes.map((hash) => ({ status: 'fulfilled', value: found.get(hash) ?? null }))
    },
    { batch: 200, parallel: 1, capacity: 10_000 },
  )

  function refuse(hash: string, message: string): InvalidToken {
    known.delete(hash)
    refused.set(hash, message)
    keepNewest(refused, mostKnown)
    return new InvalidToken(message, message !== unknown)
  }

  function noteUse(one: Known): void {
    const { credential } = one.viewer
    if (credential.kind !== 'KEY' || Date.now() - one.notedAt < noteEveryMs) return
    one.notedAt = Date.now()
    used.set(`${credential.teamId}\n${credential.id}`, credential)
    noting ??= note()
  }

  /** Together for all that are used within half a second; one that can't be noted is so at a later use. */
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
    async read(secret) {
      if (!isSecret(secret)) throw new InvalidToken(unknown)
      const hash = hashOf(secret).toString('hex')
      const before = refused.get(hash)
      if (before !== undefined) throw refuse(hash, before)
      let one = known.get(hash)
      if (one === undefined) {
        const key = await stored.one(hash)
        if (key === null) throw refuse(hash, unknown)
        if (key.revokedAt !== null) throw refuse(hash, revoked)
        one = { viewer: viewerOf(key), notedAt: key.lastUsedAt ?? -Infinity }
        known.set(hash, one)
        keepNewest(known, mostKnown)
      }
      if (one.viewer.expiresAt <= Date.now()) throw refuse(hash, expired)
      noteUse(one)
      return one.viewer
    },
    async close() {
      closing.abort()
      await noting
    },
  }
}

const unknown = 'The API key is not one that this gateway knows: check it, or create one.'
const revoked = 'The API key was revoked: use another one.'
const expired = 'The API key has expired: use another one.'

const viewerOf = (key: ApiKey): Viewer =>
  Object.freeze({
    memberId: actorOf(key),
    name: key.name,
    teamId: key.teamId === operatorId ? null : key.teamId,
    role: roleOf(key.scopes),
    expiresAt: key.expiresAt ?? Infinity,
    credential: { kind: 'KEY' as const, teamId: key.teamId, id: key.id },
  })
