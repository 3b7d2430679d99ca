import { type Account, nextDeposit, waitsForPayment } from '../account.ts'
import type { Allowance } from '../allowance.ts'
import type { Credits } from '../amounts/credits.ts'
import type { UnknownPlan } from '../errors.ts'
import type { Instant } from '../identity.ts'
import { anchorBefore } from '../period.ts'
import type { Posting } from '../posting.ts'
import { contextAt, type World } from '../rules.ts'
import { dayMs } from '../wall-clock.ts'
import type { AssignPlan, FollowSubscription } from './command.ts'
import { decide } from './decide.ts'
import { cycleOf } from './deposits.ts'
import { noHolds, rollForward } from './roll-forward.ts'

export type PlanChoice = { readonly planId: string; readonly seats: number; readonly interval: 'MONTH' | 'YEAR' | null }

/** The effect of a change of plan or seats on the credits of a team. */
export type PlanChange = {
  readonly before: Account
  readonly after: Account
  readonly deposited: Credits
  /** The part of deposits that is taken back for the rest of their periods. */
  readonly takenBack: Credits
  /** Null: none is expected. */
  readonly nextDeposit: { readonly at: Instant; readonly credits: Credits } | null
}

/**
 * The effect that the change would have now, decided as the change itself. The account must have been rolled forward to
 * `at`. A team on a subscription changes as its subscription does, which stays paid for as far as it is; with another
 * interval, periods begin anew at once. Where its present plan deposits nothing, periods are counted back from the end of
 * what is paid. Rollover that the change itself would carry into a new period is not counted.
 */
export function previewPlanChange(
  account: Account,
  choice: PlanChoice,
  world: World,
  at: Instant,
): PlanChange | UnknownPlan {
  const change = account.paidThrough === null ? assigned(choice) : subscribed(account, choice, at)
  const { outcome, account: after, postings } = decide(account, change, { leftover: [] }, contextAt(world, at))
  if (outcome.kind === 'refused') return outcome.failure as UnknownPlan
  const deposit = nextDeposit(after, at)
  return {
    before: account,
    after,
    deposited: moved(postings, 'from', 'none'),
    takenBack: moved(postings, 'to', 'revoked'),
    nextDeposit: deposit === null ? null : { at: deposit, credits: depositedAt(after, change, world, deposit) },
  }
}

const assigned = (choice: PlanChoice): AssignPlan => ({ kind: 'assign-plan', ...choice, teamName: null, anchor: null })

function subscribed(account: Account, { planId, seats, interval }: PlanChoice, at: Instant): FollowSubscription {
  const cycle = cycleOf(account.allowances)
  const isAnew = interval !== null && interval !== cycle?.cadence
  const paidThrough = account.paidThrough ?? at
  // Stripe's own trial stays to its end.
  const onTrial = waitsForPayment(account) && paidThrough > at
  return {
    kind: 'follow-subscription',
    subscription: '',
    planId,
    seats,
    interval: interval ?? billedAt(cycle?.cadence),
    anchor: onTrial
      ? paidThrough
      : isAnew
        ? at
        : (cycle?.anchor ?? anchorBefore(paidThrough, interval ?? 'MONTH', 'UTC', at)),
    addOnUnits: account.addOn.units,
    paidThrough: isAnew && !onTrial && paidThrough > at ? Math.max(paidThrough, at + dayMs) : paidThrough,
    renews: account.renews,
    isTrialing: onTrial || (cycle !== null && cycle.anchor > at),
    ended: false,
    refunded: false,
  }
}

const billedAt = (cadence: Allowance['cadence'] | undefined) =>
  cadence === 'MONTH' || cadence === 'YEAR' ? cadence : null

/** The deposit's period is paid, and nothing else happens to the team until then. */
function depositedAt(after: Account, change: AssignPlan | FollowSubscription, world: World, at: Instant): Credits {
  const { rulesAt } = world
  if (waitsForPayment(after) && change.kind === 'follow-subscription') {
    const due = rollForward({ ...after, nextHoldDeadline: null, stored: [] }, noHolds, rulesAt, at).account
    const paid = { ...change, isTrialing: false, paidThrough: at + dayMs }
    return moved(decide(due, paid, { leftover: [] }, contextAt(world, at)).postings, 'from', 'none')
  }
  const paid = after.paidThrough === null ? after : { ...after, paidThrough: at + dayMs }
  const { postings } = rollForward({ ...paid, nextHoldDeadline: null, stored: [] }, noHolds, rulesAt, at)
  return moved(
    postings.filter((posting) => posting.at === at),
    'from',
    'none',
  )
}

function moved(postings: readonly Posting[], side: 'from' | 'to', state: 'none' | 'revoked'): Credits {
  const entries = postings.flatMap((posting) => posting.entries)
  return entries.filter((entry) => entry[side] === state).reduce((sum, { amount }) => sum + amount, 0n)
}
