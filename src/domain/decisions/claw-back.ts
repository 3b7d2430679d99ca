import type { Credits } from '../amounts/credits.ts'
import { type Grant, lockedOf } from '../grant.ts'
import type { Slice } from '../hold.ts'
import type { GrantId, Instant } from '../identity.ts'
import type { Draft } from './draft.ts'

/** The prefix of sources of grants that return what other credits had paid for a clawed-back grant. */
export const restoredSource = 'restored:'

/**
 * The used credits of a grant that are no longer paid for. They became owed; they are still owed, or other credits have
 * paid them.
 */
export function unpaidUse({ granted, clawedBack, spent, held }: Grant): Credits {
  const unpaid = spent + held - (granted - clawedBack)
  return unpaid > 0n ? unpaid : 0n
}

/** All of a grant that its payer has taken back now, and what the postings of it tell. */
export type Taken = { readonly total: Credits; readonly reference: string; readonly reason: string | null }

/**
 * Takes more of a grant back: first the credits left on it, locked ones before available ones; then used credits become owed. Credits that expired unspent
 * are neither taken nor owed. Credits that were restored for the grant before pay first.
 */
export function take(draft: Draft, grant: Grant, { total, reference, reason }: Taken, at: Instant): void {
  const { id } = grant
  draft.clawedBack(id, total)
  const unpaid = unpaidUse(draft.grant(id))
  const due = unpaid - unpaidUse(grant)
  revoke(draft, grant, least(grant.available + grant.locked, total - unpaid - grant.revoked))
  if (due > 0n) draft.move(id, { from: 'none', to: 'owed', amount: due })
  draft.post('CLAWBACK', at, { reference, reason })
  let owed = due
  for (const restored of draft.grants.filter((one) => isRestoredOf(one, grant) && one.available > 0n)) {
    const paid = least(restored.available, owed)
    draft.repay(restored.id, paid, at)
    owed -= paid
  }
}

/**
 * Undoes a claw-back down to `total`, from its end: first what became owed, then what was revoked, which expires at
 * once if the grant has ended. Whatever came between, the balance is as if no more than `total` had ever been taken.
 */
export function restore(draft: Draft, grant: Grant, { total, reference, reason }: Taken, at: Instant): void {
  const { id } = grant
  draft.clawedBack(id, total)
  const unpaid = unpaidUse(draft.grant(id))
  const repaid = forgive(draft, id, unpaidUse(grant) - unpaid)
  const back = grant.frozen ? 0n : grant.revoked - (total - unpaid)
  unrevoke(draft, grant, back, at)
  if (repaid > 0n) depositAgain(draft, grant, repaid, at)
  draft.post('ADJUSTMENT', at, { reference, reason })
  draft.expire(at)
}

/** Nothing of the grant can be spent from now on. What is held of it stays with its hold, and is revoked once it comes back. */
export function freeze(draft: Draft, grant: Grant, told: Omit<Taken, 'total'>, at: Instant): void {
  draft.freeze(grant.id, true)
  revoke(draft, grant, grant.available + grant.locked)
  draft.post('CLAWBACK', at, told)
}

/** Undoes a freeze: what was revoked is available or locked again, but for what is taken back; it expires if the grant has ended. */
export function thaw(draft: Draft, grant: Grant, told: Omit<Taken, 'total'>, at: Instant): void {
  draft.freeze(grant.id, false)
  const back = grant.revoked - (grant.clawedBack - unpaidUse(grant))
  unrevoke(draft, grant, back, at)
  draft.post('ADJUSTMENT', at, told)
  draft.expire(at)
}

/**
 * Used credits have come back to their grants: those that are not paid for, or whose grant is frozen, are taken, and are no
 * longer owed.
 */
export function takeReturned(draft: Draft, returned: readonly Slice[], at: Instant): void {
  for (const [id, slices] of Map.groupBy(returned, ({ grantId }) => grantId)) {
    const grant = draft.grant(id)
    const back = slices.reduce((sum, { amount }) => sum + amount, 0n)
    const unpaid = unpaidUse({ ...grant, spent: grant.spent + back }) - unpaidUse(grant)
    const taken = grant.frozen ? back : unpaid
    if (taken === 0n) continue
    draft.move(id, { from: 'available', to: 'revoked', amount: taken })
    const repaid = forgive(draft, id, unpaid)
    draft.post('CLAWBACK', at, { reference: grant.source })
    if (repaid === 0n) continue
    depositAgain(draft, grant, repaid, at)
    draft.post('ADJUSTMENT', at, { reference: grant.source })
  }
}

/** Credits that are left of the grant are revoked, locked ones first. */
function revoke(draft: Draft, { id, locked }: Grant, amount: Credits): void {
  const ofLocked = least(locked, amount)
  if (ofLocked > 0n) draft.move(id, { from: 'locked', to: 'revoked', amount: ofLocked })
  if (amount > ofLocked) draft.move(id, { from: 'available', to: 'revoked', amount: amount - ofLocked })
}

/** Revoked credits are available again, but for those that are locked until later. */
function unrevoke(draft: Draft, grant: Grant, amount: Credits, at: Instant): void {
  if (amount <= 0n) return
  const { id, locked, revoked } = grant
  const toLocked = lockedOf({ ...grant, revoked: revoked - amount }, at) - locked
  if (amount > toLocked) draft.move(id, { from: 'revoked', to: 'available', amount: amount - toLocked })
  if (toLocked > 0n) draft.move(id, { from: 'revoked', to: 'locked', amount: toLocked })
}

/** Forgives the part of an amount that is still owed. Returns the rest, which has been repaid. */
function forgive(draft: Draft, id: GrantId, amount: Credits): Credits {
  const forgiven = least(amount, draft.owed)
  if (forgiven > 0n) draft.move(id, { from: 'owed', to: 'none', amount: forgiven })
  return amount - forgiven
}

/**
 * Deposits a grant like the first one, which lasts from now on as long as the first one did. It pays for everything,
 * because only such credits repay a debt.
 */
function depositAgain(draft: Draft, { kind, priority, startsAt, ...first }: Grant, amount: Credits, at: Instant): void {
  const expiresAt = first.expiresAt === null ? null : at + (first.expiresAt - startsAt)
  const source = `${restoredSource}${first.source}:${draft.revision + 1}`
  draft.deposit({ kind, priority, startsAt: at, expiresAt, source, allowance: null }, amount)
}

const isRestoredOf = ({ source }: Grant, first: Grant): boolean =>
  source.startsWith(restoredSource) && source.slice(restoredSource.length, source.lastIndexOf(':')) === first.source

const least = (one: Credits, other: Credits): Credits => (one < other ? one : other)
