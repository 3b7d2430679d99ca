import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import type { Revocation } from './revocation-rows.ts'
import { ownerOf, type Viewer } from './viewer.ts'

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
   * revocation is refused, too: it may be the one that was to go.
   */
  refuses(viewer: Viewer): boolean {
    const { credential } = viewer
    if (credential.kind === 'KEY') return this.#keys.has(keyOf(credential))
    const last = this.#lastSecond(viewer)
    return last !== null && (credential.issuedAt ?? -Infinity) <= last
  }

  /** From when on new tokens of the caller are taken; null where none was revoked, and for keys. */
  takenFrom(viewer: Viewer): Instant | null {
    if (viewer.credential.kind === 'KEY') return null
    const last = this.#lastSecond(viewer)
    return last === null ? null : (last + 1) * 1000
  }

  #lastSecond(viewer: Viewer): number | null {
    const last = this.#tokens.get(ownerOf(viewer))
    if (last === undefined) return null
    const { all, members } = last
    const latest = Math.max(all, members?.get(viewer.memberId) ?? -Infinity)
    return latest === -Infinity ? null : latest
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
