import type { Account, Lasting, PlanTerms, Policy } from '../account.ts'
import {
  type Allowance,
  comesDue,
  depositedThrough,
  depositOf,
  depositSource,
  isDepositOf,
  isTrial,
  type Leftover,
  periodAt,
  periodWindow,
  rolloverOf,
} from '../allowance.ts'
import { type Credits, MICRO } from '../amounts/credits.ts'
import type { Grant, GrantKind } from '../grant.ts'
import type { Instant } from '../identity.ts'
import { cadences } from '../period.ts'
import { dueFor, lessBy, type PeriodTotal, unchanged } from '../period-total.ts'
import type { Posting } from '../posting.ts'
import type { Context, PolicyMoment } from '../rules.ts'
import type { Draft } from './draft.ts'
import { surplusOf, useSurplus } from './surplus.ts'

/**
 * Deposits every period that is due and paid for at `at`, by the plans in `policy`; and add-on units with the period of
 * the team's cycle. Credits left in the period before are carried over as far as the allowance rolls over. `leftover`:
 * those of periods that had ended before this draft, after a late payment of a renewal.
 */
export function depositDue(draft: Draft, policy: Policy, at: Instant, leftover: readonly Leftover[] = []): void {
  const allowances = draft.setting('allowances')
  const paidThrough = draft.setting('paidThrough')
  const isDue = (allowance: Allowance) => allowance.nextAt <= at && comesDue(allowance, paidThrough)
  if (!allowances.some(isDue)) return
  const cycle = cycleOf(allowances)
  const seats = draft.setting('seats')
  const deposited = allowances.map((allowance) =>
    isDue(allowance)
      ? depositPeriod(draft, asPlanned(allowance, policy), { seats, leftover }, { policy, at })
      : allowance,
  )
  draft.set({ allowances: deposited })
  if (cycle !== null && isDue(cycle)) renewAddOn(draft, cycle, policy, at)
}

/** The allowance whose periods are the team's cycle: the longest one of its plan; null: it has none. */
export function cycleOf(allowances: readonly Allowance[]): Allowance | null {
  const running = allowances.filter(({ kind, ended }) => kind === 'INCLUDED' && !ended)
  const length = ({ cadence }: Allowance) => (cadence === 'ONCE' ? -1 : cadences.indexOf(cadence))
  return running.toSorted((one, other) => length(other) - length(one))[0] ?? null
}

/**
 * When credits of a kind that arrive at `at` without a date of their own end; null: never. A cycle that is not paid for
 * yet has begun all the same. Source: facts W2, D4.
 */
export function lastsUntil(
  kind: GrantKind,
  draft: Draft,
  { policy, at }: Pick<Context, 'policy' | 'at'>,
): Instant | null {
  if (!endsWithCycle(kind, draft.setting('planId'), policy)) return null
  const cycle = cycleOf(draft.setting('allowances'))
  if (cycle === null) return null
  return cycle.nextAt > at ? cycle.nextAt : periodWindow(cycle, periodAt(cycle, at)).expiresAt
}

/** Whether credits of a kind end with the cycle of a team on this plan; add-ons only if the plan has units. */
export function endsWithCycle(kind: GrantKind, planId: string | null, policy: Policy): boolean {
  const lasting: Partial<Record<GrantKind, Lasting>> = policy.expiry
  return lasting[kind] === 'cycle' && (kind !== 'ADD_ON' || addOnOf(planId, policy) !== null)
}

/** The terms of one unit on this plan; null: the plan has no units, or no longer exists. */
export const addOnOf = (planId: string | null, policy: Policy): PlanTerms['addOn'] =>
  planId === null ? null : (policy.plan(planId)?.addOn ?? null)

/** The allowance with its plan's present terms; unchanged if the plan or its allowance no longer exists. */
function asPlanned(allowance: Allowance, policy: Policy): Allowance {
  const { planId, id, cadence } = allowance
  const plan = planId === null ? undefined : policy.plan(planId)
  const terms = plan?.allowances.find((one) => one.id === id && one.every === cadence)
  if (terms === undefined) return allowance
  const { credits, perSeat, rollover } = terms
  return { ...allowance, credits, perSeat, rollover }
}

function depositPeriod(
  draft: Draft,
  allowance: Allowance,
  { seats, leftover }: { readonly seats: number; readonly leftover: readonly Leftover[] },
  { policy, at }: PolicyMoment,
): Allowance {
  const period = allowance.nextPeriod
  const { startsAt, expiresAt } = periodWindow(allowance, period)
  const { id, kind } = allowance
  const source = depositSource(allowance, startsAt)
  const grant = { kind, priority: policy.burnPriority[kind], startsAt, expiresAt }

  const carried = carriedOver(allowance, draft, startsAt, leftover)
  if (carried > 0n) {
    const from = `${source}:rollover`
    draft.deposit({ ...grant, source: from, allowance: { id: rolloverOf(id), period } }, carried)
    draft.post('GRANT', at, { reference: from })
  }
  const planned = depositOf(allowance, seats)
  const total = isFirst(allowance) ? begunWith(draft, allowance, planned, at) : null
  const amount = draft.fitting(planned + (total?.given ?? 0n))
  if (amount > 0n) draft.arrive({ ...grant, source, allowance: { id, period } }, amount, at)
  return { ...depositedThrough(allowance, period), total }
}

/** Whether the due period is the first one that a plan has begun, or the first paid one after a trial. */
const isFirst = ({ kind, total, nextPeriod, firstPeriod }: Allowance): boolean =>
  total === 'BEGUN' || (kind === 'INCLUDED' && nextPeriod === firstPeriod)

/**
 * The total of the first period of an allowance that a plan has begun: its deposit is less by the surplus of periods
 * that the team left before their end. Null: the deposit is not reduced.
 */
function begunWith(draft: Draft, allowance: Allowance, planned: Credits, at: Instant): PeriodTotal | null {
  const { startsAt, expiresAt } = periodWindow(allowance, allowance.nextPeriod)
  const isOnTrial = isTrial(allowance, allowance.nextPeriod)
  const used = useSurplus(draft, [isOnTrial ? 'TRIAL' : 'PLAN'], planned, at)
  // A trial is not paid for: it does not use up a plan's surplus, which counts against the next plan, too.
  const surplus = isOnTrial ? used + least(surplusOf(draft, ['PLAN'], at), planned - used) : used
  if (expiresAt === null || (surplus === 0n && !isOnTrial)) return null
  const total = unchanged(planned, isOnTrial ? at : startsAt)
  const length = expiresAt - total.from
  const less = lessBy(total, surplus, length)
  return { ...less, given: dueFor(less, length) }
}

/**
 * The credits that are carried over into the period that begins at `end`, from the grants that ended there. They have
 * expired in this draft, or are in `leftover`: a period that ended earlier carries nothing over.
 */
function carriedOver({ id, rollover }: Allowance, draft: Draft, end: Instant, leftover: readonly Leftover[]): Credits {
  if (rollover === 'none') return 0n
  // Postings are in order of time: what happened at `end` stands last.
  const since = draft.postings.findLastIndex(({ at }) => at !== end) + 1
  const before = leftover
    .filter(({ allowanceId, at }) => allowanceId === id && at === end)
    .reduce((sum, { amount }) => sum + amount, 0n)
  const left = draft.postings
    .slice(since)
    .filter(({ type }) => type === 'EXPIRY')
    .flatMap(({ entries }) => entries)
    .filter(({ grantId }) => grantId !== null && hasEndedAt(draft.grant(grantId), id, end))
    .reduce((sum, { amount }) => sum + amount, before)
  return rollover === 'full' || left < rollover.upTo ? left : rollover.upTo
}

/** The credits that expired in these postings, by allowance. `account`: with every grant that has ended in them. */
export function leftoverIn(
  postings: readonly Posting[],
  { grants, allowances }: Pick<Account, 'grants' | 'allowances'>,
): Leftover[] {
  const entries = postings.flatMap(({ type, at, entries }) =>
    type === 'EXPIRY' ? entries.map((entry) => ({ ...entry, at })) : [],
  )
  return entries.flatMap(({ grantId, amount, at }) => {
    const grant = grants.find(({ id }) => id === grantId)
    const own = allowances.find(({ id }) => grant !== undefined && hasEndedAt(grant, id, at))
    return own === undefined ? [] : [{ allowanceId: own.id, at, amount }]
  })
}

const hasEndedAt = (grant: Grant, id: string, end: Instant): boolean =>
  grant.expiresAt === end && isDepositOf(id, grant)

/**
 * Renews the team's units for another cycle, if its plan has units. A plan without units has no cycle of them: the
 * units of the last cycle still count if the team returns within it. Source: facts D5, D6.
 */
function renewAddOn(draft: Draft, cycle: Allowance, policy: Policy, at: Instant): void {
  const { units, granted } = draft.setting('addOn')
  const terms = addOnOf(cycle.planId, policy)
  draft.set({ addOn: terms === null ? { units: 0, granted } : { units, granted: units } })
  if (terms === null || units === 0) return
  const { startsAt } = periodWindow(cycle, cycle.nextPeriod)
  const due = BigInt(units) * terms.credits
  // Fractions of a credit stay in the surplus.
  const before = isFirst(cycle) ? least(surplusOf(draft, ['ADD_ON'], at), due) : 0n
  const less = before - (before % MICRO)
  if (!isTrial(cycle, cycle.nextPeriod)) useSurplus(draft, ['ADD_ON'], less, at)
  depositUnits(draft, due - less, addOnSource(cycle, startsAt), { policy, at })
}

/** The source of a cycle's renewal. Units that are added within the cycle have a revision after it. */
export const addOnSource = (cycle: Allowance, startsAt: Instant): string => `${depositSource(cycle, startsAt)}:add-on`

/**
 * Deposits the units that the running cycle has not had yet. A cycle that waits for its payment gets them with its
 * period.
 */
export function addUnits(draft: Draft, { policy, at }: Pick<Context, 'policy' | 'at'>): void {
  const { units, granted } = draft.setting('addOn')
  if (units <= granted) return
  const terms = addOnOf(draft.setting('planId'), policy)
  const cycle = cycleOf(draft.setting('allowances'))
  if (terms === null || cycle === null || cycle.nextAt <= at || cycle.total === 'BEGUN') return
  draft.set({ addOn: { units, granted: units } })
  const { startsAt } = periodWindow(cycle, cycle.nextPeriod - 1)
  const source = `${addOnSource(cycle, startsAt)}:${draft.revision + 1}`
  depositUnits(draft, BigInt(units - granted) * terms.credits, source, { policy, at })
}

/** Deposits units into the running cycle, for as long as they last. */
function depositUnits(draft: Draft, units: Credits, source: string, { policy, at }: PolicyMoment): void {
  const amount = draft.fitting(units)
  if (amount <= 0n) return
  const expiresAt = lastsUntil('ADD_ON', draft, { policy, at })
  const grant = { kind: 'ADD_ON' as const, priority: policy.burnPriority.ADD_ON, startsAt: at, expiresAt, source }
  draft.arrive({ ...grant, allowance: null }, amount, at)
}

const least = (one: Credits, other: Credits): Credits => (one < other ? one : other)
