import type { Account } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import type { BurnStep } from '../charge.ts'
import type { Blocker, InsufficientCredits, SpendingLimitReached } from '../errors.ts'
import { fitLast } from '../fit.ts'
import type { Caller } from '../placer.ts'
import type { Priced, RateCard } from '../rate-card.ts'
import type { Moment } from '../rules.ts'
import type { LimitClock } from '../spending-limit.ts'
import type { AskedUsage, FittedUsage } from './command.ts'
import { Draft } from './draft.ts'
import { drawn, payable } from './paying.ts'
import { demand } from './recharge-episode.ts'
import { blockersElsewhere } from './served-elsewhere.ts'
import { insufficient, limitReached, requirementBlockers, spendableByLast, spenderIn } from './spending.ts'

/** The effect of a price on an account now. An estimate reserves nothing. */
export type Estimate = {
  /** The credits that may pay for this usage now. */
  readonly available: Credits
  /** Negative if the credits would not suffice. */
  readonly balanceAfter: Credits
  readonly sufficient: boolean
  /** The requirements that the team does not meet, beside credits. */
  readonly requirements: readonly Blocker[]
  /** The refusal by the caller's own spending limit; null: no limit refuses it. */
  readonly limited: SpendingLimitReached | null
  /** The refusal for lack of credits; null: there are enough. */
  readonly shortage: InsufficientCredits | null
  /** The grants that would pay, with their parts, in burn order, as far as the credits suffice. */
  readonly burn: readonly BurnStep[]
}

/** The usage that a hold with this fit would take now, for a caller that spends for itself. */
export function fitNow(
  card: RateCard,
  usage: FittedUsage,
  account: Account,
  { caller: { id }, clock }: { readonly caller: Caller; readonly clock: LimitClock },
): AskedUsage {
  const by = { spender: spenderIn(account, id, id), clock }
  return fitLast(card, usage, (lines) => spendableByLast(account, { lines, card }, by))
}

/**
 * The effect of a price for this caller, spending for itself. The account must have been rolled forward to the clock's instant. A hold
 * would be refused exactly if this names a reason.
 */
export function estimate(
  account: Account,
  { priced, card }: { readonly priced: Priced; readonly card: RateCard },
  caller: Caller,
  clock: LimitClock,
): Estimate {
  const due = { lines: priced.lines, card }
  const available = payable(account, due)
  const sufficient = priced.high <= available
  return {
    available,
    balanceAfter: available - priced.total,
    sufficient,
    requirements: [...blockersElsewhere(account), ...requirementBlockers(account, priced, caller.role, clock.at)],
    limited: limitReached(account, spenderIn(account, caller.id, caller.id), priced.high, clock),
    shortage: sufficient ? null : insufficient(account, priced.high, available, clock.at),
    burn: drawn(account, due).map(({ grant: { id, kind, expiresAt }, amount }) => ({
      grantId: id,
      kind,
      amount,
      expiresAt,
    })),
  }
}

/**
 * Whether a hold at this price would make auto-recharge buy now. A refusal for lack of credits is a demand, too. Any
 * other refusal is none, nor is an operation that moves no credits. Source: facts W5.
 */
export function wouldRecharge(
  account: Account,
  { high }: Pick<Priced, 'high'>,
  { requirements, limited, sufficient, available }: Estimate,
  moment: Moment,
): boolean {
  if (requirements.length > 0 || limited !== null || high === 0n) return false
  const draft = new Draft({ ...account, available: sufficient ? available - high : account.available })
  demand(draft, moment)
  return draft.purchases.length > 0
}
