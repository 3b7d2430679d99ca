import type { ChargedHold, Hold } from '../hold.ts'
import type { Instant } from '../identity.ts'
import { sessionsAfter } from '../live-session.ts'
import { takenIn } from '../posting.ts'
import type { RulesAt } from '../rules.ts'
import { countTaken } from '../spending-limit.ts'
import { takeReturned } from './claw-back.ts'
import type { Draft } from './draft.ts'
import { giveBack } from './give-back.ts'

/** How a hold ends without a charge, and the reason that its posting tells. */
export type HoldEnd = { readonly state: 'RELEASED' | 'EXPIRED'; readonly reason: string | null }

/** Ends a hold at its deadline. What it gives back is given back to the limits that it counted against, too. */
export function expireHold(draft: Draft, hold: Hold, rulesAt: RulesAt): Hold {
  const at = hold.expiresAt
  const posted = draft.postings.length
  const reason = hold.charged === null ? null : 'not confirmed in time'
  const expired = endHold(draft, hold, { state: 'EXPIRED', reason }, at)
  draft.set({ sessions: sessionsAfter(draft.setting('sessions'), expired) })
  const limits = draft.setting('limits')
  if (limits.length > 0) {
    const change = { ...takenIn(draft.postings.slice(posted)), since: hold.placedAt }
    draft.set({ limits: countTaken(limits, hold, change, { timeZone: rulesAt(at).policy.timeZone, at }) })
  }
  return expired
}

/**
 * Gives back all credits that the hold still keeps, or all that it was charged at its start. Credits of an ended grant
 * expire at once. Source: docs/ledger/time.md, facts V2, W8.
 */
export function endHold(draft: Draft, hold: Hold, { state, reason }: HoldEnd, at: Instant): Hold {
  const { charged } = hold
  if (charged !== null) {
    giveBackStart(draft, { ...hold, charged }, reason, at)
    return { ...hold, state, captured: 0n }
  }
  for (const slice of hold.slices) draft.move(slice.grantId, { from: 'held', to: 'available', amount: slice.amount })
  draft.post('RELEASE', at, { memberId: hold.memberId, reference: hold.reference, reason, holdId: hold.id })
  returned(draft, hold, at)
  return { ...hold, state, slices: [], pace: null, waiting: null }
}

/** Posts the opposite of the charge at a hold's start, use and metered money included, as if nothing had been used. */
export function giveBackStart(
  draft: Draft,
  hold: Hold & { readonly charged: ChargedHold },
  reason: string | null,
  at: Instant,
): void {
  hold.lines.forEach(({ rate, quantity, count, money, tags }, line) => {
    const taken = money === null ? null : { ...money, amount: -money.amount }
    draft.mark({ line, rate, use: { quantity: -quantity, count: -count, money: taken }, tags })
  })
  const { charged, memberId, reference, id: holdId, amount } = hold
  giveBack(draft, { ...charged, refunded: 0n, memberId, reference }, { amount, reason, holdId }, at)
}

/**
 * Processes credits that a hold gave back to its grants: those whose payment was taken back are taken; those of ended
 * grants expire.
 */
export function returned(draft: Draft, hold: Hold, at: Instant): void {
  takeReturned(draft, hold.slices, at)
  draft.expire(at)
}
