import { type Account, nextBoundary } from '../account.ts'
import { comesDue } from '../allowance.ts'
import type { Clawback } from '../grant.ts'
import type { Hold } from '../hold.ts'
import type { Instant } from '../identity.ts'
import { resolveThreshold } from '../low-balance.ts'
import type { AccountNotice } from '../notice.ts'
import type { Posting } from '../posting.ts'
import type { NewPurchase } from '../purchase.ts'
import type { RulesAt } from '../rules.ts'
import { nextAccrual } from '../stored-amount.ts'
import { runningTrialEnd } from '../trial.ts'
import { nextOverdue } from '../unpaid-bill.ts'
import { chargeStorage } from './charge-storage.ts'
import { billLent } from './credit-line.ts'
import { depositDue } from './deposits.ts'
import { Draft } from './draft.ts'
import { expireHold } from './end-hold.ts'
import { announceOverdue } from './metered-bills.ts'
import { demand, retry } from './recharge-episode.ts'
import { endTrialIfOver } from './trials.ts'

/** The holds of a team whose deadline has come. */
export type DueHolds = {
  /** Every open hold whose deadline is at or before the instant to which the account is rolled forward. */
  readonly due: readonly Hold[]
  /** The first deadline of the holds that stay open; null: there is none. */
  readonly nextDeadline: Instant | null
}

export const noHolds: DueHolds = { due: [], nextDeadline: null }

export type RolledForward = {
  readonly account: Account
  readonly postings: readonly Posting[]
  readonly notices: readonly AccountNotice[]
  /** The purchases that begin by time alone: retries of auto-recharge. */
  readonly purchases: readonly NewPurchase[]
  readonly clawbacks: readonly Clawback[]
  /** The due holds, expired. */
  readonly holds: readonly Hold[]
}

/**
 * Posts every boundary that has passed, in order, each effective at its own instant: holds that timed out, grants that
 * ended, credits whose lock has ended, trials that are over, allowances that are due, storage of the day, lent credits that are billed, the next attempt of a recharge, bills
 * that become overdue. A balance that fell below its
 * threshold begins a recharge. The same account and instant give the same postings, whoever reads the team and however
 * late.
 */
export function rollForward(
  account: Account,
  { due, nextDeadline }: DueHolds,
  rulesAt: RulesAt,
  at: Instant,
): RolledForward {
  const first = nextBoundary(account)
  if (first === null || first > at)
    return { account, postings: [], notices: [], purchases: [], clawbacks: [], holds: [] }

  const waiting = due.filter((hold) => hold.expiresAt <= at).sort((a, b) => a.expiresAt - b.expiresAt || a.id - b.id)
  const expiredHolds: Hold[] = []
  const draft = new Draft(account)
  const recharges = account.recharge !== null && account.recharge.state !== 'OFF'
  const lowThresholdAt = (instant: Instant) =>
    resolveThreshold(account.threshold, account.monthlyUsage, rulesAt(instant).policy.lowThreshold)

  for (;;) {
    const instant = Math.min(
      draft.nextEnd,
      draft.nextUnlock,
      ...draft.setting('allowances').flatMap((one) => (comesDue(one, account.paidThrough) ? [one.nextAt] : [])),
      ...draft.setting('stored').map((stored) => nextAccrual(stored) ?? Infinity),
      waiting[0]?.expiresAt ?? Infinity,
      draft.setting('recharge')?.retryAt ?? Infinity,
      nextOverdue(draft.setting('unpaidBills')) ?? Infinity,
      draft.setting('lent')?.billedAt ?? Infinity,
      runningTrialEnd(draft.setting('trial')),
    )
    if (instant > at) break
    const { available } = draft
    for (let hold = waiting[0]; hold !== undefined && hold.expiresAt === instant; hold = waiting[0]) {
      waiting.shift()
      expiredHolds.push(expireHold(draft, hold, rulesAt))
    }
    const moment = { ...rulesAt(instant), at: instant }
    draft.expire(instant)
    draft.unlock(instant)
    endTrialIfOver(draft, moment)
    depositDue(draft, moment.policy, instant)
    chargeStorage(draft, rulesAt, instant)
    billLent(draft, moment)
    // The storage of a day may use up the trial.
    endTrialIfOver(draft, moment)
    draft.set({ lowThreshold: lowThresholdAt(instant) })
    draft.announce(instant)
    announceOverdue(draft, instant)
    if (recharges) {
      retry(draft, moment)
      if (draft.available < available) demand(draft, moment)
    }
    draft.passBy(instant)
  }
  draft.set({ nextHoldDeadline: nextDeadline, lowThreshold: lowThresholdAt(at) })
  const { postings, notices, purchases, clawbacks } = draft
  return { account: draft.finish(), postings, notices, purchases, clawbacks, holds: expiredHolds }
}
