import { type Credits, formatCredits } from '../amounts/credits.ts'
import { InvalidInput } from '../errors.ts'
import type { Divergence } from './rehearsed-event.ts'

/** Why a team is not cut over with this balance of the other system: the shadow comes to another one. Null: they agree. */
export function disagreement(
  balance: Credits,
  { ours, firstDivergence }: { readonly ours: Credits; readonly firstDivergence: Divergence | null },
  system: string,
): InvalidInput | null {
  if (balance === ours) return null
  const cause = firstDivergence === null ? '' : ` The first difference: ${firstDivergence.rule.replace(/\.$/, '')}.`
  const reason = `${system} has ${formatCredits(balance)} and the gateway's rehearsal comes to ${formatCredits(ours)}, a difference of ${formatCredits(ours - balance)}.${cause} Send the events that are missing, or cut over with acceptDifference`
  return new InvalidInput({ path: ['balance'], reason })
}
