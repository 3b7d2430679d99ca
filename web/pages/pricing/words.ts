import type { Prices } from './prices.ts'

type Rate = Prices['rateCard']['categories'][number]['rates'][number]
type Allowance = Prices['plans'][number]['allowances'][number]
type Money = Prices['packages'][number]['price']

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

export const inCredits = (amount: string) => Number(amount).toLocaleString('en', { maximumFractionDigits: 6 })

export function inMoney({ amount, currency }: Money): string {
  const short = Number(amount) >= 0.01 || Number(amount) === 0
  const digits = short ? { maximumFractionDigits: 2 } : { maximumFractionDigits: 6 }
  return Number(amount).toLocaleString('en', { style: 'currency', currency, ...digits })
}

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
