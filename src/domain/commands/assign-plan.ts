import { type Account, type AllowanceTerms, type PlanTerms, resolveThreshold } from '../account.ts'
import {
  type Allowance,
  changeSource,
  depositedThrough,
  depositOf,
  inOrder,
  isOfPeriod,
  periodAt,
  periodBegins,
  periodWindow,
} from '../allowance.ts'
import { type AssignPlan, type Context, type Outcome, refused } from '../command.ts'
import { MICRO } from '../credits.ts'
import { cycleOf, depositDue } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { NotFound, UnknownPlan } from '../errors.ts'
import { divideRounded } from '../fixed-point.ts'
import type { Grant } from '../grant.ts'
import type { TeamId } from '../identity.ts'
import { calendarAnchor } from '../period.ts'

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
  purchases: 0,
  recharge: null,
  paidThrough: null,
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
 * Creates the team or changes its plan and seats. An allowance that the team did not have is deposited at once, for the
 * period that runs. One that both plans have goes on with its periods: what it deposits changes from the next one on,
 * and where the catalog says so at once for the rest of the running one, in proportion and whole credits, rounded for
 * the team. Where an allowance follows the subscription, another anchor begins its periods anew. An allowance that the
 * plan lacks ends; what it deposited stays to its own end. Add-on units end with a plan that takes none. Contracts stay.
 * Refuses: UnknownPlan. Source: SEEDS W1, W2, D3, D4, D6.
 */
export function assignPlan(draft: Draft, account: Account, command: AssignPlan, context: Context): Outcome {
  const plan = context.policy.plan(command.planId)
  if (plan === undefined) return refused(new UnknownPlan({ planId: command.planId }))
  const terms = termsFor(plan, account, command)
  const change = { account, plan, command, context }
  const contracts = account.allowances.filter(({ kind }) => kind === 'CONTRACT')
  const included = account.allowances.filter(({ kind }) => kind === 'INCLUDED')
  const followed = included.map((allowance) => {
    const next = terms.find(({ id }) => id === allowance.id)
    return next === undefined ? { ...allowance, ended: true } : follow(allowance, next, change)
  })
  const begun = terms
    .filter(({ id }) => !included.some((allowance) => allowance.id === id))
    .map((next) => begin(next, change))
  const allowances = inOrder([...contracts, ...followed, ...begun])
  const { teamName, seats } = command
  draft.set({ name: teamName ?? account.name, planId: plan.id, seats, allowances })
  if (plan.addOn === null) draft.set({ addOn: { ...account.addOn, units: 0 } })
  if (context.policy.planChanges === 'at-once') {
    for (const allowance of allowances) prorate(draft, allowance, account, context)
  }
  depositDue(draft, context.policy, context.at)
  draft.notice('PLAN_CHANGED', context.at)
  return { kind: 'done' }
}

/** For a team that does not exist yet. Refuses: NotFound, where the catalog has no default plan. */
export function openTeam(draft: Draft, account: Account, context: Context): Outcome {
  const { defaultPlan: planId } = context.policy
  if (planId === null) return refused(new NotFound({ what: 'team' }))
  const terms = { planId, teamName: null, seats: 1, interval: null, anchor: null }
  return assignPlan(draft, account, { kind: 'assign-plan', ...terms }, context)
}

/**
 * What the plan deposits for a subscription that is paid at `interval`; by default as the team's cycle goes now, or at the
 * first interval that the plan names.
 */
function termsFor(plan: PlanTerms, { allowances }: Account, { interval }: AssignPlan): AllowanceTerms[] {
  const offered = plan.allowances.flatMap((terms) => terms.interval ?? [])
  const running = cycleOf(allowances)?.cadence
  const chosen = offered.find((one) => one === interval) ?? offered.find((one) => one === running) ?? offered[0]
  return plan.allowances.filter((terms) => terms.interval === null || terms.interval === chosen)
}

type Change = {
  readonly account: Account
  readonly plan: PlanTerms
  readonly command: AssignPlan
  readonly context: Context
}

function follow(allowance: Allowance, terms: AllowanceTerms, change: Change): Allowance {
  const { plan, command, context } = change
  const moved = terms.anchor === 'subscription' && command.anchor !== null && command.anchor !== allowance.anchor
  if (moved || terms.every !== allowance.cadence) return beginAnew(allowance, terms, change)
  const { credits, perSeat, rollover } = terms
  const running = { ...allowance, planId: plan.id, credits, perSeat, rollover, ended: false }
  return allowance.ended ? caughtUp(running, context) : running
}

/** Counts periods from another anchor or in another length. A period that was deposited before is not deposited again. */
function beginAnew(former: Allowance, terms: AllowanceTerms, change: Change): Allowance {
  // A number is left out, so that a period never stands beside one of the former count.
  const allowance = begin(terms, change, former.nextPeriod + 1)
  const { startsAt, expiresAt } = periodWindow(allowance, allowance.nextPeriod)
  const isSame = (grant: Grant) =>
    grant.allowance?.id === allowance.id && grant.startsAt === startsAt && grant.expiresAt === expiresAt
  return change.account.grants.some(isSame) ? depositedThrough(allowance, allowance.nextPeriod) : allowance
}

function begin(terms: AllowanceTerms, { plan, command, context }: Change, firstPeriod = 0): Allowance {
  const { timeZone } = context.policy
  const { id, every: cadence, credits, perSeat, rollover } = terms
  const own = command.anchor ?? context.at
  // Where the plan has nothing of the subscription's own, an anchor can only be meant for the calendar's.
  const isMeant = command.anchor !== null && !plan.allowances.some(({ anchor }) => anchor === 'subscription')
  const byCalendar = terms.anchor !== 'subscription' && !isMeant
  const anchor = byCalendar ? calendarAnchor(cadence, timeZone, context.at, terms.anchor) : own
  return caughtUp(
    {
      ...{ id, kind: 'INCLUDED', planId: plan.id, reference: null, cadence, anchor, firstPeriod, timeZone },
      ...{ credits, perSeat, rollover, endsAt: null, nextPeriod: firstPeriod, nextAt: anchor, ended: false },
    },
    context,
  )
}

/** Periods that passed without the allowance are not made up for; the one that runs is, unless it was deposited. */
export function caughtUp(allowance: Allowance, { at }: Context): Allowance {
  const period = Math.max(allowance.nextPeriod, periodAt(allowance, at))
  return { ...allowance, nextPeriod: period, nextAt: periodBegins(allowance, period) }
}

/** What the rest of the running period deposits more is granted; what it deposits less is taken back of what is left. */
function prorate(draft: Draft, allowance: Allowance, before: Account, { at, policy }: Context): void {
  const former = before.allowances.find(({ id }) => id === allowance.id)
  if (former === undefined || former.ended || allowance.ended) return
  if (allowance.firstPeriod !== former.firstPeriod) return
  const period = former.nextPeriod - 1
  const { startsAt, expiresAt } = periodWindow(allowance, period)
  if (period < former.firstPeriod || expiresAt === null || expiresAt <= at) return
  const [rest, whole] = [BigInt(expiresAt - at), BigInt(expiresAt - startsAt) * MICRO]
  const change = depositOf(allowance, draft.setting('seats')) - depositOf(former, before.seats)
  const more = change > 0n ? draft.fitting(divideRounded(change * rest, whole, 'up') * MICRO) : 0n
  const less = change < 0n ? divideRounded(-change * rest, whole, 'down') * MICRO : 0n
  const source = changeSource(allowance, startsAt)
  if (more > 0n) {
    const grant = { kind: allowance.kind, priority: policy.burnPriority[allowance.kind], startsAt: at, expiresAt }
    const own = { ...grant, source: `${source}:${draft.revision + 1}`, allowance: null }
    draft.arrive(own, more, at, 'GRANT', { reference: source })
  }
  let due = less
  for (const grant of draft.grants.slice()) {
    const { id, available, clawedBack } = grant
    if (due <= 0n) break
    if (!isOfPeriod(grant, allowance, startsAt, expiresAt) || available === 0n) continue
    const amount = available < due ? available : due
    draft.move(id, 'available', 'revoked', amount)
    draft.clawedBack(id, clawedBack + amount)
    due -= amount
  }
  if (draft.isMoving) draft.post('CLAWBACK', at, { reference: source })
}
