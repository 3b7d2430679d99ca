import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import type { Revocation } from './revocation-rows.ts'
import { ownerOf, type PillMaker, type Viewer } from './viewer.ts'

/** The last seconds whose tokens are refused: of everybody's, and of single members'. */
type LastSeconds = { readonly all: number; readonly members: Map<MemberId, number> | null }

/**
 * What this process knows to be revoked. Of tokens everything, in 70 to 330 bytes a member; of keys what was revoked while it
 * ran, because those revoked earlier are told by their row.
 */
export class Revocations {
  readonly #tokens = new Map<TeamId, LastSeconds>()
  readonly #keys = new Set<string>()

  /** In any order, also again. */
  take(revocation: Revocation): void {
    if (revocation.kind === 'KEY') this.#keys.add(keyOf(revocation))
    else this.#takeTokens(revocation.teamId, revocation.memberId, Math.floor(revocation.at / 1000))
  }

  /**
   * Whether the caller's credential was revoked. Tokens tell their second alone, so one of the very second of the
   * revocation is refused, too: it may be the one that was to go. A pill token ends with what made it.
   */
  refuses(viewer: Viewer): boolean {
    const { credential } = viewer
    if (credential.kind === 'KEY') return this.#keys.has(keyOf(credential))
    if (credential.kind === 'PILL' && this.#hasRevokedKey(credential.maker)) return true
    const last = this.#lastSecond(viewer)
    return last !== null && (credential.issuedAt ?? -Infinity) <= last
  }

  /** From when on new tokens of the caller are taken; null where none was revoked, and for keys. */
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

  #takeTokens(teamId: TeamId, memberId: MemberId | null, second: number): void {
    const { all, members } = this.#tokens.get(teamId) ?? { all: -Infinity, members: null }
    if (memberId !== null) {
      const known = members ?? new Map<MemberId, number>()
      known.set(memberId, Math.max(second, known.get(memberId) ?? second))
      if (known !== members) this.#tokens.set(teamId, { all, members: known })
      return
    }
    // The revocation of all takes over for those of single members; what came after it is kept.
    const later = [...(members ?? [])].filter(([, last]) => last > second)
    this.#tokens.set(teamId, { all: Math.max(all, second), members: later.length > 0 ? new Map(later) : null })
  }
}

const keyOf = ({ teamId, id }: { readonly teamId: TeamId; readonly id: number }) => `${teamId}\n${id}`
