import type { Account } from '../account.ts'
import { InvalidInput } from '../errors.ts'
import type { Given } from './command.ts'

/** The currency in which a team pays: the one that it chose, else the catalog's main one. */
const currencyOf = ({ currency }: Pick<Account, 'currency'>, [main]: readonly [string, ...string[]]): string =>
  currency ?? main

/**
 * Why a team can't pay in `asked`; null: it may. Without `asked` it pays in its own currency. A team chooses once: at its
 * first purchase, or as auto-recharge is turned on. The operator may change the choice (`isChange`) until money was
 * paid, used or billed: amounts of two currencies are never added.
 */
export function currencyRefusal(
  asked: string | null | undefined,
  { account, facts, context: { policy } }: Given,
  isChange: boolean,
): InvalidInput | null {
  const { currencies } = policy
  if (asked == null) return null
  if (!currencies.includes(asked)) return refusal(`nothing is sold in it: give one of ${currencies.join(', ')}`)
  const own = currencyOf(account, currencies)
  if (asked === own) return null
  if (account.currency !== null && !isChange) return refusal(`the team pays in ${own}: give ${own}, or no currency`)
  const isBound = facts.hasPaid === true || account.lent !== null
  if (isBound) return refusal(`money was paid, used or billed in ${own} already: give ${own}, or no currency`)
  const { recharge } = account
  if (recharge === null || recharge.state === 'OFF') return null
  return refusal(`auto-recharge buys in ${own}: turn it off first, or give ${own}`)
}

/** Whether the team may choose its currency by a purchase. `hasPaid`: money was paid, used or billed, or may still be. */
export const mayChooseCurrency = (
  { currency, lent, recharge }: Pick<Account, 'currency' | 'lent' | 'recharge'>,
  hasPaid: boolean,
): boolean => currency === null && !hasPaid && lent === null && (recharge === null || recharge.state === 'OFF')

const refusal = (reason: string): InvalidInput => new InvalidInput({ path: ['currency'], reason })
