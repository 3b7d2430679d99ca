import { type Account, nextBoundary } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Instant } from '../identity.ts'
import type { RulesAt } from '../rules.ts'
import { dayMs } from '../wall-clock.ts'
import { Draft } from './draft.ts'
import { noHolds, rollForward } from './roll-forward.ts'

const forecastHorizonMs = 90 * dayMs

/**
 * When the account, rolled forward to `at`, runs out if `perDay` is burned evenly, with allowances deposited and grants
 * expired on the way; null: not within 90 days. Holds stay as they are; storage is burned in `perDay`. A deposit at the
 * very instant comes in time.
 */
export function runsOutAt(account: Account, perDay: Credits, rulesAt: RulesAt, at: Instant): Instant | null {
  if (account.available <= 0n) return at
  if (perDay <= 0n) return null
  const end = at + forecastHorizonMs
  let now: Account = { ...account, nextHoldDeadline: null, stored: [] }
  let reached = at
  let spent = 0n
  while (reached < end) {
    const boundary = Math.min(nextBoundary(now, reached) ?? Infinity, end)
    const empty = at + Number(ceilDivide((spent + now.available) * BigInt(dayMs), perDay))
    if (empty < boundary) return empty
    const due = (perDay * BigInt(boundary - at)) / BigInt(dayMs) - spent
    now = afterSpending(now, due < now.available ? due : now.available, boundary)
    spent += due
    now = rollForward(now, noHolds, rulesAt, boundary).account
    if (now.available <= 0n) return boundary
    reached = boundary
  }
  return null
}

function afterSpending(account: Account, amount: Credits, at: Instant): Account {
  if (amount === 0n) return account
  const draft = new Draft(account)
  for (const step of [...draft.burn(amount)])
    draft.move(step.grantId, { from: 'available', to: 'spent', amount: step.amount })
  draft.post('CHARGE', at)
  return draft.finish()
}

const ceilDivide = (numerator: bigint, denominator: bigint) => (numerator + denominator - 1n) / denominator
