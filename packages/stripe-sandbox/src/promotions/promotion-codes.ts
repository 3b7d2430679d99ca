import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { randomText } from '../api/ids.ts'
import { currency, flag, integer, mergeMetadata, metadata, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { idOf } from '../billing/reference.ts'
import { couponNow } from './coupons.ts'
import { currencyOptions } from './currency-options.ts'

const createParameters = parameters({
  promotion: parameters({ type: oneOf(['coupon']), coupon: text().optional() }),
  active: flag.default(true),
  code: text(500).optional(),
  customer: text().optional(),
  expires_at: integer().optional(),
  max_redemptions: integer(1).optional(),
  metadata: metadata.optional(),
  restrictions: parameters({
    currency_options: currencyOptions({ minimum_amount: integer(1) }).optional(),
    first_time_transaction: flag.optional(),
    minimum_amount: integer(1).optional(),
    minimum_amount_currency: currency.optional(),
  }).optional(),
})
const updateParameters = parameters({ active: flag.optional(), metadata: metadata.optional() })
const listParameters = parameters({
  ...paging,
  active: flag.optional(),
  code: text().optional(),
  coupon: text().optional(),
  customer: text().optional(),
})

type NewCode = ReturnType<typeof createParameters.parse>

export const promotionCodeRoutes: readonly Route[] = [
  route('POST', '/v1/promotion_codes', createParameters, create),
  route('GET', '/v1/promotion_codes', listParameters, (work, { active, code, coupon, customer, ...page }) => {
    const filter = { active, code: code?.toUpperCase(), 'promotion.coupon': coupon, customer }
    return work.list('promotion_code', '/v1/promotion_codes', page, filter)
  }),
  route('GET', '/v1/promotion_codes/:id', parameters({}), (work, _, id) => work.need('promotion_code', id)),
  route('POST', '/v1/promotion_codes/:id', updateParameters, (work, { metadata: added, active }, id) => {
    const before = work.need('promotion_code', id)
    const after = {
      ...before,
      active: active ?? before.active,
      metadata: mergeMetadata(before.metadata ?? {}, added),
    }
    work.objects.put('promotion_code', after)
    work.emit('promotion_code.updated', after, changed(before, after))
    return after
  }),
]

/** Codes are kept in capitals: their case does not count. */
function create(work: Work, given: NewCode): Stripe.PromotionCode {
  const coupon = given.promotion.coupon
  if (coupon === undefined) {
    throw invalid('Missing required param: promotion[coupon].', {
      code: 'parameter_missing',
      param: 'promotion[coupon]',
    })
  }
  if (!couponNow(work, work.need('coupon', coupon, 'promotion[coupon]')).valid) {
    throw invalid(`Coupon ${coupon} is not valid.`, { code: 'coupon_expired', param: 'promotion[coupon]' })
  }
  const code = (given.code ?? randomText(8)).toUpperCase()
  if (!/^[A-Z\d-]+$/.test(code)) {
    throw invalid('Promotion codes consist of letters, digits and dashes.', { param: 'code' })
  }
  if (given.active && work.objects.all('promotion_code', { code, active: true }).length > 0) {
    throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' })
  }
  const { restrictions } = given
  if ((restrictions?.minimum_amount === undefined) !== (restrictions?.minimum_amount_currency === undefined)) {
    throw invalid('You must pass both `minimum_amount` and `minimum_amount_currency`.', { param: 'restrictions' })
  }
  const made: Stripe.PromotionCode = {
    id: work.id('promotion_code'),
    object: 'promotion_code',
    active: given.active,
    code,
    created: work.now,
    customer: given.customer === undefined ? null : work.need('customer', given.customer, 'customer').id,
    customer_account: null,
    expires_at: given.expires_at ?? null,
    livemode: false,
    max_redemptions: given.max_redemptions ?? null,
    metadata: mergeMetadata({}, given.metadata),
    promotion: { coupon, type: 'coupon' },
    restrictions: {
      ...(restrictions?.currency_options === undefined ? {} : { currency_options: restrictions.currency_options }),
      first_time_transaction: restrictions?.first_time_transaction ?? false,
      minimum_amount: restrictions?.minimum_amount ?? null,
      minimum_amount_currency: restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  }
  work.objects.put('promotion_code', made)
  work.emit('promotion_code.created', made)
  return made
}

/** The order for which a code is to be redeemed. */
export type Redemption = { readonly customer: string | null; readonly amount: number; readonly currency: string }

/** The coupon of a code that can be redeemed so now; throws a refusal for people where it can't. */
export function redeemable(work: Work, promotion: Stripe.PromotionCode | undefined, given: Redemption): Stripe.Coupon {
  const coupon = promotion && work.objects.get('coupon', idOf(promotion.promotion.coupon) ?? '')
  if (promotion === undefined || coupon === undefined) throw refused('This code is invalid.')
  const { active, expires_at: until, max_redemptions: most, times_redeemed: times, customer } = promotion
  const isOver = !active || (until !== null && work.now > until) || (most !== null && times >= most)
  if (isOver || !couponNow(work, coupon).valid) throw refused('This code is invalid.')
  if (customer !== null && idOf(customer) !== given.customer) throw refused('This code is invalid.')
  refuseRestricted(work, promotion.restrictions, given)
  return coupon
}

function refuseRestricted(work: Work, restrictions: Stripe.PromotionCode.Restrictions, given: Redemption): void {
  const { first_time_transaction: isFirst, minimum_amount, minimum_amount_currency, currency_options } = restrictions
  const { customer, amount, currency: of } = given
  const hasPaid = customer !== null && work.objects.all('payment_intent', { customer, status: 'succeeded' }).length > 0
  if (isFirst && hasPaid) {
    throw refused('This promotion code cannot be redeemed because the associated customer has prior transactions.')
  }
  if (minimum_amount === null) return
  const least = minimum_amount_currency === of ? minimum_amount : currency_options?.[of]?.minimum_amount
  if (least === undefined) throw refused('This code is invalid.')
  if (amount < least) throw refused('This code can not be used for so small an order.')
}

export const refused = (message: string) => invalid(message, { param: 'promotion_code' })

/** The active code of that name, whatever its case. */
export const codeNamed = (work: Work, code: string): Stripe.PromotionCode | undefined =>
  work.objects.all('promotion_code', { code: code.trim().toUpperCase(), active: true })[0]

/** Counts the use of a coupon, and of the code that led to it. A code that was used often enough ends. */
export function countRedemption(work: Work, coupon: string, code: string | null): void {
  const before = work.objects.get('coupon', coupon)
  if (before !== undefined) work.objects.put('coupon', { ...before, times_redeemed: before.times_redeemed + 1 })
  const promotion = code === null ? undefined : work.objects.get('promotion_code', code)
  if (promotion === undefined) return
  const times_redeemed = promotion.times_redeemed + 1
  const isOver = promotion.max_redemptions !== null && times_redeemed >= promotion.max_redemptions
  work.objects.put('promotion_code', { ...promotion, times_redeemed, active: promotion.active && !isOver })
}
