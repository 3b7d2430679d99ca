import { type Account, type AllowanceTerms, type PlanTerms, resolveThreshold } from '../account.ts'
import { type Allowance, periodAt, periodBegins } from '../allowance.ts'
import type { AssignPlan, Context, Outcome, SetLowThreshold } from '../command.ts'
import type { Draft } from '../draft.ts'
import { NotFound, UnknownPlan } from '../errors.ts'
import type { Instant, TeamId } from '../identity.ts'
import { calendarAnchor } from '../period.ts'
import { depositAllowance } from '../roll-forward.ts'

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
  grants: [],
  allowances: [],
  addOn: { units: 0, granted: 0 },
  stored: [],
  limits: [],
  nextHoldDeadline: null,
  lastAt: context.at,
  monthlyUsage: 0n,
  threshold: null,
  lowThreshold: resolveThreshold(null, 0n, context.policy.lowThreshold),
  alert: 'OK',
  lastEvent: { revision: 0, number: 0 },
})

/**
 * Creates the team or changes its plan and seats. The first allowance of a cadence is deposited at once, for the period
 * that runs; a changed plan changes what is deposited from the next period on, and touches no grant. Refuses: UnknownPlan.
 * Source: SEEDS W1, W2.
 */
export function assignPlan(draft: Draft, account: Account, command: AssignPlan, context: Context): Outcome {
  const plan = context.policy.plan(command.planId)
  if (plan === undefined) return { kind: 'refused', failure: new UnknownPlan({ planId: command.planId }) }
  const terms = termsFor(plan, command)
  const kept = account.allowances.map((allowance) => {
    const next = terms.find(({ every }) => every === allowance.cadence)
    if (next === undefined) return { ...allowance, ended: true }
    const { credits, perSeat } = next
    const running = { ...allowance, planId: plan.id, credits, perSeat, ended: false }
    return allowance.ended ? caughtUp(running, context.at) : running
  })
  const begun = terms
    .filter(({ every }) => !account.allowances.some(({ cadence }) => cadence === every))
    .map((next) => begin(next, plan, command, context))
  // In the order in which they are read again: it decides which of two that land together pays what is owed.
  const ordered = [...kept, ...begun].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const allowances = ordered.map((allowance) =>
    !allowance.ended && allowance.nextAt <= context.at
      ? depositAllowance(draft, allowance, command.seats, context.policy, context.at)
      : allowance,
  )
  draft.set({ name: command.teamName ?? account.name, planId: plan.id, seats: command.seats, allowances })
  draft.notice('PLAN_CHANGED', context.at)
  return { kind: 'done' }
}

/** For a team that does not exist yet. Refuses: NotFound, where the catalog has no default plan. */
export function openTeam(draft: Draft, account: Account, context: Context): Outcome {
  const { defaultPlan: planId } = context.policy
  if (planId === null) return { kind: 'refused', failure: new NotFound({ what: 'team' }) }
  const terms = { planId, teamName: null, seats: 1, interval: null, anchor: null }
  return assignPlan(draft, account, { kind: 'assign-plan', ...terms }, context)
}

/** A share is resolved from the last 30 days' usage, `monthlyUsage`. Source: SEEDS V10, A6. */
export function setLowThreshold(draft: Draft, account: Account, command: SetLowThreshold, context: Context): Outcome {
  const { threshold } = command
  const lowThreshold = resolveThreshold(threshold, account.monthlyUsage, context.policy.lowThreshold)
  draft.set({ threshold, lowThreshold })
  return { kind: 'done' }
}

/** A plan offers its month and its year as alternatives; `interval` chooses, its first one is the default. */
function termsFor(plan: PlanTerms, { interval }: AssignPlan): AllowanceTerms[] {
  const billed = plan.allowances.filter(({ every }) => every !== 'WEEK')
  const chosen = billed.find(({ every }) => every === interval) ?? billed[0]
  return plan.allowances.filter((terms) => terms.every === 'WEEK' || terms === chosen)
}

function begin(terms: AllowanceTerms, plan: PlanTerms, command: AssignPlan, context: Context): Allowance {
  const { timeZone } = context.policy
  const { every: cadence, credits, perSeat } = terms
  const calendar = terms.anchor === 'calendar' && command.anchor === null
  const anchor = calendar ? calendarAnchor(cadence, timeZone, context.at) : (command.anchor ?? context.at)
  const allowance = { id: terms.id, kind: 'INCLUDED' as const, planId: plan.id, reference: null, cadence, anchor }
  const rest = { firstPeriod: 0, timeZone, credits, perSeat, rollover: terms.rollover, endsAt: null }
  return caughtUp({ ...allowance, ...rest, nextPeriod: 0, nextAt: anchor, ended: false }, context.at)
}

/** Periods that passed without the allowance are not made up for; the one that runs is, unless it was deposited. */
function caughtUp(allowance: Allowance, at: Instant): Allowance {
  const period = Math.max(allowance.nextPeriod, periodAt(allowance, at))
  return { ...allowance, nextPeriod: period, nextAt: periodBegins(allowance, period) }
}
