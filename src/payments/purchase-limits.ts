import type { Pool } from 'pg'
import { maxMoneyPerDay, type WholeCatalog } from '../catalog/catalog.ts'
import { inCurrency } from '../catalog/currencies.ts'
import { moneyInWords } from '../catalog/words.ts'
import type { Observation, Purchase } from './purchase.ts'
import { readEarlierPurchases } from './purchase-rows.ts'

/**
 * The most unpaid purchases of one team: each may have a page at Stripe, and is checked until it is paid or canceled.
 */
const maxUnfinished = 20

/** Why no money is requested; null: it may be. Money counts in the purchase's currency. Purchases that began together count in the order of their numbers. */
export async function refusalOf(
  pool: Pool,
  catalog: WholeCatalog,
  purchase: Purchase,
): Promise<Pick<Observation, 'declineCode' | 'failure'> | null> {
  const { perDay, declinesPerHour } = catalog.purchaseLimits
  const { unfinished, declinePauseMs, inADay, moneyInADay } = await readEarlierPurchases(
    pool,
    purchase,
    declinesPerHour,
  )
  if (unfinished >= maxUnfinished) {
    const failure = `${maxUnfinished} purchases of the team are not paid yet: pay one of them, or wait a day until those are called off.`
    return { declineCode: 'too_many_unfinished', failure }
  }
  if (declinePauseMs !== null) {
    const minutes = Math.max(1, Math.ceil(declinePauseMs / 60_000))
    const failure = `${declinesPerHour} purchases of the team were declined within an hour: try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
    return { declineCode: 'too_many_declines', failure }
  }
  const { price } = purchase
  const moneyPerDay = maxMoneyPerDay(inCurrency(catalog, price.currency))
  const isTooMuch = moneyInADay + price.amount > moneyPerDay.amount
  if (inADay < perDay && !isTooMuch) return null
  const most = isTooMuch ? `credits for ${moneyInWords(moneyPerDay)}` : `credits ${perDay} times`
  return {
    declineCode: 'daily_limit',
    failure: `A team buys ${most} in 24 hours at most: buy again tomorrow, or ask the operator to raise the limit.`,
  }
}
