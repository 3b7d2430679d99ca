import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { changed, type Work } from '../api/work.ts'
import { makeCard } from './make.ts'

export type RenewedCard = {
  /** A test card's number; absent: the number stays. */
  readonly number?: string
  readonly exp_month?: number
  /** Absent: four years later. */
  readonly exp_year?: number
}

/** The card updater of the card networks: the payment method keeps its id. */
export function renewCard(work: Work, id: string, { number, exp_month, exp_year }: RenewedCard): Stripe.PaymentMethod {
  const before = work.need('payment_method', id)
  if (before.card === undefined) throw invalid(`${id} is no card.`)
  const expiry = { month: exp_month ?? before.card.exp_month, year: exp_year ?? before.card.exp_year + 4 }
  const replaced = number === undefined ? before.card : makeCard(work, number, expiry).card
  const method: Stripe.PaymentMethod = {
    ...before,
    card: { ...before.card, ...replaced, exp_month: expiry.month, exp_year: expiry.year },
  }
  work.objects.put('payment_method', method)
  work.emit('payment_method.automatically_updated', method, changed(before, method))
  return method
}
