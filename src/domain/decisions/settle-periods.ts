import type { Account } from '../account.ts'
import {
  type Allowance,
  depositedThrough,
  depositOf,
  hasChanged,
  inOrder,
  isOpened,
  isTrial,
  periodWindow,
  type RunningPeriod,
  runningPeriod,
} from '../allowance.ts'
import { divideRounded } from '../amounts/fixed-point.ts'
import type { Instant } from '../identity.ts'
import type { PeriodTotal } from '../period-total.ts'
import type { PolicyMoment } from '../rules.ts'
import { addOnOf, cycleOf } from './deposits.ts'
import type { Draft } from './draft.ts'
import { handOver, keepPeriod, leavePeriod, settlePeriod } from './settle-period.ts'
import { addSurplus } from './surplus.ts'

type Change = {
  readonly planId: string
  /** The plans' allowances after the change. */
  readonly allowances: readonly Allowance[]
  readonly seats: number
  readonly counts: 'at-once' | 'later'
  /**
   * Whether the credits left in a period are taken back when the team leaves it. Stripe does so; a catalog whose
   * changes count later does not.
   */
  readonly refunds: boolean
  /** Whether a subscription pays for the plan. */
  readonly isBilled: boolean
}

/**
 * The plans' allowances after a change, with the totals of their running periods. If the change counts at once, a
 * period continues under another id that has the same period; else it is left before its end. Credits are taken back
 * before any are given.
 */
export function settlePeriods(draft: Draft, before: Account, change: Change, context: PolicyMoment): Allowance[] {
  const next = new Map(change.allowances.map((one) => [one.id, one]))
  const runs = runsOf(before, context.at)
  const going = runs.filter((run) => goesOn(run, next.get(run.allowance.id)))
  // A period of an ended allowance was left before this change, except for one that opened the team before its trial.
  const isLeft = ({ allowance }: RunningPeriod) => !allowance.ended || isOpened(allowance, change, context.at)
  const left = runs.filter((run) => !going.includes(run) && isLeft(run))
  const begun = change.allowances.filter((one) => !waits(before.allowances, one))
  const handed = left.flatMap((run) => {
    const own = next.get(run.allowance.id)
    // A period that nobody paid for, or that opened the team, does not continue under another id.
    const isOver = isUnpaid(run, before, change, context) || isOpened(run.allowance, change, context.at)
    const alike = isOver
      ? undefined
      : begun.map(({ id }) => next.get(id)).find((one) => one !== undefined && begins(one, run))
    if (alike !== undefined && change.counts === 'at-once') {
      const { taken, left: rest } = handOver(run, alike)
      if (own?.ended) next.set(own.id, { ...own, total: rest })
      next.set(alike.id, depositedThrough(alike, alike.nextPeriod))
      return [taken]
    }
    const isBack = going.some((one) => one.allowance.ended && hasWindow(one, run))
    const total = leave(draft, run, { ...change, before, isAlike: alike !== undefined || isBack }, context)
    if (own?.ended) next.set(own.id, { ...own, total })
    return []
  })
  countUnits(draft, { ...change, before, left, next: [...next.values()] }, context)
  for (const run of [...going, ...handed]) {
    const own = next.get(run.allowance.id)
    if (own === undefined) continue
    const isBack = run.allowance.ended
    const since = isBack && left.some((one) => hasWindow(run, one)) ? run.total.from : context.at
    next.set(own.id, { ...own, total: goOn(draft, run, { ...change, own, isBack, since }, context) })
  }
  return [...next.values()]
}

/** `isAlike`: another allowance deposits the same period, or has deposited it before. */
function leave(
  draft: Draft,
  run: RunningPeriod,
  change: Change & { readonly before: Account; readonly isAlike: boolean },
  context: PolicyMoment,
): PeriodTotal {
  const { before, counts, refunds, isAlike } = change
  // The opening deposit counts in full against the team's first plan, as if that had been assigned before.
  if (isOpened(run.allowance, change, context.at)) {
    return leavePeriod(draft, run, { keeps: true, since: run.total.from }, context.at)
  }
  if (isUnpaid(run, before, change, context) || !(refunds || isAlike)) return run.total
  const since = counts === 'later' && isAlike ? run.total.from : context.at
  return leavePeriod(draft, run, { keeps: counts === 'later', since }, context.at)
}

/** `isBack`: the team had left the period; it counts again from `since`, if the change does not count at once. */
function goOn(
  draft: Draft,
  run: RunningPeriod,
  {
    own,
    counts,
    seats,
    isBack,
    since,
  }: Change & {
    readonly own: Allowance
    readonly isBack: boolean
    readonly since: Instant
  },
  context: PolicyMoment,
): PeriodTotal | null {
  const covered = depositOf(own, seats)
  const isAsBefore = run.allowance.total !== 'BEGUN' && !hasChanged(run.allowance)
  if (isAsBefore && covered === run.total.covered) return null
  const current = { ...run, allowance: own }
  if (counts === 'at-once') return settlePeriod(draft, current, covered, context)
  return isBack ? keepPeriod(draft, current, { covered, since }, context.at) : run.total
}

/**
 * The team's allowances as its subscription ends. Deposited credits stay. If the rest of a period is not paid for, it
 * counts against deposits of the team's next plans.
 */
export function endPeriods(
  draft: Draft,
  before: Account,
  refunded: boolean,
  { policy, at }: PolicyMoment,
): Allowance[] {
  const runs = runsOf(before, at).filter(({ allowance }) => !allowance.ended)
  const cycle = cycleOf(before.allowances)
  const ofCycle = runs.find(({ allowance }) => allowance === cycle)
  if (refunded && ofCycle !== undefined) countUnitsOf(draft, { ...ofCycle, before, since: at }, { policy, at })
  return before.allowances.map((allowance) => {
    const run = runs.find((one) => one.allowance === allowance)
    if (run === undefined) return allowance
    const total = refunded ? leavePeriod(draft, run, { keeps: true, since: at }, at) : { ...run.total, covered: 0n }
    return { ...allowance, total }
  })
}

const runsOf = (account: Account, at: Instant): RunningPeriod[] =>
  account.allowances.flatMap((one) => (one.kind === 'INCLUDED' ? (runningPeriod(one, account, at) ?? []) : []))

const goesOn = ({ allowance }: RunningPeriod, own: Allowance | undefined): boolean =>
  own !== undefined && !own.ended && own.firstPeriod === allowance.firstPeriod

const hasWindow = (one: RunningPeriod, other: RunningPeriod): boolean =>
  one.startsAt === other.startsAt && one.expiresAt === other.expiresAt

/** Whether the allowance begins with the period that the team is about to leave under another id or count. */
function begins(allowance: Allowance, run: RunningPeriod): boolean {
  if (allowance.ended || allowance.total !== 'BEGUN') return false
  const { startsAt, expiresAt } = periodWindow(allowance, allowance.nextPeriod)
  const isSame = startsAt === run.startsAt && expiresAt === run.expiresAt
  return isSame && isTrial(allowance, allowance.nextPeriod) === isTrial(run.allowance, run.period)
}

/** Whether the allowance had begun before the change, and waits for its first deposit. */
const waits = (before: readonly Allowance[], { id, firstPeriod }: Allowance): boolean =>
  before.some((one) => one.id === id && one.firstPeriod === firstPeriod && !one.ended && one.total === 'BEGUN')

/** The plan on which teams begin is not paid for: a team that leaves it for another plan gets nothing back. */
const isUnpaid = (
  { allowance }: RunningPeriod,
  { paidThrough }: Account,
  { planId }: Change,
  { policy }: PolicyMoment,
): boolean =>
  paidThrough === null &&
  !hasChanged(allowance) &&
  allowance.planId === policy.defaultPlan &&
  planId !== policy.defaultPlan

/** A cycle that begins before the running one has ended deposits its units, less those that are no longer paid for. */
function countUnits(
  draft: Draft,
  change: Change & {
    readonly before: Account
    readonly left: readonly RunningPeriod[]
    readonly next: readonly Allowance[]
  },
  context: PolicyMoment,
): void {
  const { before, left, next } = change
  const [former, cycle] = [cycleOf(before.allowances), cycleOf(inOrder(next))]
  if (former === null || cycle === null || cycle.total !== 'BEGUN') return
  const run = runsOf(before, context.at).find(({ allowance }) => allowance === former)
  if (run === undefined || isUnpaid(run, before, change, context)) return
  const alike = left.find((one) => begins(cycle, one))
  if (!change.refunds && alike === undefined) return
  countUnitsOf(draft, { ...run, before, since: alike === undefined ? context.at : run.total.from }, context)
}

function countUnitsOf(
  draft: Draft,
  {
    before: { addOn, planId },
    since,
    allowance,
    period,
    total,
    expiresAt,
  }: RunningPeriod & { readonly before: Account; readonly since: Instant },
  { policy, at }: PolicyMoment,
): void {
  const credits = BigInt(addOn.granted) * (addOnOf(planId, policy)?.credits ?? 0n)
  if (credits === 0n || total.covered === 0n || isTrial(allowance, period)) return
  const amount = divideRounded(credits * BigInt(expiresAt - since), BigInt(expiresAt - total.from), 'up')
  addSurplus(draft, { of: 'ADD_ON', amount, until: expiresAt }, at)
}
