import { keepNewest } from '../concurrency/bounded-map.ts'
import { Lane } from '../concurrency/lane.ts'
import type { Space } from '../domain/space.ts'
import { hashOf, isSecret, type SecretKind } from './secret.ts'
import { InvalidToken } from './tokens.ts'
import type { Viewer } from './viewer.ts'

export type SecretReaderOptions<Row> = {
  readonly kind: SecretKind
  readonly space: Space
  /** The stored rows of these secrets, by their hashes in hex. */
  readonly find: (hashes: readonly string[]) => Promise<ReadonlyMap<string, Row>>
  /** Whether it was revoked before it was read. */
  readonly isRevoked: (row: Row) => boolean
  readonly viewerOf: (row: Row) => Viewer
  /** Whether the stored row was changed since the viewer was made of it. */
  readonly isOutdated?: (viewer: Viewer) => boolean
  /** For people, each with what to do. */
  readonly messages: { readonly unknown: string; readonly revoked: string; readonly expired: string }
}

const maxKnown = 10_000

/** Reads secrets that the database keeps as hashes. The caller checks for revocations after the first reading here. */
export class SecretReader<Row> {
  readonly #options: SecretReaderOptions<Row>
  readonly #known = new Map<string, Viewer>()
  readonly #refused = new Map<string, string>()
  readonly #stored: Lane<string, Row | null>

  constructor(options: SecretReaderOptions<Row>) {
    this.#options = options
    this.#stored = new Lane<string, Row | null>(
      async (hashes) => {
        const found = await options.find(hashes)
        return hashes.map((hash) => ({ status: 'fulfilled', value: found.get(hash) ?? null }))
      },
      { batch: 200, parallel: 1, capacity: 10_000 },
    )
  }

  /**
   * The viewer that the secret vouches for. Each process reads the database once for a secret, again after a change, and
   * once for all that wait.
   *
   * @throws {InvalidToken} for one that is unknown, expired, or was revoked before it was read.
   */
  async read(secret: string): Promise<Viewer> {
    const { kind, space, messages, isRevoked, viewerOf, isOutdated } = this.#options
    if (!isSecret(secret, kind, space)) throw new InvalidToken(messages.unknown)
    const hash = hashOf(secret).toString('hex')
    const before = this.#refused.get(hash)
    if (before !== undefined) throw this.#refuse(hash, before)
    let viewer = this.#known.get(hash)
    if (viewer === undefined || isOutdated?.(viewer)) {
      const row = await this.#stored.one(hash)
      if (row === null) throw this.#refuse(hash, messages.unknown)
      if (isRevoked(row)) throw this.#refuse(hash, messages.revoked)
      viewer = viewerOf(row)
      this.#known.set(hash, viewer)
      keepNewest(this.#known, maxKnown)
    }
    if (viewer.expiresAt <= Date.now()) throw this.#refuse(hash, messages.expired)
    return viewer
  }

  #refuse(hash: string, message: string): InvalidToken {
    this.#known.delete(hash)
    this.#refused.set(hash, message)
    keepNewest(this.#refused, maxKnown)
    return new InvalidToken(message, message !== this.#options.messages.unknown)
  }
}
