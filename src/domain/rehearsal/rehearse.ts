import type { Credits } from '../amounts/credits.ts'
import { type Failure, InsufficientCredits } from '../errors.ts'
import type { World } from '../rules.ts'
import { ByTime } from './by-time.ts'
import { explainPrice } from './explain-price.ts'
import { type Divergence, isByTime, type Rehearsal, type RehearsedEvent } from './rehearsed-event.ts'
import type { Shadow } from './shadow.ts'

/**
 * Replays the events of another system on the shadow, in their order, and finds the first entry on which the two differ.
 * The sums of a charge, a refund and a grant are compared at their event. Deposits of the plan and ends of grants come by time
 * alone: both systems must have them within a minute of each other.
 */
export function rehearse(shadow: Shadow, events: readonly RehearsedEvent[], world: World): Rehearsal {
  const steps = rehearseByStep(shadow, events, world)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** The same with a pause before each event, so that the caller may serve others in between. */
export function* rehearseByStep(
  shadow: Shadow,
  events: readonly RehearsedEvent[],
  world: World,
): Generator<void, Rehearsal, void> {
  const byTime = new ByTime(events, shadow)
  let firstDivergence: Divergence | null = null
  let before = shadow.balance
  for (const event of events) {
    yield
    if (firstDivergence === null) byTime.pass(event)
    else shadow.pass(event.at)
    const moved = isByTime(event) ? null : shadow.apply(event)
    firstDivergence ??=
      byTime.overdue(event.at, world) ??
      (isSum(event, before) ? null : missing(event, before)) ??
      (moved === null ? null : divergenceOf(event, moved, world))
    before = event.balanceAfter
  }
  firstDivergence ??= byTime.atEnd(world)
  return { ours: shadow.balance, theirs: before, firstDivergence }
}

const isTaken = ({ type }: RehearsedEvent): boolean => type === 'CHARGE' || type === 'EXPIRY'

const isSum = (event: RehearsedEvent, before: Credits): boolean =>
  event.balanceAfter === before + (isTaken(event) ? -event.amount : event.amount)

function missing(event: RehearsedEvent, before: Credits): Divergence {
  const { id, at, amount, balanceAfter } = event
  const ours = isTaken(event) ? before - amount : before + amount
  const rule = 'The balance of the other system is not the sum of its entries: an entry before this one is missing.'
  return { event: id, at, theirs: balanceAfter, ours, rule }
}

function divergenceOf(event: RehearsedEvent, moved: Credits | Failure, world: World): Divergence | null {
  const { id, at, amount } = event
  if (moved === amount) return null
  if (typeof moved === 'bigint') {
    return { event: id, at, theirs: amount, ours: moved, rule: explainPrice(event, moved, world.rulesAt(at).card) }
  }
  const ours = moved instanceof InsufficientCredits ? moved.required : 0n
  return { event: id, at, theirs: amount, ours, rule: `The gateway would refuse it. ${moved.message}` }
}
