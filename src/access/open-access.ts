import { setTimeout as delay } from 'node:timers/promises'
import { startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import type { Act } from '../domain/audit.ts'
import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import * as keyRows from './api-key-rows.ts'
import { createKeyReader } from './key-reader.ts'
import { createPillTokenReader } from './pill-token-reader.ts'
import { createPillToken, type PillTerms } from './pill-token-rows.ts'
import { type Revocation, readPosition, readRevocations, revokeTokens } from './revocation-rows.ts'
import { Revocations } from './revocations.ts'
import { kindOf, newSecret } from './secret.ts'
import { bearerOf, createTokenReader, InvalidToken, type TokenTrust } from './tokens.ts'
import { inWords, ownerOf, type Viewer } from './viewer.ts'
import { type Ended, Watches } from './watches.ts'

export type NewKey = { readonly key: keyRows.ApiKey; readonly secret: string }
export type NewPillToken = { readonly token: string; readonly expiresAt: Instant }

/** Authenticates callers, and revokes their credentials. */
export type Access = {
  /**
   * The viewer of the header's token or API key (`Bearer …`); null without one. `origin`: the origin of the page that
   * sends it.
   *
   * @throws {InvalidToken} for one that is malformed, unknown, forged, expired, revoked, or bound to another origin.
   */
  read(authorization: string | null | undefined, origin?: string): Promise<Viewer | null>
  /** Calls `ended` once when the caller's credential is revoked or expires, unless the returned function was called before. */
  watch(viewer: Viewer, ended: Ended): () => void
  /** The new key and its secret, which is returned only here; or the limit that the owner has reached. */
  createKey(terms: keyRows.KeyTerms, act: Act): Promise<NewKey | keyRows.TooManyKeys>
  /** The new token, which is returned only here. */
  createPillToken(terms: PillTerms, act: Act): Promise<NewPillToken>
  /**
   * The key is refused from then on, in this gateway at once. Null: the owner has no such key. A second call is
   * harmless.
   */
  revokeKey(teamId: TeamId, id: number, act: Act): Promise<keyRows.ApiKey | null>
  /**
   * Refuses every token that was made so far, of a member or of all members (null); `teamId` is '' for PLATFORM tokens.
   * Returns the instant from which new tokens are accepted: the next whole second, because tokens state only their
   * second. Null: too many members' tokens were revoked one by one. Resolves at that instant.
   */
  revokeTokens(teamId: TeamId, memberId: MemberId | null, act: Act): Promise<Instant | null>
  /** The listener hears when something was revoked here: other gateways are to `refresh`. */
  onRevoked(listener: () => void): void
  /** Another gateway has revoked something: reads it at once, instead of within two seconds. */
  refresh(): void
  close(): Promise<void>
}

export type AccessOptions = {
  readonly database: Database
  readonly trust: TokenTrust
  readonly maxTokenSeconds?: number
}

const readEveryMs = 2_000

/** Waits until the instant, but at most a second, whatever the database's clock says. */
const untilTaken = (instant: Instant) => delay(Math.min(1_000, Math.max(0, instant - Date.now())))

/**
 * Resolves when everything revoked so far is known. A revocation in this gateway takes effect before it resolves; one
 * in another gateway takes effect at a hint, or within two seconds while the database answers.
 */
export async function openAccess({ database, trust, maxTokenSeconds }: AccessOptions): Promise<Access> {
  const revocations = new Revocations()
  const watches = new Watches()
  const tokens = createTokenReader(trust, { maxTokenSeconds })
  const keys = createKeyReader(database)
  const pillTokens = createPillTokenReader(database)
  const readerOf = { KEY: keys, PILL: pillTokens } as const

  function take(revoked: readonly Revocation[]): void {
    for (const one of revoked) revocations.take(one)
    for (const owner of new Set(revoked.map(({ teamId }) => teamId))) endRefused(owner)
  }

  const endRefused = (owner: TeamId) => watches.end(owner, (viewer) => revocations.refuses(viewer))

  let position = await readPosition(database)
  await readRevocations(database, 0n, ['TOKENS'], take)
  const reading = startBackgroundLoop(
    async () => {
      position = await readRevocations(database, position, ['TOKENS', 'KEY'], take)
      return readEveryMs
    },
    'What other gateways have revoked could not be read; trying again',
    database.log,
  )

  const listeners: (() => void)[] = []
  const revokedHere = (revocation: Revocation) => {
    take([revocation])
    for (const listener of listeners) listener()
  }

  return {
    async read(authorization, origin) {
      const secret = bearerOf(authorization)
      if (secret === null) return null
      const kind = kindOf(secret)
      const viewer = await (kind === null ? tokens : readerOf[kind]).read(secret)
      refuseElsewhere(viewer, origin)
      if (!revocations.refuses(viewer)) return viewer
      // A client that was cut off reconnects at once, often with a token from the same second, which is refused too.
      // The refusal is therefore delayed to the next second, when its next token is accepted.
      const takenFrom = revocations.takenFrom(viewer)
      if (takenFrom !== null) await untilTaken(takenFrom)
      throw new InvalidToken(`${inWords(viewer.credential)} was revoked: get a new one.`, true)
    },
    watch(viewer, ended) {
      const off = watches.add(viewer, ended)
      // The credential may have been revoked since it was read.
      if (revocations.refuses(viewer)) setImmediate(() => endRefused(ownerOf(viewer)))
      return off
    },
    async createKey(terms, act) {
      const secret = newSecret('KEY')
      const key = await keyRows.createKey(database, terms, secret, act)
      return typeof key === 'string' ? key : { key, secret: secret.text }
    },
    async createPillToken(terms, act) {
      const secret = newSecret('PILL')
      return { token: secret.text, expiresAt: await createPillToken(database, terms, secret, act) }
    },
    async revokeKey(teamId, id, act) {
      const key = await keyRows.revoke(database, teamId, id, act)
      if (key !== null) revokedHere({ kind: 'KEY', teamId, id })
      return key
    },
    async revokeTokens(teamId, memberId, act) {
      const revocation = await revokeTokens(database, teamId, memberId, act)
      if (revocation === null) return null
      revokedHere(revocation)
      const takenFrom = (Math.floor(revocation.at / 1000) + 1) * 1000
      await untilTaken(takenFrom)
      return takenFrom
    },
    onRevoked(listener) {
      listeners.push(listener)
    },
    refresh: () => reading.poke(),
    async close() {
      watches.close()
      await Promise.all([reading.stop(), keys.close()])
    },
  }
}

/** A request without an origin comes from no page. */
function refuseElsewhere({ credential }: Viewer, origin: string | undefined): void {
  if (credential.kind !== 'PILL' || credential.origin === null || credential.origin === origin) return
  throw new InvalidToken('The pill token is for pages of another origin: make one for this origin.')
}
