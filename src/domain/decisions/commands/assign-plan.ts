import type { Account } from '../../account.ts'
import { UnknownPlan } from '../../errors.ts'
import { maxOpenGrants } from '../../grant.ts'
import type { TeamId } from '../../identity.ts'
import { resolveThreshold } from '../../low-balance.ts'
import type { Context } from '../../rules.ts'
import { changePlan } from '../change-plan.ts'
import { currencyRefusal } from '../choose-currency.ts'
import { type AssignPlan, type Given, type Refused, refused } from '../command.ts'
import { addUnits, depositDue } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { openOfPlans, tooManyOfPlans } from '../open-grants.ts'
import type { OutcomeOf } from '../outcomes.ts'
import {
  beginTrial,
  changeToTrial,
  endTrial,
  expectDeposit,
  firstDepositAfterTrial,
  onTrial,
  trialOn,
} from '../trials.ts'

/** A team before its first plan: nothing on it, at revision 0. */
export const newAccount = (teamId: TeamId, context: Context): Account => ({
  teamId,
  name: teamId,
  planId: null,
  seats: 1,
  topUpsEnabled: false,
  version: 0,
  revision: 0,
  available: 0n,
  held: 0n,
  owed: 0n,
  currency: null,
  lent: null,
  grants: [],
  allowances: [],
  addOn: { units: 0, granted: 0 },
  purchases: 0,
  recharge: null,
  paidThrough: null,
  renews: true,
  surplus: [],
  trial: null,
  move: null,
  unpaidBills: [],
  stored: [],
  limits: [],
  groups: [],
  sessions: [],
  nextHoldDeadline: null,
  lastAt: context.at,
  activeAt: context.at,
  monthlyUsage: 0n,
  threshold: null,
  levels: [],
  lowThreshold: resolveThreshold(null, 0n, context.policy.lowThreshold),
  alert: 'OK',
  lastEvent: { revision: 0, number: 0 },
})

/**
 * Creates the team or changes its plan and seats. An allowance that the team did not have is deposited at once, for the
 * period that runs, less what the team was given for periods that it left. One that both plans have goes on with its
 * periods: what it deposits changes from the next one on, and where the catalog says so at once for the rest of the running
 * one, in proportion; the period's total is rounded for the team to whole credits. Where an allowance follows the
 * subscription, another anchor begins its periods anew. An allowance that the plan lacks ends; what it deposited stays to
 * its own end, and is taken back in proportion where the change counts at once. Add-on units end with a plan that takes
 * none. Contracts stay.
 * A team that never had a trial begins with the plan's, if it has one: its allowances deposit nothing meanwhile.
 * A team that followed a subscription waits for no payment any more, until the subscription says something again.
 * Source: facts W1, W2, D3, D4, D6.
 */
export function assignPlan(draft: Draft, command: AssignPlan, given: Given): OutcomeOf<'assign-plan'> {
  const { currency = null } = command
  const refusal = currencyRefusal(currency, given, true)
  if (refusal !== null) return refused(refusal)
  const { at } = given.context
  const open = openOfPlans(draft, at)
  const outcome = changeTo(draft, command, given)
  const isAdded = open >= maxOpenGrants.PLATFORM && openOfPlans(draft, at) > open
  if (outcome.kind === 'done' && isAdded) return refused(tooManyOfPlans('seats'))
  if (currency !== null && outcome.kind === 'done') draft.set({ currency })
  return outcome
}

/** The same without a choice of the currency. */
export function changeTo(
  draft: Draft,
  command: Omit<AssignPlan, 'kind' | 'currency'>,
  { account, context }: Given,
): Refused<UnknownPlan> | { readonly kind: 'done' } {
  const plan = context.policy.plan(command.planId)
  if (plan === undefined) return refused(new UnknownPlan({ planId: command.planId }))
  const { teamName, seats, interval, anchor, trial: wanted = true } = command
  draft.set({ name: teamName ?? account.name, paidThrough: null, renews: true })
  const counts = context.policy.planChanges === 'at-once' ? 'at-once' : 'later'
  const trial = wanted ? trialOn(draft, plan) : null
  if (trial === null) endTrial(draft, 'PLAN_CHANGED', context.at)
  const choice = { plan, seats, interval, anchor, isBilled: false, isTrialing: false, counts } as const
  if (trial === null) changePlan(draft, account, choice, context)
  else changeToTrial(draft, account, { ...choice, plan: onTrial(plan) }, context)
  depositDue(draft, context.policy, context.at)
  if (trial === 'BEGINS') beginTrial(draft, plan, context)
  expectDeposit(draft, trial === null ? null : firstDepositAfterTrial(draft.finish(), context.policy))
  addUnits(draft, context)
  draft.notice('PLAN_CHANGED', context.at)
  return { kind: 'done' }
}
