import type { Account, AllowanceTerms, PlanTerms } from '../account.ts'
import { type Allowance, caughtUp, depositedThrough, depositOf, inOrder, isOpened, periodWindow } from '../allowance.ts'
import type { Grant } from '../grant.ts'
import type { Instant } from '../identity.ts'
import { anchorBefore, type Cadence, calendarAnchor, periodIndexAt, phaseOf } from '../period.ts'
import type { PolicyMoment } from '../rules.ts'
import { cycleOf } from './deposits.ts'
import type { Draft } from './draft.ts'
import { settlePeriods } from './settle-periods.ts'

/**
 * The plan that a team changes to. `isBilled`: it is paid for in periods that are counted from `anchor`, before it too, in UTC.
 * `isTrialing`: it is on trial before the anchor. `counts`: for the rest of the running periods too, or from the next ones on.
 */
export type PlanChoice = {
  readonly plan: PlanTerms
  readonly seats: number
  readonly interval: Cadence | null
  readonly anchor: Instant | null
  readonly isBilled: boolean
  readonly isTrialing: boolean
  readonly counts: 'at-once' | 'later'
}

/** Puts plan, seats and allowances as they are to be from now on; deposits no period yet. */
export function changePlan(draft: Draft, account: Account, choice: PlanChoice, context: PolicyMoment): void {
  const { plan, seats } = choice
  const terms = termsFor(choice, account)
  const change = { account, choice, context }
  const contracts = account.allowances.filter(({ kind }) => kind === 'CONTRACT')
  const included = account.allowances.filter(({ kind }) => kind === 'INCLUDED')
  const followed = included.map((allowance) => {
    const next = terms.find(({ id }) => id === allowance.id)
    return next === undefined ? { ...allowance, ended: true } : follow(allowance, next, change)
  })
  const begun = terms
    .filter(({ id }) => !included.some((allowance) => allowance.id === id))
    .map((next) => begin(next, change))
  const settled = settlePeriods(
    draft,
    account,
    {
      planId: plan.id,
      seats,
      counts: choice.counts,
      refunds: refunds(choice),
      isBilled: choice.isBilled,
      allowances: [...followed, ...begun],
    },
    context,
  )
  draft.set({ planId: plan.id, seats, allowances: inOrder([...contracts, ...settled]) })
  if (plan.addOn === null) draft.set({ addOn: { ...account.addOn, units: 0 } })
}

/**
 * The allowances that the plan deposits for a subscription that is paid at `interval`; by default as the team's cycle goes now, or at the
 * first interval that the plan names.
 */
export function termsFor(
  { plan, interval }: Pick<PlanChoice, 'plan' | 'interval'>,
  { allowances }: Account,
): AllowanceTerms[] {
  const offered = plan.allowances.flatMap((terms) => terms.interval ?? [])
  const running = cycleOf(allowances)?.cadence
  const chosen = offered.find((one) => one === interval) ?? offered.find((one) => one === running) ?? offered[0]
  return plan.allowances.filter((terms) => terms.interval === null || terms.interval === chosen)
}

type Change = { readonly account: Account; readonly choice: PlanChoice; readonly context: PolicyMoment }

/** Whether the allowance counts its periods as they are to be counted. */
export function keepsCount(
  { cadence, anchor, timeZone }: Allowance,
  terms: AllowanceTerms,
  choice: Pick<PlanChoice, 'anchor' | 'isBilled'>,
): boolean {
  if (terms.every !== cadence) return false
  if (terms.anchor !== 'subscription' || choice.anchor === null) return true
  if (choice.isBilled) return choice.anchor === anchor && timeZone === 'UTC'
  return phaseOf(choice.anchor, terms.every, timeZone) === phaseOf(anchor, terms.every, timeZone)
}

function follow(allowance: Allowance, terms: AllowanceTerms, change: Change): Allowance {
  const { choice, context } = change
  if (!keepsCount(allowance, terms, choice)) return beginAnew(allowance, terms, change)
  const { credits, perSeat, rollover } = terms
  const next = { ...allowance, planId: choice.plan.id, credits, perSeat, rollover, ended: false }
  // A period that began without the allowance is as one of a plan that has just begun it.
  const isBack = allowance.ended && allowance.nextAt <= context.at
  if (allowance.total === 'OPENED') {
    const isSame = depositOf(next, choice.seats) === depositOf(allowance, change.account.seats)
    if (!isSame && isOpened(allowance, choice, context.at)) return beginNext(allowance, terms, change)
    return caughtUp({ ...next, total: isBack ? 'BEGUN' : null }, context.at)
  }
  return caughtUp(isBack ? { ...next, total: 'BEGUN' } : next, context.at)
}

/**
 * Counts periods from another anchor or in another length. Where nothing is given back for a period that is left, one that
 * was deposited before is not deposited again.
 */
function beginAnew(former: Allowance, terms: AllowanceTerms, change: Change): Allowance {
  const allowance = beginNext(former, terms, change)
  if (refunds(change.choice) || isOpened(former, change.choice, change.context.at)) return allowance
  const { startsAt, expiresAt } = periodWindow(allowance, allowance.nextPeriod)
  const isSame = (grant: Grant) =>
    grant.allowance?.id === allowance.id && grant.startsAt === startsAt && grant.expiresAt === expiresAt
  if (!change.account.grants.some(isSame)) return allowance
  return { ...depositedThrough(allowance, allowance.nextPeriod), total: null }
}

/** A number is left out, so that a period never stands beside one of the former count. */
const beginNext = (former: Allowance, terms: AllowanceTerms, change: Change): Allowance =>
  begin(terms, change, Math.max(former.firstPeriod, former.nextPeriod) + 1)

const refunds = ({ counts, isBilled }: Pick<PlanChoice, 'counts' | 'isBilled'>): boolean =>
  counts === 'at-once' || isBilled

/** Stripe's clock and the ledger's differ by less. */
const skewMs = 60_000

/** `next`: the number of the first period that it may deposit. */
function begin(terms: AllowanceTerms, { choice, context }: Change, next = 0): Allowance {
  const { plan, isBilled, isTrialing } = choice
  const { at, policy } = context
  const { id, every: cadence, credits, perSeat, rollover } = terms
  const isOwn = terms.anchor === 'subscription'
  const timeZone = isOwn && isBilled ? 'UTC' : policy.timeZone
  // Where the plan has nothing of the subscription's own, an anchor can only be meant for the calendar's.
  const isMeant = choice.anchor !== null && !isBilled && !plan.allowances.some((one) => one.anchor === 'subscription')
  const byCalendar = terms.anchor !== 'subscription' && !isMeant
  const given = choice.anchor ?? at
  const counted = isOwn && isBilled ? given : anchorBefore(given, cadence, timeZone, at)
  const anchor = byCalendar ? calendarAnchor(cadence, timeZone, at, terms.anchor) : counted
  // A trial runs before the anchor, which is its end. Without one, an anchor that is just ahead is so by Stripe's clock.
  const isBefore = isOwn && isBilled && (isTrialing || anchor - at > skewMs)
  const before = isBefore ? Math.max(0, -periodIndexAt(anchor, cadence, timeZone, at)) : 0
  const firstPeriod = next + before
  return caughtUp(
    {
      id,
      kind: 'INCLUDED',
      planId: plan.id,
      reference: null,
      cadence,
      anchor,
      firstPeriod,
      timeZone,
      credits,
      perSeat,
      rollover,
      creditLine: null,
      endsAt: null,
      nextPeriod: next,
      nextAt: anchor,
      ended: false,
      total: 'BEGUN' as const,
    },
    at,
  )
}
