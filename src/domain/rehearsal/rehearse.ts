import type { Credits } from '../amounts/credits.ts'
import { type Failure, InsufficientCredits } from '../errors.ts'
import type { World } from '../rules.ts'
import { ByTime, nothingWaits, type WaitingEntries } from './by-time.ts'
import { explainPrice } from './explain-price.ts'
import { type Divergence, isByTime, type Rehearsal, type RehearsedEvent } from './rehearsed-event.ts'
import { Shadow, type ShadowState } from './shadow.ts'

/** How far a replay has come. A replay from it comes to the same as one from the start. */
export type ReplayState = ShadowState & {
  readonly theirs: Credits
  readonly waiting: WaitingEntries
  readonly firstDivergence: Divergence | null
}

/** A replay that begins with the shadow: both systems have the same balance. */
export const replayOf = (shadow: Shadow): ReplayState => ({
  ...shadow.state,
  ...{ theirs: shadow.balance, waiting: nothingWaits, firstDivergence: null },
})

/**
 * Replays the events of another system on the shadow, in their order, and finds the first entry on which the two differ.
 * The sums of a charge, a refund and a grant are compared at their event. Deposits of the plan and ends of grants come by time
 * alone: both systems must have them within a minute of each other.
 */
export function rehearse(shadow: Shadow, events: readonly RehearsedEvent[], world: World): Rehearsal {
  const steps = rehearseByStep(shadow, events, world)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** The same with pauses, at each event and at each instant that time brings something, so that the caller may serve others. */
export function* rehearseByStep(
  shadow: Shadow,
  events: readonly RehearsedEvent[],
  world: World,
): Generator<void, Rehearsal, void> {
  const replay = new Replay(replayOf(shadow), events, world)
  yield* replay.play(events.length)
  return replay.end()
}

/** The replay of events from a state that an earlier one has come to. */
export class Replay {
  readonly #events: readonly RehearsedEvent[]
  readonly #world: World
  readonly #byTime: ByTime
  readonly shadow: Shadow
  #theirs: Credits
  #firstDivergence: Divergence | null
  #played = 0

  constructor(state: ReplayState, events: readonly RehearsedEvent[], world: World) {
    this.#events = events
    this.#world = world
    this.shadow = new Shadow(world, state)
    this.#byTime = new ByTime(events, this.shadow, state.waiting)
    this.#theirs = state.theirs
    this.#firstDivergence = state.firstDivergence
  }

  get state(): ReplayState {
    const [theirs, firstDivergence] = [this.#theirs, this.#firstDivergence]
    // Nothing is compared behind the first divergence.
    const waiting = firstDivergence === null ? this.#byTime.waiting : nothingWaits
    return { ...this.shadow.state, theirs, waiting, firstDivergence }
  }

  /** Plays the events up to the `count`th one. */
  *play(count: number): Generator<void, void, void> {
    for (const event of this.#events.slice(this.#played, count)) {
      yield
      yield* this.#playOne(event)
    }
    this.#played = count
  }

  /** The comparison behind the last event. The replay can't continue then. */
  end(): Rehearsal {
    const firstDivergence = this.#firstDivergence ?? this.#byTime.atEnd(this.#world)
    return { ours: this.shadow.balance, theirs: this.#theirs, firstDivergence }
  }

  *#playOne(event: RehearsedEvent): Generator<void, void, void> {
    if (this.#firstDivergence === null) yield* this.#byTime.pass(event)
    else yield* this.shadow.pass(event.at)
    const moved = isByTime(event) ? null : this.shadow.apply(event)
    const before = this.#theirs
    this.#firstDivergence ??=
      this.#byTime.overdue(event.at, this.#world) ??
      (isSum(event, before) ? null : missing(event, before)) ??
      (moved === null ? null : divergenceOf(event, moved, this.#world))
    this.#theirs = event.balanceAfter
  }
}

const isTaken = ({ type }: RehearsedEvent): boolean => type === 'CHARGE' || type === 'EXPIRY'

/** Whether the balance after the event is the one before it and its amount. */
export const isSum = (event: RehearsedEvent, before: Credits): boolean =>
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
