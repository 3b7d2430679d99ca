import type { Account } from '../account.ts'
import { type Allowance, depositOf, depositSource, periodAt, periodBegins, periodWindow } from '../allowance.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Instant } from '../identity.ts'
import { addOnSource, cycleOf } from './deposits.ts'

/** A deposit of a plan or of its units, as the team's allowances have it; it may be still to come. */
export type PlannedDeposit = {
  readonly source: string
  readonly startsAt: Instant
  /** Null: it never ends. */
  readonly expiresAt: Instant | null
  /** For units, one. */
  readonly credits: Credits
}

type Cycle = { readonly planId: string; readonly from: Instant; readonly until: Instant }

/** The deposits of a plan and of its units that begin in a cycle, in the order of their begin, by the present allowances. */
export function plannedDeposits(
  { allowances, seats }: Pick<Account, 'allowances' | 'seats'>,
  cycle: Cycle,
): { readonly plan: readonly PlannedDeposit[]; readonly units: readonly PlannedDeposit[] } {
  const running = allowances.filter(
    ({ kind, ended, planId }) => kind === 'INCLUDED' && !ended && planId === cycle.planId,
  )
  const plan = running.flatMap((allowance) =>
    periodsIn(allowance, cycle).map((period) => ({
      source: depositSource(allowance, period.startsAt),
      ...period,
      credits: depositOf(allowance, seats),
    })),
  )
  const longest = cycleOf(running)
  const units =
    longest === null
      ? []
      : periodsIn(longest, cycle).map((period) => ({
          source: addOnSource(longest, period.startsAt),
          ...period,
          credits: 1n,
        }))
  return { plan: plan.toSorted((one, other) => one.startsAt - other.startsAt), units }
}

function periodsIn(allowance: Allowance, { from, until }: Cycle) {
  const periods: { startsAt: Instant; expiresAt: Instant | null }[] = []
  const first = periodAt(allowance, from)
  for (let period = first; periodBegins(allowance, period) < until; period += 1) {
    const window = periodWindow(allowance, period)
    if (window.startsAt >= from) periods.push(window)
  }
  return periods
}
