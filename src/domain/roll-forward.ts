import { type Account, nextBoundary, resolveThreshold } from './account.ts'
import { comesDue } from './allowance.ts'
import { chargeStorage } from './charge-storage.ts'
import { takeReturned } from './claw-back.ts'
import { depositDue } from './deposits.ts'
import { Draft } from './draft.ts'
import { giveBack } from './give-back.ts'
import type { ChargedHold, Hold } from './hold.ts'
import type { Instant } from './identity.ts'
import { sessionsAfter } from './live-session.ts'
import type { AccountNotice } from './notice.ts'
import { type Posting, takenIn } from './posting.ts'
import type { NewPurchase } from './purchase.ts'
import { demand, retry } from './recharge-episode.ts'
import type { RulesAt } from './rules.ts'
import { countTaken } from './spending-limit.ts'
import { nextAccrual } from './stored-amount.ts'

export type RolledForward = {
  readonly account: Account
  readonly postings: readonly Posting[]
  readonly notices: readonly AccountNotice[]
  /** The purchases that begin by time alone: retries of auto-recharge. */
  readonly purchases: readonly NewPurchase[]
  /** The holds among `dueHolds` that expired. */
  readonly holds: readonly Hold[]
}

/**
 * Posts every boundary that has passed, in order, each effective at its own instant: holds that timed out, grants that
 * ended, allowances that are due, storage of the day, the next attempt of a recharge. A balance that fell below its
 * threshold begins a recharge. The same account and instant give the same postings, whoever reads the team and however
 * late.
 *
 * `dueHolds`: every open hold whose deadline is at or before `at`. `nextHoldDeadline`: the first deadline of the holds
 * that stay open.
 */
export function rollForward(
  account: Account,
  dueHolds: readonly Hold[],
  nextHoldDeadline: Instant | null,
  rulesAt: RulesAt,
  at: Instant,
): RolledForward {
  const first = nextBoundary(account)
  if (first === null || first > at) return { account, postings: [], notices: [], purchases: [], holds: [] }

  const waiting = dueHolds
    .filter((hold) => hold.expiresAt <= at)
    .sort((a, b) => a.expiresAt - b.expiresAt || a.id - b.id)
  const expiredHolds: Hold[] = []
  const draft = new Draft(account)
  let limits = account.limits
  const recharges = account.recharge !== null && account.recharge.state !== 'OFF'
  const lowThresholdAt = (instant: Instant) =>
    resolveThreshold(account.threshold, account.monthlyUsage, rulesAt(instant).policy.lowThreshold)

  for (;;) {
    const instant = Math.min(
      ...draft.grants.filter((grant) => grant.available > 0n).map((grant) => grant.expiresAt ?? Infinity),
      ...draft.setting('allowances').flatMap((one) => (comesDue(one, account.paidThrough) ? [one.nextAt] : [])),
      ...draft.setting('stored').map((stored) => nextAccrual(stored) ?? Infinity),
      waiting[0]?.expiresAt ?? Infinity,
      draft.setting('recharge')?.retryAt ?? Infinity,
    )
    if (instant > at) break
    const { available } = draft
    for (let hold = waiting[0]; hold !== undefined && hold.expiresAt === instant; hold = waiting[0]) {
      waiting.shift()
      const posted = draft.postings.length
      const reason = hold.charged === null ? null : 'not confirmed in time'
      const expired = freeHold(draft, hold, 'EXPIRED', instant, reason)
      expiredHolds.push(expired)
      draft.set({ sessions: sessionsAfter(draft.setting('sessions'), expired) })
      if (limits.length > 0) {
        const { timeZone } = rulesAt(instant).policy
        limits = countTaken(limits, hold, takenIn(draft.postings.slice(posted)), hold.placedAt, timeZone, instant)
      }
    }
    draft.expire(instant)
    depositDue(draft, rulesAt(instant).policy, instant)
    chargeStorage(draft, rulesAt, instant)
    draft.set({ lowThreshold: lowThresholdAt(instant) })
    draft.announce(instant)
    if (recharges) {
      const moment = { ...rulesAt(instant), at: instant }
      retry(draft, moment)
      if (draft.available < available) demand(draft, moment)
    }
    draft.passBy(instant)
  }
  draft.set({ limits, nextHoldDeadline, lowThreshold: lowThresholdAt(at) })
  const { postings, notices, purchases } = draft
  return { account: draft.finish(), postings, notices, purchases, holds: expiredHolds }
}

/**
 * Gives back all credits that the hold still keeps, or all that it was charged at its start. Credits of an ended grant
 * expire at once. Source: docs/ledger/time.md, facts V2, W8.
 */
export function freeHold(
  draft: Draft,
  hold: Hold,
  state: 'RELEASED' | 'EXPIRED',
  at: Instant,
  reason: string | null,
): Hold {
  if (hold.charged !== null) {
    giveBackStart(draft, hold, hold.charged, at, reason)
    return { ...hold, state, captured: 0n }
  }
  for (const slice of hold.slices) draft.move(slice.grantId, 'held', 'available', slice.amount)
  draft.post('RELEASE', at, { memberId: hold.memberId, reference: hold.reference, reason, holdId: hold.id })
  returned(draft, hold, at)
  return { ...hold, state, slices: [], pace: null }
}

/** Posts the opposite of the charge at a hold's start, use and metered money included, as if nothing had been used. */
export function giveBackStart(
  draft: Draft,
  hold: Hold,
  charged: ChargedHold,
  at: Instant,
  reason: string | null,
): void {
  hold.lines.forEach(({ rate, quantity, count, money }, line) => {
    const taken = money === null ? null : { ...money, amount: -money.amount }
    draft.mark({ line, rate, use: { quantity: -quantity, count: -count, money: taken } })
  })
  const { memberId, reference, id: holdId, amount } = hold
  giveBack(draft, { ...charged, refunded: 0n, memberId, reference }, amount, at, { reason, holdId })
}

/**
 * Processes credits that a hold gave back to its grants: those whose payment was taken back are taken; those of ended
 * grants expire.
 */
export function returned(draft: Draft, hold: Hold, at: Instant): void {
  takeReturned(draft, hold.slices, at)
  draft.expire(at)
}
