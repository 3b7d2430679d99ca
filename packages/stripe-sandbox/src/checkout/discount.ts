import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { idOf } from '../billing/reference.ts'
import { minimumOf } from '../payments/amount-limits.ts'
import { amountOff, couponNow } from '../promotions/coupons.ts'
import { codeNamed, countRedemption, redeemable, refused } from '../promotions/promotion-codes.ts'
import { countryOf } from '../tax/location.ts'
import type { NewSession } from './parameters.ts'
import { keepPlan, planOf } from './plan.ts'
import { keepSession } from './session.ts'
import { withTax } from './tax.ts'

type Given = NonNullable<NewSession['discounts']>

/** The session with the discount that its maker gave it. */
export function withGiven(work: Work, session: Stripe.Checkout.Session, [given, ...more]: Given) {
  if (given === undefined) return session
  if (more.length > 0) throw invalid('You can only pass one discount.', { param: 'discounts' })
  const { coupon: id, promotion_code: code } = given
  if ((id === undefined) === (code === undefined)) {
    throw invalid('You must pass exactly one of these parameters: coupon, promotion_code.', { param: 'discounts' })
  }
  if (code !== undefined) {
    const promotion = work.need('promotion_code', code, 'discounts')
    const coupon = redeemable(work, promotion, redemptionOf(session))
    return discounted(work, session, coupon, { coupon: null, promotion_code: promotion.id })
  }
  const coupon = couponNow(work, work.need('coupon', id ?? '', 'discounts'))
  if (!coupon.valid) throw invalid(`Coupon ${coupon.id} is expired.`, { code: 'coupon_expired', param: 'discounts' })
  return discounted(work, session, coupon, { coupon: coupon.id, promotion_code: null })
}

/** The customer enters a code on the page. Throws a refusal for people where it can't be used. */
export function enterCode(work: Work, session: Stripe.Checkout.Session, code: string): Stripe.Checkout.Session {
  if (session.allow_promotion_codes !== true) throw refused('This checkout takes no promotion codes.')
  const promotion = codeNamed(work, code)
  const coupon = redeemable(work, promotion, redemptionOf(session))
  return discounted(work, session, coupon, { coupon: null, promotion_code: promotion?.id ?? null })
}

/** Counts the discount of a session that is complete. */
export function countDiscount(work: Work, { discounts }: Stripe.Checkout.Session): void {
  for (const discount of discounts ?? []) {
    const code = idOf(discount.promotion_code)
    const promotion = code === null ? undefined : work.objects.get('promotion_code', code)
    countRedemption(work, idOf(discount.coupon) ?? idOf(promotion?.promotion.coupon) ?? '', code)
  }
}

const redemptionOf = ({ customer, amount_subtotal, currency }: Stripe.Checkout.Session) => ({
  customer: idOf(customer),
  amount: amount_subtotal ?? 0,
  currency: currency ?? 'usd',
})

/** The coupon lowers each line in proportion, before tax. What is left is nothing, or enough to be charged. */
function discounted(
  work: Work,
  session: Stripe.Checkout.Session,
  coupon: Stripe.Coupon,
  discount: Stripe.Checkout.Session.Discount,
): Stripe.Checkout.Session {
  const { currency, amount } = redemptionOf(session)
  const off = amountOff(coupon, amount, currency)
  if (off === null) throw refused(`This code is not for payments in ${currency.toUpperCase()}.`)
  const left = amount - off
  if (left > 0 && left < minimumOf(currency)) throw refused('This code leaves less than the least that can be paid.')
  const plan = planOf(work, session.id)
  let seen = 0
  const lines = plan.lines.map((line) => {
    const before = Math.round((off * seen) / amount)
    seen += line.amount_subtotal
    const amount_discount = Math.round((off * seen) / amount) - before
    return { ...line, amount_discount, amount_total: line.amount_subtotal - amount_discount }
  })
  keepPlan(work, session.id, { ...plan, lines })
  const total_details = { amount_discount: off, amount_shipping: 0, amount_tax: 0 }
  const lowered = { ...session, discounts: [discount], amount_total: left, total_details }
  return keepSession(work, withTax(work, lowered, countryOf(work, idOf(session.customer))))
}
