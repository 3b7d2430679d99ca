import { type Failure, invalid } from '../api/failure.ts'
import { shownMoney } from './shown-money.ts'

/** The least that a payment can be, in the currency's smallest unit. Source: docs.stripe.com/currencies. */
const minimums: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
}

/** The most digits that an amount can have, where it is not eight. */
const digits: Readonly<Record<string, number>> = { cop: 10, huf: 10, idr: 12, inr: 9, jpy: 10, lbp: 12 }

/** The currencies whose amounts end in zeros although they are written with more decimals. */
const steps: Readonly<Record<string, number>> = { bhd: 10, isk: 100, jod: 10, kwd: 10, omr: 10, tnd: 10, ugx: 100 }

/** The least that a payment in the currency can be; a currency that is not listed has none here. */
export const minimumOf = (currency: string): number => minimums[currency] ?? 1

/** Throws for an amount that cannot be charged in the currency. */
export function refuseAmount(amount: number, currency: string, param = 'amount'): void {
  const least = minimumOf(currency)
  const most = 10 ** (digits[currency] ?? 8) - 1
  const step = steps[currency] ?? 1
  if (amount < least) throw refused('amount_too_small', `Amount must be at least ${shown(least, currency)}`, param)
  if (amount > most) throw refused('amount_too_large', `Amount must be no more than ${shown(most, currency)}`, param)
  if (amount % step !== 0) throw invalid(`Invalid amount: in ${currency} it must be divisible by ${step}.`, { param })
}

const shown = (amount: number, currency: string) => `${shownMoney(amount, currency)} ${currency}`

const refused = (code: string, message: string, param: string): Failure => invalid(message, { code, param })
