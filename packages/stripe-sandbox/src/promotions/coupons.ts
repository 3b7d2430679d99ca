import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { randomText } from '../api/ids.ts'
import { currency, integer, mergeMetadata, metadata, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { currencyOptions } from './currency-options.ts'

const percent = text().refine((value) => Number(value) > 0 && Number(value) <= 100, {
  message: 'Invalid percent_off: it must be greater than 0 and at most 100.',
})

const createParameters = parameters({
  amount_off: integer(1).optional(),
  currency: currency.optional(),
  currency_options: currencyOptions({ amount_off: integer(1) }).optional(),
  duration: oneOf(['forever', 'once', 'repeating']).default('once'),
  duration_in_months: integer(1).optional(),
  id: text(200).optional(),
  max_redemptions: integer(1).optional(),
  metadata: metadata.optional(),
  name: text(40).optional(),
  percent_off: percent.transform(Number).optional(),
  redeem_by: integer().optional(),
})

type NewCoupon = ReturnType<typeof createParameters.parse>

export const couponRoutes: readonly Route[] = [
  route('POST', '/v1/coupons', createParameters, create),
  route('GET', '/v1/coupons', parameters(paging), (work, page) => {
    const listed = work.list('coupon', '/v1/coupons', page)
    return { ...listed, data: listed.data.map((coupon) => couponNow(work, coupon)) }
  }),
  route('GET', '/v1/coupons/:id', parameters({}), (work, _, id) => couponNow(work, work.need('coupon', id))),
  route('DELETE', '/v1/coupons/:id', parameters({}), (work, _, id) => {
    const coupon = work.need('coupon', id)
    work.objects.remove(id)
    work.emit('coupon.deleted', coupon)
    return { id, object: 'coupon', deleted: true }
  }),
]

function create(work: Work, given: NewCoupon): Stripe.Coupon {
  const { amount_off, percent_off, currency: of } = given
  if ((amount_off === undefined) === (percent_off === undefined)) {
    throw invalid('You must pass exactly one of these parameters: amount_off, percent_off.', { param: 'percent_off' })
  }
  if (amount_off !== undefined && of === undefined) {
    throw invalid('Missing required param: currency.', { code: 'parameter_missing', param: 'currency' })
  }
  const id = given.id ?? randomText(8)
  if (work.objects.find(id) !== undefined) {
    throw invalid('Coupon already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  const coupon: Stripe.Coupon = {
    id,
    object: 'coupon',
    amount_off: amount_off ?? null,
    created: work.now,
    currency: amount_off === undefined ? null : (of ?? null),
    ...(given.currency_options === undefined ? {} : { currency_options: given.currency_options }),
    duration: given.duration,
    duration_in_months: given.duration_in_months ?? null,
    livemode: false,
    max_redemptions: given.max_redemptions ?? null,
    metadata: mergeMetadata({}, given.metadata),
    name: given.name ?? null,
    percent_off: percent_off ?? null,
    redeem_by: given.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  }
  work.objects.put('coupon', coupon)
  work.emit('coupon.created', coupon)
  return coupon
}

/** The coupon with whether it can be redeemed now. */
export function couponNow(work: Work, coupon: Stripe.Coupon): Stripe.Coupon {
  const { max_redemptions: most, times_redeemed: times, redeem_by: until } = coupon
  return { ...coupon, valid: (most === null || times < most) && (until === null || work.now <= until) }
}

/** The part of an amount that the coupon takes off, at most all of it; null: it is of another currency. */
export function amountOff(coupon: Stripe.Coupon, amount: number, of: string): number | null {
  const { percent_off: part, amount_off: off, currency: own, currency_options: others } = coupon
  if (part !== null) return Math.round((amount * part) / 100)
  const fixed = own === of ? off : (others?.[of]?.amount_off ?? null)
  return fixed === null ? null : Math.min(fixed, amount)
}
