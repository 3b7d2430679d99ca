import type { Pool } from 'pg'
import { maxMoneyPerDay, type WholeCatalog } from '../catalog/catalog.ts'
import { inCurrency } from '../catalog/currencies.ts'
import { moneyInWords } from '../catalog/words.ts'
import type { Observation, Purchase } from './purchase.ts'
import { countUnfinished, readBoughtInADay, readDeclinePause } from './purchase-rows.ts'

/**
 * The most unpaid purchases of one team: each may have a page at Stripe, and is checked until it is paid or canceled.
 */
const maxUnfinished = 20

/** Why no money is requested; null: it may be. Money counts in the purchase's currency. Purchases that began together count in the order of their numbers. */
export async function refusalOf(
  pool: Pool,
  catalog: WholeCatalog,
  { teamId, id, price }: Purchase,
): Promise<Pick<Observation, 'declineCode' | 'failure'> | null> {
  if ((await countUnfinished(pool, teamId, id)) >= maxUnfinished) {
    const failure = `${maxUnfinished} purchases of the team are not paid yet: pay one of them, or wait a day until those are called off.`
    return { declineCode: 'too_many_unfinished', failure }
  }
  const { perDay, declinesPerHour } = catalog.purchaseLimits
  const pause = await readDeclinePause(pool, { teamId, id }, declinesPerHour)
  if (pause !== null) {
    const minutes = Math.max(1, Math.ceil(pause / 60_000))
    const failure = `${declinesPerHour} purchases of the team were declined within an hour: try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
    return { declineCode: 'too_many_declines', failure }
  }
  const moneyPerDay = maxMoneyPerDay(inCurrency(catalog, price.currency))
  const { count, money } = await readBoughtInADay(pool, { teamId, id, price })
  const isTooMuch = money + price.amount > moneyPerDay.amount
  if (count < perDay && !isTooMuch) return null
  const most = isTooMuch ? `credits for ${moneyInWords(moneyPerDay)}` : `credits ${perDay} times`
  return {
    declineCode: 'daily_limit',
    failure: `A team buys ${most} in 24 hours at most: buy again tomorrow, or ask the operator to raise the limit.`,
  }
}
