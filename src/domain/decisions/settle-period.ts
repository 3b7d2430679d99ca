import { type Allowance, changeSource, isOfPeriod, isTrial, nameOf, type RunningPeriod } from '../allowance.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Instant } from '../identity.ts'
import { changedTo, dueFor, lessBy, missingOf, type PeriodTotal, settled, unpaidOf } from '../period-total.ts'
import type { PolicyMoment } from '../rules.ts'
import type { Draft } from './draft.ts'
import { addSurplus, useSurplus } from './surplus.ts'

/**
 * Another plan or number of seats counts for the rest of the period. If the total grows, the difference is granted, as
 * far as no surplus covers it. If it shrinks, the difference is taken back from the credits left.
 */
export function settlePeriod(
  draft: Draft,
  run: RunningPeriod,
  covered: Credits,
  { policy, at }: PolicyMoment,
): PeriodTotal {
  const { startsAt, expiresAt, allowance } = run
  const length = expiresAt - run.total.from
  const total = countSurplus(draft, run, changedTo(run.total, covered, expiresAt - at), at)
  const more = draft.fitting(dueFor(total, length) - total.given)
  if (more <= 0n) return takeBack(draft, { ...run, total }, at)
  const reference = changeSource(allowance, startsAt)
  const source = `${reference}:${draft.revision + 1}`
  const grant = { kind: allowance.kind, priority: policy.burnPriority[allowance.kind], startsAt: at, expiresAt }
  draft.arrive({ ...grant, source, allowance: null }, more, at, { reference })
  return { ...total, given: total.given + more }
}

/** A period that the team had left counts again, and gives nothing more: its credits are no longer a surplus. */
export function keepPeriod(
  draft: Draft,
  run: RunningPeriod,
  { covered, since }: { readonly covered: Credits; readonly since: Instant },
  at: Instant,
): PeriodTotal {
  const { highest } = run.total
  const kept = covered < highest ? covered : highest
  return countSurplus(draft, run, changedTo(run.total, kept, run.expiresAt - since), at)
}

/**
 * The team leaves the period before its end. The part of its total after `since` is taken back from the credits left;
 * it stays if `keeps`, and on a trial. The part that is not taken back counts against deposits of the team's next
 * plans.
 */
export function leavePeriod(
  draft: Draft,
  run: RunningPeriod,
  { keeps, since }: { keeps: boolean; since: Instant },
  at: Instant,
): PeriodTotal {
  const { expiresAt } = run
  const length = expiresAt - run.total.from
  const isOnTrial = isTrial(run.allowance, run.period)
  const rest = changedTo(run.total, 0n, expiresAt - since)
  const total = keeps || isOnTrial ? rest : takeBack(draft, { ...run, total: rest }, at)
  const amount = unpaidOf(total, length)
  addSurplus(draft, { of: isOnTrial ? 'TRIAL' : 'PLAN', amount, until: expiresAt }, at)
  if (since < at) return emptied(total, length)
  return amount > 0n ? settled(total, length) : total
}

/**
 * The period continues as one of `next`, which has another name. The allowance that deposited the period has nothing of
 * it any more.
 */
export function handOver(run: RunningPeriod, next: Allowance): { taken: RunningPeriod; left: PeriodTotal } {
  const { total, expiresAt } = run
  const name = nameOf(run)
  const isKnown = total.former.some((one) => one.changes === name.changes && one.period === name.period)
  const former = isKnown ? total.former : [...total.former, name]
  return {
    taken: { ...run, allowance: next, period: next.nextPeriod, total: { ...total, former } },
    left: emptied(total, expiresAt - total.from),
  }
}

/** The total of a period that counts as having given nothing: its credits count elsewhere. */
const emptied = (total: PeriodTotal, lengthMs: number): PeriodTotal => ({
  ...total,
  covered: 0n,
  due: -total.base * BigInt(lengthMs),
  given: -total.base,
})

/** The surplus of periods that the team left first covers what this period would give. */
function countSurplus(draft: Draft, { allowance, period, expiresAt }: RunningPeriod, total: PeriodTotal, at: Instant) {
  const length = expiresAt - total.from
  const rounded = dueFor(total, length) - total.given
  const exact = missingOf(total, length)
  const more = rounded > exact ? rounded : exact
  if (more <= 0n) return total
  const kind = isTrial(allowance, period) ? 'TRIAL' : 'PLAN'
  return lessBy(total, useSurplus(draft, [kind], more, at), length)
}

function takeBack(draft: Draft, run: RunningPeriod, at: Instant): PeriodTotal {
  const { total, startsAt, expiresAt, allowance } = run
  const less = total.given - dueFor(total, expiresAt - total.from)
  let due = less
  for (const grant of draft.grants.slice()) {
    const { id, available, clawedBack } = grant
    if (due <= 0n) break
    if (!isOfPeriod(grant, run) || available === 0n) continue
    const amount = available < due ? available : due
    draft.move(id, { from: 'available', to: 'revoked', amount })
    draft.clawedBack(id, clawedBack + amount)
    due -= amount
  }
  if (draft.isMoving) draft.post('CLAWBACK', at, { reference: changeSource(allowance, startsAt) })
  return less > due ? { ...total, given: total.given - (less - due) } : total
}
