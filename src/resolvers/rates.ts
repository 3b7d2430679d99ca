import type { Credits } from '../domain/amounts/credits.ts'
import { type Money, moneyToCredits } from '../domain/amounts/money.ts'
import type { Rate, RateCard, RateCategory } from '../domain/rate-card.ts'

export type RateCategoryView = { readonly category: RateCategory; readonly card: RateCard }
export type RateView = { readonly rate: Rate; readonly card: RateCard }

/**
 * The price in credits. A price in money that is paid in credits is shown in both; null: a micro-credit is too coarse
 * for it.
 */
export function rateCredits({ rate, card }: RateView): Credits | null {
  const { price } = rate
  if ('credits' in price) return price.credits
  if ('free' in price) return 0n
  if ('auto' in price || rate.settlement === 'METERED' || card.creditsPerMoney === null) return null
  return moneyToCredits(price.money, card.creditsPerMoney.credits) ?? null
}

export const rateChargeTime = ({ rate: { charge } }: RateView) => (charge === 'at-start' ? 'AT_START' : 'AT_SUCCESS')

export const rateMoney = ({ rate: { price } }: RateView): Money | null => ('money' in price ? price.money : null)
