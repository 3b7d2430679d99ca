import { type Account, type PlanTerms, waitsForPayment } from '../../account.ts'
import { type Allowance, caughtUp } from '../../allowance.ts'
import { UnknownPlan } from '../../errors.ts'
import type { Instant } from '../../identity.ts'
import type { Context } from '../../rules.ts'
import { isRunning as isOnTrial } from '../../trial.ts'
import { changePlan, keepsCount, termsFor } from '../change-plan.ts'
import { type FollowSubscription, type Given, refused } from '../command.ts'
import { addUnits, cycleOf, depositDue } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { endPeriods } from '../settle-periods.ts'
import {
  beginDefault,
  beginTrial,
  changeToDefault,
  changeToTrial,
  endTrial,
  expectDeposit,
  onTrial,
  trialOn,
} from '../trials.ts'

const done = { kind: 'done' } as const

/**
 * Puts the team as its subscription stands: plan, seats and add-on units by the rules of assignPlan and setAddOnUnits,
 * and deposits of the plan's periods as far as they are paid for. A period that is paid late is deposited when it is, for
 * what is left of it; one that passed unpaid is skipped. Where it is not known how far they are paid for, what was known
 * before counts. While nothing is paid for, nothing is deposited, renewed or
 * prorated, and what is there stays to its own end. Said again, nothing moves.
 *
 * A subscription that begins in its own trial, on a plan that has a trial, deposits nothing before it is paid for, but
 * gives a team that never had a trial the credits of this one.
 *
 * A subscription that was never paid for leaves the team as it is: whoever begins to buy a plan keeps the present one.
 * Ended, it leaves the team on the catalog's default plan, or on none; what was deposited stays to its own end, add-on
 * credits too. Where they are not paid for any more, they count against what the team's next plans deposit.
 * Source: facts D4, D5, D6, W1, W2, G1.
 */
export function followSubscription(
  draft: Draft,
  command: FollowSubscription,
  { account, facts: { leftover = [] }, context }: Given,
): OutcomeOf<'follow-subscription'> {
  if (command.ended) return account.paidThrough === null ? done : leaveSubscription(draft, account, command, context)
  const plan = context.policy.plan(command.planId)
  if (plan === undefined) return refused(new UnknownPlan({ planId: command.planId }))
  const paidThrough = command.paidThrough ?? account.paidThrough
  if (paidThrough === null) return done
  const isPaid = paidThrough > context.at
  if (!isPaid && account.paidThrough === null) return done
  const isTrying = isPaid && isUnbilled(account, plan, command)
  const trial = isTrying ? trialOn(draft, plan) : null
  if (trial === null) endTrial(draft, 'PLAN_CHANGED', context.at)
  const terms = isTrying ? onTrial(plan) : plan
  if (!isOn(account, terms, command)) {
    const { seats, interval, anchor, isTrialing } = command
    const counts = isPaid && context.policy.planChanges === 'at-once' ? 'at-once' : 'later'
    const choice = { plan: terms, seats, interval, anchor, isBilled: true, isTrialing, counts } as const
    if (isTrying) changeToTrial(draft, account, choice, context)
    else changePlan(draft, account, choice, context)
  }
  payThrough(draft, paidThrough, context)
  draft.set({ renews: command.renews })
  const units = terms.addOn === null ? 0 : command.addOnUnits
  if (units !== account.addOn.units) draft.set({ addOn: { ...account.addOn, units } })
  depositDue(draft, context.policy, context.at, leftover)
  if (isPaid) addUnits(draft, context)
  if (trial === 'BEGINS') beginTrial(draft, plan, context)
  expectDeposit(draft, isTrying && plan.allowances.length > 0 ? command.anchor : null)
  tellChange(draft, account, context)
  return done
}

/** Whether the subscription bills nothing yet on a plan that has a trial, and the plan has not begun for the team. */
const isUnbilled = (account: Account, plan: PlanTerms, { isTrialing }: FollowSubscription): boolean =>
  plan.trial !== null && isTrialing && (account.planId !== plan.id || cycleOf(account.allowances) === null)

/** Whether the team is on the plan already, in the same periods; where no interval is said, in whichever it has. */
function isOn(account: Account, plan: PlanTerms, { seats, interval, anchor }: FollowSubscription): boolean {
  if (account.planId !== plan.id || account.seats !== seats) return false
  const running = account.allowances.filter(isRunning)
  if (running.length === 0 && plan.allowances.length > 0) return false
  const terms = interval === null ? plan.allowances : termsFor({ plan, interval }, account)
  const keeps = (allowance: Allowance) =>
    terms.some((one) => one.id === allowance.id && keepsCount(allowance, one, { anchor, isBilled: true }))
  return (interval === null || running.length === terms.length) && running.every(keeps)
}

/**
 * Sets how far periods are paid for, and leaves out those that have passed unpaid. A period that runs and may still be
 * paid for counts as unpaid from its begin, also where an earlier end of payment lies within it.
 */
function payThrough(draft: Draft, paidThrough: Instant, { at }: Context): void {
  const isWaiting = (allowance: Allowance) => isRunning(allowance) && allowance.nextAt <= at
  if (draft.setting('allowances').some(isWaiting)) {
    const allowances = draft.setting('allowances').map((one) => (isWaiting(one) ? caughtUp(one, at) : one))
    draft.set({ allowances })
  }
  const waiting = draft.setting('allowances').filter(isWaiting)
  const unpaidFrom = paidThrough > at ? [] : waiting.map(({ nextAt }) => nextAt)
  draft.set({ paidThrough: Math.min(paidThrough, ...unpaidFrom) })
}

function leaveSubscription(
  draft: Draft,
  account: Account,
  { refunded }: FollowSubscription,
  context: Context,
): typeof done {
  const { policy, at } = context
  const left = { ...account, allowances: endPeriods(draft, account, refunded, context) }
  draft.set({ paidThrough: null, renews: true, allowances: left.allowances })
  if (waitsForPayment(account)) beginDefault(draft, 1, context)
  else changeToDefault(draft, left, 1, context)
  endTrial(draft, 'PLAN_CHANGED', at)
  depositDue(draft, policy, at)
  tellChange(draft, account, context)
  return done
}

const isRunning = ({ kind, ended }: Allowance): boolean => kind === 'INCLUDED' && !ended

function tellChange(draft: Draft, before: Account, { at }: Context): void {
  const isOther = draft.setting('planId') !== before.planId || draft.setting('seats') !== before.seats
  const isOver = isOnTrial(before.trial) && !isOnTrial(draft.setting('trial'))
  if (isOther || isOver) draft.notice('PLAN_CHANGED', at)
}
