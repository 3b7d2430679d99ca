import type { Instant } from '../identity.ts'
import type { World } from '../rules.ts'
import { dayMs } from '../wall-clock.ts'
import { inOrder } from './in-order.ts'
import { Replay, type ReplayState } from './rehearse.ts'
import type { Rehearsal, RehearsedEvent } from './rehearsed-event.ts'
import type { Shadow } from './shadow.ts'

/** So many events wait at most behind the shadow; then the oldest are folded into it, up to `keptEvents`. */
export const maxWaitingEvents = 500
const keptEvents = 250
/** Events that are older than the newest one by more are folded, too. */
export const keptDays = 30

/** The events that are folded into the shadow; null: none is. */
export type Folded = { readonly state: ReplayState; readonly through: Instant; readonly count: number }

export type Followed = {
  readonly shadow: Shadow
  readonly rehearsal: Rehearsal
  readonly last: RehearsedEvent | null
  readonly folded: Folded | null
}

/**
 * Follows a team through the events that wait, in whatever order they came. It comes to the same as one rehearsal of all its
 * events, but for an event that is older than those that are folded. With pauses, as `rehearseByStep`.
 */
export function* follow(
  state: ReplayState,
  waiting: readonly RehearsedEvent[],
  world: World,
): Generator<void, Followed, void> {
  const events = inOrder(waiting, state.theirs)
  const replay = new Replay(state, events, world)
  const count = countToFold(events)
  yield* replay.play(count)
  const through = events[count - 1]?.at
  const folded = through === undefined ? null : { state: replay.state, through, count }
  yield* replay.play(events.length)
  return { shadow: replay.shadow, rehearsal: replay.end(), last: events.at(-1) ?? null, folded }
}

/** Events of one instant stay together: one that comes later is then known by its instant. */
function countToFold(events: readonly RehearsedEvent[]): number {
  const oldest = (events.at(-1)?.at ?? 0) - keptDays * dayMs
  const old = events.findIndex(({ at }) => at >= oldest)
  const tooMany = events.length > maxWaitingEvents ? events.length - keptEvents : 0
  const wanted = Math.max(old, tooMany, 0)
  const together = (count: number) => count === 0 || events[count - 1]?.at !== events[count]?.at
  let count = wanted
  while (!together(count)) count -= 1
  if (count > 0 || wanted === 0) return count
  count = wanted
  while (!together(count)) count += 1
  return count
}
