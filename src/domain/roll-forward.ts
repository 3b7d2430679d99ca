import { type Account, nextBoundary, type Policy, resolveThreshold } from './account.ts'
import { type Allowance, depositedThrough, depositOf, depositSource, periodWindow } from './allowance.ts'
import { Draft } from './draft.ts'
import type { Hold } from './hold.ts'
import type { Instant } from './identity.ts'
import type { AccountNotice } from './notice.ts'
import type { Posting } from './posting.ts'
import type { RulesAt } from './rules.ts'

export type RolledForward = {
  readonly account: Account
  readonly postings: readonly Posting[]
  readonly notices: readonly AccountNotice[]
  /** The holds among `dueHolds` that expired. */
  readonly holds: readonly Hold[]
}

/**
 * Posts every boundary that has passed, in order, each effective at its own instant: holds that timed out, grants that
 * ended, allowances that are due. The same account and instant give the same postings whoever looks and however late.
 *
 * `dueHolds`: every open hold whose deadline is at or before `at`. `nextHoldDeadline`: of the holds that stay open.
 */
export function rollForward(
  account: Account,
  dueHolds: readonly Hold[],
  nextHoldDeadline: Instant | null,
  rulesAt: RulesAt,
  at: Instant,
): RolledForward {
  const first = nextBoundary(account)
  if (first === null || first > at) return { account, postings: [], notices: [], holds: [] }

  const waiting = dueHolds
    .filter((hold) => hold.expiresAt <= at)
    .sort((a, b) => a.expiresAt - b.expiresAt || a.id - b.id)
  const expiredHolds: Hold[] = []
  const draft = new Draft(account)
  let allowances = account.allowances
  const lowThresholdAt = (instant: Instant) =>
    resolveThreshold(account.threshold, account.monthlyUsage, rulesAt(instant).policy.lowThreshold)

  for (;;) {
    const instant = Math.min(
      ...draft.grants.filter((grant) => grant.available > 0n).map((grant) => grant.expiresAt ?? Infinity),
      ...allowances.filter((allowance) => !allowance.ended).map((allowance) => allowance.nextAt),
      waiting[0]?.expiresAt ?? Infinity,
    )
    if (instant > at) break
    for (let hold = waiting[0]; hold !== undefined && hold.expiresAt === instant; hold = waiting[0]) {
      waiting.shift()
      expiredHolds.push(releaseSlices(draft, hold, 'EXPIRED', instant))
    }
    draft.expire(instant)
    allowances = allowances.map((allowance) =>
      depositDue(draft, allowance, account.seats, rulesAt(instant).policy, instant),
    )
    draft.set({ lowThreshold: lowThresholdAt(instant) })
    draft.announce(instant)
  }
  draft.set({ allowances, nextHoldDeadline, lowThreshold: lowThresholdAt(at) })
  return { account: draft.finish(), postings: draft.postings, notices: draft.notices, holds: expiredHolds }
}

/** Gives back all that the hold still keeps; what lay on an ended grant expires with it. Source: DESIGN, 'The ledger'. */
export function releaseSlices(
  draft: Draft,
  hold: Hold,
  state: 'RELEASED' | 'EXPIRED',
  at: Instant,
  reason: string | null = null,
): Hold {
  for (const slice of hold.slices) draft.move(slice.grantId, 'held', 'available', slice.amount)
  draft.post('RELEASE', at, { memberId: hold.memberId, reference: hold.reference, reason, holdId: hold.id })
  returned(draft, hold, at)
  return { ...hold, state, slices: [] }
}

/** What came back to grants of a hold: expires where they ended, pays what is owed where their payment was taken back. */
export function returned(draft: Draft, hold: Hold, at: Instant): void {
  for (const slice of hold.slices) {
    const grant = draft.grant(slice.grantId)
    if (grant.clawedBack > 0n)
      draft.repay(grant.id, grant.available < slice.amount ? grant.available : slice.amount, at)
  }
  draft.expire(at)
}

function depositDue(draft: Draft, allowance: Allowance, seats: number, policy: Policy, at: Instant): Allowance {
  if (allowance.ended || allowance.nextAt > at) return allowance
  return depositAllowance(draft, allowance, seats, policy, at)
}

/** Deposits the next period of an allowance, effective at `at`; it is over when the following one begins. */
export function depositAllowance(
  draft: Draft,
  allowance: Allowance,
  seats: number,
  policy: Policy,
  at: Instant,
): Allowance {
  const amount = depositOf(allowance, seats)
  if (amount > 0n) {
    const { startsAt, expiresAt } = periodWindow(allowance, allowance.nextPeriod)
    const grant = draft.deposit(
      {
        kind: 'INCLUDED',
        priority: policy.burnPriority.INCLUDED,
        startsAt,
        expiresAt,
        source: depositSource(allowance, startsAt),
        allowance: { id: allowance.id, period: allowance.nextPeriod },
      },
      amount,
    )
    draft.post('GRANT', at, { reference: grant.source })
    draft.repay(grant.id, amount, at)
  }
  return depositedThrough(allowance, allowance.nextPeriod)
}
