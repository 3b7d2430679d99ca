import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import type { Revocation } from './revocation-rows.ts'
import { ownerOf, type PillMaker, type Viewer } from './viewer.ts'

/** The last seconds whose tokens are refused: for all members, and for single members. */
type LastSeconds = { readonly all: number; readonly members: Map<MemberId, number> | null }

/**
 * The revocations that this process knows: all revocations of tokens, in 70 to 330 bytes a member; and those keys that
 * were revoked while it ran, because the row of a key tells of earlier revocations.
 */
export class Revocations {
  readonly #tokens = new Map<TeamId, LastSeconds>()
  readonly #keys = new Set<string>()
  /** The last change of each key that was changed while this process ran. */
  readonly #changes = new Map<string, Instant>()

  /** Revocations may come in any order, and more than once. */
  take(revocation: Revocation): void {
    if (revocation.kind === 'KEY') this.#keys.add(keyOf(revocation))
    else if (revocation.kind === 'KEY_CHANGED') this.#takeChange(revocation)
    else this.#takeTokens(revocation.teamId, revocation.memberId, Math.floor(revocation.at / 1000))
  }

  /**
   * Whether the caller's credential was revoked. A token states only its second, so a token from the second of the
   * revocation is refused, too: it may be the revoked one. A pill token ends with the credential that made it.
   */
  refuses(viewer: Viewer): boolean {
    const { credential } = viewer
    if (credential.kind === 'KEY') return this.#keys.has(keyOf(credential))
    if (credential.kind === 'PILL' && this.#hasRevokedKey(credential.maker)) return true
    const last = this.#lastSecond(viewer)
    return last !== null && (credential.issuedAt ?? -Infinity) <= last
  }

  /** Whether the caller's key was changed since it was read. It may still be accepted: read it again. */
  isOutdated({ credential }: Viewer): boolean {
    if (credential.kind !== 'KEY') return false
    const last = this.#changes.get(keyOf(credential))
    return last !== undefined && (credential.changedAt ?? -Infinity) < last
  }

  /** The instant from which new tokens of the caller are accepted; null for keys, and if none was revoked. */
  takenFrom(viewer: Viewer): Instant | null {
    if (viewer.credential.kind === 'KEY') return null
    const last = this.#lastSecond(viewer)
    return last === null ? null : (last + 1) * 1000
  }

  #hasRevokedKey(maker: PillMaker): boolean {
    return maker.kind === 'KEY' && this.#keys.has(keyOf({ teamId: maker.owner, id: maker.id }))
  }

  #lastSecond(viewer: Viewer): number | null {
    const { credential } = viewer
    const own = this.#lastSecondOf(ownerOf(viewer), viewer.memberId)
    const maker = credential.kind === 'PILL' ? credential.maker : null
    const makers = maker?.kind === 'TOKEN' ? this.#lastSecondOf(maker.owner, maker.memberId) : -Infinity
    const latest = Math.max(own, makers)
    return latest === -Infinity ? null : latest
  }

  #lastSecondOf(owner: TeamId, member: MemberId): number {
    const last = this.#tokens.get(owner)
    return last === undefined ? -Infinity : Math.max(last.all, last.members?.get(member) ?? -Infinity)
  }

  #takeChange({ at, ...key }: Extract<Revocation, { kind: 'KEY_CHANGED' }>): void {
    this.#changes.set(keyOf(key), Math.max(at, this.#changes.get(keyOf(key)) ?? at))
  }

  #takeTokens(teamId: TeamId, memberId: MemberId | null, second: number): void {
    const { all, members } = this.#tokens.get(teamId) ?? { all: -Infinity, members: null }
    if (memberId !== null) {
      const known = members ?? new Map<MemberId, number>()
      known.set(memberId, Math.max(second, known.get(memberId) ?? second))
      if (known !== members) this.#tokens.set(teamId, { all, members: known })
      return
    }
    // The revocation of all members replaces earlier ones of single members. Later ones are kept.
    const later = [...(members ?? [])].filter(([, last]) => last > second)
    this.#tokens.set(teamId, { all: Math.max(all, second), members: later.length > 0 ? new Map(later) : null })
  }
}

const keyOf = ({ teamId, id }: { readonly teamId: TeamId; readonly id: number }) => `${teamId}\n${id}`
