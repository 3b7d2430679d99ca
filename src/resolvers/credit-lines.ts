import type { Credits } from '../domain/amounts/credits.ts'
import type { Money } from '../domain/amounts/money.ts'
import { creditLeft, creditLineOf } from '../domain/decisions/credit-line.ts'
import type { Instant } from '../domain/identity.ts'
import type { GatewayContext } from './request/context.ts'
import type { TeamView } from './request/results.ts'

export type CreditLineView = {
  readonly credits: Credits
  readonly owed: Credits
  readonly left: Credits
  readonly perCredit: Money
  /** Null: nothing of it is owed. */
  readonly billedAt: Instant | null
}

/** Null: the team has none, and owes nothing of an earlier one. */
export function teamCreditLine(
  { account, at }: TeamView,
  _: unknown,
  { services }: GatewayContext,
): CreditLineView | null {
  const { policy } = services.catalogs.in(account.currency).rulesAt(at)
  const { lent } = account
  const credits = creditLineOf(account, policy, at)
  const perCredit = lent?.perCredit ?? policy.creditLine?.perCredit
  if (perCredit === undefined || (credits === null && lent === null)) return null
  return {
    credits: credits ?? 0n,
    owed: lent?.credits ?? 0n,
    left: creditLeft(account, policy, at),
    perCredit,
    billedAt: lent?.billedAt ?? null,
  }
}
