import type { Credits } from '../amounts/credits.ts'
import { isSum } from './rehearse.ts'
import type { RehearsedEvent } from './rehearsed-event.ts'

const { compare } = new Intl.Collator('en', { numeric: true })

/**
 * The events in the order of the other system, whatever order they came in: by their instants. Events of one instant follow on
 * each other by their balances, and by their ids (`9` before `10`) where several may come next. `theirs`: the balance before them.
 */
export function inOrder(events: readonly RehearsedEvent[], theirs: Credits): RehearsedEvent[] {
  const byTime = events.toSorted((one, other) => one.at - other.at || compare(one.id, other.id))
  const ordered: RehearsedEvent[] = []
  let before = theirs
  for (const group of Map.groupBy(byTime, ({ at }) => at).values()) {
    ordered.push(...followOn(group, before))
    before = ordered.at(-1)?.balanceAfter ?? before
  }
  return ordered
}

/** The events of one instant as steps from balance to balance. As they are, where no order has all of them (Hierholzer's trail). */
function followOn(group: RehearsedEvent[], before: Credits): RehearsedEvent[] {
  if (isChain(group, before)) return group
  const waiting = Map.groupBy(group.toReversed(), balanceBefore)
  const path: { at: Credits; by: RehearsedEvent | null }[] = [{ at: before, by: null }]
  const trail: RehearsedEvent[] = []
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = waiting.get(last.at)?.pop()
    if (next !== undefined) path.push({ at: next.balanceAfter, by: next })
    else if (path.pop() !== undefined && last.by !== null) trail.push(last.by)
  }
  trail.reverse()
  return trail.length === group.length && isChain(trail, before) ? trail : group
}

function isChain(events: readonly RehearsedEvent[], start: Credits): boolean {
  let before = start
  for (const event of events) {
    if (!isSum(event, before)) return false
    before = event.balanceAfter
  }
  return true
}

const balanceBefore = ({ type, amount, balanceAfter }: RehearsedEvent): Credits =>
  type === 'CHARGE' || type === 'EXPIRY' ? balanceAfter + amount : balanceAfter - amount
