import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import type { Revocation } from './revocation-rows.ts'
import { ownerOf, type Viewer } from './viewer.ts'

/**
 * What this process knows to be revoked. Of tokens everything, in some 150 bytes a member; of keys what was revoked while
 * it ran, because those revoked earlier are told by their row.
 */
export class Revocations {
  /** The last second whose tokens are refused. */
  readonly #tokens = new Map<string, number>()
  readonly #keys = new Set<string>()

  take(revocation: Revocation): void {
    const { teamId } = revocation
    if (revocation.kind === 'KEY') {
      this.#keys.add(placeOf(teamId, `${revocation.id}`))
      return
    }
    const { memberId, at } = revocation
    const place = placeOf(teamId, memberId ?? '')
    const second = Math.floor(at / 1000)
    this.#tokens.set(place, Math.max(second, this.#tokens.get(place) ?? second))
    if (memberId === null) this.#forgetMembers(place, second)
  }

  /**
   * Whether the caller's credential was revoked. Tokens tell their second alone, so one of the very second of the
   * revocation is refused, too: it may be the one that was to go.
   */
  refuses(viewer: Viewer): boolean {
    const { credential } = viewer
    const owner = ownerOf(viewer)
    if (credential.kind === 'KEY') return this.#keys.has(placeOf(owner, `${credential.id}`))
    if (this.#tokens.size === 0) return false
    const issuedAt = credential.issuedAt ?? -Infinity
    return issuedAt <= this.#lastSecond(owner, viewer.memberId)
  }

  /** From when on new tokens of the caller are taken; -Infinity where none was revoked. */
  takenFrom(viewer: Viewer): Instant {
    return (this.#lastSecond(ownerOf(viewer), viewer.memberId) + 1) * 1000
  }

  #lastSecond(owner: TeamId, memberId: MemberId): number {
    const all = this.#tokens.get(placeOf(owner, '')) ?? -Infinity
    return Math.max(all, this.#tokens.get(placeOf(owner, memberId)) ?? -Infinity)
  }

  /** The team's own revocation has taken over for them. */
  #forgetMembers(team: string, second: number): void {
    for (const [place, last] of this.#tokens) {
      if (place !== team && place.startsWith(team) && last <= second) this.#tokens.delete(place)
    }
  }
}

const placeOf = (teamId: TeamId, subject: string) => `${teamId}\n${subject}`
