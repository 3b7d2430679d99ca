import { InvalidUsage, RequirementNotMet, UnknownRate } from '../../errors.ts'
import { price } from '../../pricing.ts'
import {
  beginStored,
  changeStored,
  maxStoredRates,
  nextAccrual,
  type StoredAmount,
  storageRate,
} from '../../stored-amount.ts'
import { type Given, refused, type SetStoredAmount } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { requirementBlockers } from '../spending.ts'

/**
 * From now on this much is stored; up to now the amount before has accrued. It moves no credits: days are charged at
 * their end, whatever the balance is now, and 0 ends it when the running day has been charged. The same amount again
 * changes nothing. Only raising requires what the rate requires; what is stored stays, and is charged, when a plan goes.
 * Source: facts G6, G8.
 */
export function setStoredAmount(draft: Draft, command: SetStoredAmount, given: Given): OutcomeOf<'set-stored-amount'> {
  const { account, context } = given
  const kept = account.stored.filter((one) => nextAccrual(one) !== null)
  const known = kept.find(({ rate }) => rate === command.rate)
  const failure = refusal(command, known, kept.length, given)
  if (failure !== null) return refused(failure)
  const { rate, amount } = command
  if (amount !== (known?.amount ?? 0n)) {
    const { timeZone } = context.policy
    const changed =
      known === undefined
        ? beginStored(rate, amount, timeZone, context.at)
        : changeStored(known, amount, timeZone, context.at)
    draft.set({ stored: [...account.stored.filter((one) => one.rate !== rate), changed] })
  }
  return { kind: 'done' }
}

function refusal(
  { rate: id, amount, caller }: SetStoredAmount,
  known: StoredAmount | undefined,
  kept: number,
  { account, context: { card, at } }: Given,
): UnknownRate | InvalidUsage | RequirementNotMet | null {
  if (known !== undefined && amount <= known.amount) return null
  const rate = card.rates.get(id)
  if (rate === undefined) return new UnknownRate({ rate: id })
  if (storageRate(card, id) === undefined) {
    const reason =
      rate.unit === 'GB_DAY'
        ? `'${id}' leaves the choice to the platform: give one of the rates it chooses from`
        : `'${id}' is counted by ${rate.unit}: give a rate that is counted by GB_DAY`
    return new InvalidUsage({ path: ['rate'], reason })
  }
  if (amount === 0n) return null
  const day = price(card, [{ rate: id, quantity: amount, count: 1 }], ['amount'])
  if (!day.ok) return day.failure
  const blockers = requirementBlockers(account, day.priced, caller.role, at)
  if (blockers.length > 0) return new RequirementNotMet({ blockers })
  if (known !== undefined || kept < maxStoredRates) return null
  const reason = `${kept} rates are stored, or were today: set one of them to 0, and this one tomorrow`
  return new InvalidUsage({ path: ['rate'], reason })
}
