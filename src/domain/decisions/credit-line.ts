import type { Account, Policy } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import { creditLineRate, lentSource, priceOfLent } from '../credit-line.ts'
import type { Instant } from '../identity.ts'
import { calendarEnd, dayOf, monthOf } from '../period.ts'
import type { Moment } from '../rules.ts'
import type { Given } from './command.ts'
import type { Draft } from './draft.ts'

type Lines = Pick<Policy, 'plan' | 'creditLine'>

/**
 * How much a team may owe for work beyond its balance at this instant: the largest line of its plan and its running
 * contracts. Null: none has one, or the catalog names no price of it.
 */
export function creditLineOf({ planId, allowances }: Account, policy: Lines, at: Instant): Credits | null {
  if (policy.creditLine === null) return null
  const ofPlan = planId === null ? null : (policy.plan(planId)?.creditLine ?? null)
  const running = allowances.filter(({ anchor, endsAt }) => anchor <= at && at < (endsAt ?? Infinity))
  const lines = [ofPlan, ...running.map(({ creditLine }) => creditLine)].filter((line) => line !== null)
  return lines.length === 0 ? null : lines.reduce((most, line) => (line > most ? line : most))
}

/** The rest of the line; nothing while a bill is overdue, or if the team has none. */
export function creditLeft(account: Account, policy: Lines, at: Instant): Credits {
  const line = creditLineOf(account, policy, at)
  if (line === null || account.unpaidBills.some(({ overdueAt }) => overdueAt <= at)) return 0n
  const left = line - (account.lent?.credits ?? 0n)
  return left > 0n ? left : 0n
}

/**
 * Lends `amount`, if the team's credit line has as much left; else nothing. It is a part of the
 * posting that spends it, so that nobody is told of credits that were added. Lent credits are a
 * grant that nobody paid for, as if its payment had been taken back: it is owed from the start, and a refund of what it
 * paid is owed no longer.
 */
export function lendMissing(draft: Draft, amount: Credits, { account, context: { policy, at } }: Given): void {
  const lent = draft.setting('lent')
  if (policy.creditLine === null || amount === 0n) return
  if (amount > creditLeft({ ...account, lent }, policy, at) || draft.fittingDebt(amount) < amount) return
  const grant = { kind: 'ADJUSTMENT', priority: policy.burnPriority.ADJUSTMENT, startsAt: at, expiresAt: null } as const
  const source = `${lentSource}${draft.revision + 1}`
  const { id } = draft.deposit({ ...grant, source, allowance: null }, amount)
  draft.clawedBack(id, amount)
  draft.move(id, { from: 'none', to: 'owed', amount })
  const { perCredit } = policy.creditLine
  const billedAt = calendarEnd('MONTH', policy.timeZone, at) - 1
  const before = lent ?? { credits: 0n, perCredit, billedAt }
  draft.set({ lent: { ...before, credits: before.credits + amount } })
}

/** At the end of a calendar month, what is still lent is owed in money instead: a charge of usage that is billed apart. */
export function billLent(draft: Draft, { card, policy, at }: Moment): void {
  const lent = draft.setting('lent')
  if (lent === null || lent.billedAt > at) return
  const { credits } = lent
  const use = { quantity: credits, count: 1, money: priceOfLent(lent) }
  draft.billed(credits, { line: 0, rate: creditLineRate, use })
  const month = monthOf(dayOf(at, policy.timeZone))
  draft.post('CHARGE', at, { reference: `${lentSource}${month}`, rateCardVersion: card.version })
}
