import { fullPause } from '../concurrency/pauses.ts'
import { startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import type { Act } from '../domain/audit.ts'
import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import type { Space } from '../domain/space.ts'
import * as keyChanges from './api-key-changes.ts'
import * as keyRows from './api-key-rows.ts'
import { createKeyReader, type KeyReader } from './key-reader.ts'
import type { KeySetState } from './key-set.ts'
import { createPillTokenReader } from './pill-token-reader.ts'
import { createPillToken, type PillTerms } from './pill-token-rows.ts'
import { type Revocation, readPosition, readRevocations, revokeTokens } from './revocation-rows.ts'
import { Revocations } from './revocations.ts'
import type { RoleNames } from './roles.ts'
import { isOfTestSpace, kindOf, newSecret } from './secret.ts'
import { bearerOf, createTokenReader, InvalidToken, type TokenReader, type TokenTrust } from './tokens.ts'
import { inWords, ownerOf, type Viewer } from './viewer.ts'
import { type Ended, Watches } from './watches.ts'

export type NewKey = { readonly key: keyRows.ApiKey; readonly secret: string }
export type NewPillToken = { readonly token: string; readonly expiresAt: Instant }

export type AccessOptions = {
  readonly database: Database
  readonly trust: TokenTrust
  /** Absent: production. */
  readonly space?: Space
  readonly maxTokenSeconds?: number
  /** The names of roles in tokens; absent: the gateway's own. */
  readonly roleNames?: RoleNames
}

const readEveryMs = 2_000
const kindsRead = ['TOKENS', 'KEY', 'KEY_CHANGED'] as const

/** Waits until the instant, but at most a second, whatever the database's clock says. */
const untilTaken = (instant: Instant) => fullPause(Math.min(1_000, instant - Date.now()))

/**
 * Resolves when everything revoked so far is known. A revocation in this gateway takes effect before it resolves; one
 * in another gateway takes effect at a hint, or within two seconds while the database answers.
 */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const access = new Access(options)
  await access.begin()
  return access
}

/** Authenticates callers, and revokes their credentials. */
export class Access {
  readonly #database: Database
  readonly #space: Space
  readonly #revocations = new Revocations()
  readonly #watches = new Watches()
  readonly #tokens: TokenReader
  readonly #keys: KeyReader
  readonly #pillTokens: ReturnType<typeof createPillTokenReader>
  readonly #listeners: (() => void)[] = []
  #reading: ReturnType<typeof startBackgroundLoop> | null = null

  constructor({ database, trust, space = 'PRODUCTION', maxTokenSeconds, roleNames }: AccessOptions) {
    this.#database = database
    this.#space = space
    this.#tokens = createTokenReader(trust, { log: database.log, maxTokenSeconds, roleNames })
    this.#keys = createKeyReader({ database, space, isOutdated: (viewer) => this.#revocations.isOutdated(viewer) })
    this.#pillTokens = createPillTokenReader(database, space)
  }

  async begin(): Promise<void> {
    // Not waited for: the gateway also starts without its identity provider.
    void this.#tokens.prepare()
    let position = await readPosition(this.#database)
    const take = (revoked: readonly Revocation[]) => this.#take(revoked)
    await readRevocations(this.#database, 0n, ['TOKENS'], take)
    this.#reading = startBackgroundLoop(
      async () => {
        position = await readRevocations(this.#database, position, kindsRead, take)
        return readEveryMs
      },
      'What other gateways have revoked could not be read; trying again',
      this.#database.log,
    )
  }

  /**
   * The viewer of the header's token or API key (`Bearer …`); null without one. `origin`: the origin of the page that
   * sends it. `address`: the client's address; null: it isn't known.
   *
   * @throws {InvalidToken} for one that is malformed, unknown, forged, expired, revoked, bound to another origin, or not
   *   allowed from the address.
   * @throws {IdentityProviderUnavailable} for a token that can't be verified now.
   */
  async read(
    authorization: string | null | undefined,
    origin?: string,
    address: () => string | null = () => null,
  ): Promise<Viewer | null> {
    const secret = bearerOf(authorization)
    if (secret === null) return null
    const viewer = await this.#viewerOf(secret, address)
    refuseElsewhere(viewer, origin)
    if (!this.#revocations.refuses(viewer)) return viewer
    // A client that was cut off reconnects at once, often with a token from the same second, which is refused too.
    // The refusal is therefore delayed to the next second, when its next token is accepted.
    const takenFrom = this.#revocations.takenFrom(viewer)
    if (takenFrom !== null) await untilTaken(takenFrom)
    throw new InvalidToken(`${inWords(viewer.credential)} was revoked: get a new one.`, true)
  }

  /** Calls `ended` once when the caller's credential is revoked, changed or expires, unless the returned function was called before. */
  watch(viewer: Viewer, ended: Ended): () => void {
    const off = this.#watches.add(viewer, ended)
    // The credential may have been revoked since it was read.
    if (this.#whyEnded(viewer) !== null) setImmediate(() => this.#endOf(ownerOf(viewer)))
    return off
  }

  /** The new key and its secret, which is returned only here; or the limit that the owner has reached. */
  async createKey(terms: keyRows.KeyTerms, act: Act): Promise<NewKey | keyRows.TooManyKeys> {
    const secret = newSecret('KEY', this.#space)
    const key = await keyRows.createKey(this.#database, terms, secret, act)
    return typeof key === 'string' ? key : { key, secret: secret.text }
  }

  /**
   * The key with a new secret, which is returned only here; its earlier secrets are accepted for at most
   * `overlapSeconds` more. Null: the owner has no such key.
   */
  async rotateKey(
    rotation: keyChanges.Rotation,
    act: Act,
  ): Promise<keyChanges.RotatedKey | keyChanges.NotRotated | null> {
    const rotated = await keyChanges.rotate(this.#database, rotation, act)
    if (rotated !== null && typeof rotated === 'object') this.#changedHere(rotated.key)
    return rotated
  }

  /** The key is accepted from these addresses alone; `addresses` null: from every one. Null: the owner has no such key. */
  async allowAddresses(allowed: keyChanges.Allowed, act: Act): Promise<keyRows.ApiKey | null> {
    const key = await keyChanges.allowAddresses(this.#database, allowed, act)
    if (key !== null) this.#changedHere(key)
    return key
  }

  /** The new token, which is returned only here. */
  async createPillToken(terms: PillTerms, act: Act): Promise<NewPillToken> {
    const secret = newSecret('PILL', this.#space)
    return { token: secret.text, expiresAt: await createPillToken(this.#database, terms, secret, act) }
  }

  /**
   * The key is refused from then on, with all its secrets, in this gateway at once. Null: the owner has no such key. A
   * second call is harmless.
   */
  async revokeKey(teamId: TeamId, id: number, act: Act): Promise<keyRows.ApiKey | null> {
    const key = await keyRows.revoke(this.#database, teamId, id, act)
    if (key !== null) this.#revokedHere({ kind: 'KEY', teamId, id })
    return key
  }

  /**
   * Refuses every token that was made so far, of a member or of all members (null); `teamId` is '' for PLATFORM tokens.
   * Returns the instant from which new tokens are accepted: the next whole second, because tokens state only their
   * second. Null: too many members' tokens were revoked one by one. Resolves at that instant.
   */
  async revokeTokens(teamId: TeamId, memberId: MemberId | null, act: Act): Promise<Instant | null> {
    const revocation = await revokeTokens(this.#database, teamId, memberId, act)
    if (revocation === null) return null
    this.#revokedHere(revocation)
    const takenFrom = (Math.floor(revocation.at / 1000) + 1) * 1000
    await untilTaken(takenFrom)
    return takenFrom
  }

  /** The listener hears when something was revoked here: other gateways are to `refresh`. */
  onRevoked(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Another gateway has revoked something: reads it at once, instead of within two seconds. */
  refresh(): void {
    this.#reading?.poke()
  }

  /** The state of the identity provider's key set; null: tokens are not signed by one. */
  keySetState(): KeySetState | null {
    return this.#tokens.keySetState()
  }

  async close(): Promise<void> {
    this.#watches.close()
    await Promise.all([this.#reading?.stop(), this.#keys.close()])
  }

  #viewerOf(secret: string, address: () => string | null): Promise<Viewer> {
    if (this.#space === 'PRODUCTION' && isOfTestSpace(secret)) throw noTestSpace()
    const kind = kindOf(secret)
    if (kind === 'KEY') return this.#keys.read(secret, address)
    return kind === 'PILL' ? this.#pillTokens.read(secret) : this.#tokens.read(secret)
  }

  #take(revoked: readonly Revocation[]): void {
    for (const one of revoked) this.#revocations.take(one)
    for (const owner of new Set(revoked.map(({ teamId }) => teamId))) this.#endOf(owner)
  }

  #endOf(owner: TeamId): void {
    this.#watches.end(owner, (viewer) => this.#whyEnded(viewer))
  }

  /** A changed key may still be accepted: its clients connect again, and are checked by what holds now. */
  #whyEnded(viewer: Viewer): string | null {
    if (this.#revocations.refuses(viewer)) return `${inWords(viewer.credential)} was revoked`
    return this.#revocations.isOutdated(viewer) ? `${inWords(viewer.credential)} was changed` : null
  }

  #changedHere({ teamId, id, changedAt }: keyRows.ApiKey): void {
    if (changedAt !== null) this.#revokedHere({ kind: 'KEY_CHANGED', teamId, id, at: changedAt })
  }

  #revokedHere(revocation: Revocation): void {
    this.#take([revocation])
    for (const listener of this.#listeners) listener()
  }
}

const noTestSpace = () =>
  new InvalidToken(
    'The credential is of a test space, and this gateway has none: its operator sets TEST_DATABASE_URL, or the credential belongs to another gateway.',
  )

/** A request without an origin comes from no page. */
function refuseElsewhere({ credential }: Viewer, origin: string | undefined): void {
  if (credential.kind !== 'PILL' || credential.origin === null || credential.origin === origin) return
  throw new InvalidToken('The pill token is for pages of another origin: make one for this origin.')
}
