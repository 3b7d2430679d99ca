import { formatsFor } from '../../elements/billing/formats.ts'
import type { Prices } from './prices.ts'

type Rate = Prices['rateCard']['categories'][number]['rates'][number]
type Allowance = Prices['plans'][number]['allowances'][number]

/** One of a unit, and many. */
const units: Readonly<Record<Rate['unit'], readonly [one: string, many: string]>> = {
  CHARACTER: ['character', 'characters'],
  GB_DAY: ['GB and day', 'GB and day'],
  IMAGE: ['image', 'images'],
  MINUTE: ['minute', 'minutes'],
  SECOND: ['second', 'seconds'],
  TOKEN: ['token', 'tokens'],
  USE: ['use', 'uses'],
}
const cadences: Readonly<Record<Allowance['every'], string>> = { MONTH: 'a month', WEEK: 'a week', YEAR: 'a year' }

const formats = formatsFor('en')
export const inCredits = formats.credits
export const inMoney = formats.money

/** `30 Credits`, `Free` or `$0.17`. */
export function amountOf({ free, settlement, credits, money }: Rate): string {
  if (free) return 'Free'
  if (settlement === 'METERED' && money) return inMoney(money)
  return credits === null ? 'By what is used' : `${inCredits(credits)} ${Number(credits) === 1 ? 'Credit' : 'Credits'}`
}

/** `per second`, `per 1,000 tokens`. */
export function measureOf({ per, unit }: Rate): string {
  const [one, many] = units[unit]
  return Number(per) === 1 ? `per ${one}` : `per ${inCredits(per)} ${many}`
}

/** `2,500 Credits a week for each seat`. */
export const allowanceIn = ({ credits, every, perSeat }: Allowance) =>
  [`${inCredits(credits)} Credits ${cadences[every]}`, ...(perSeat ? ['for each seat'] : [])].join(' ')
