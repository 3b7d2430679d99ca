import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { eventTypes, idOf, shown, submit } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

const visa = '4242424242424242'

const pack = (more: Partial<Stripe.Checkout.SessionCreateParams> = {}): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [{ price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'Credits' } }, quantity: 1 }],
  allow_promotion_codes: true,
  success_url: 'https://gateway.example/payment',
  ...more,
})

/** A code for a coupon with these terms. */
async function codeOf(
  stripe: Stripe,
  coupon: Stripe.CouponCreateParams,
  more: Partial<Stripe.PromotionCodeCreateParams> = {},
): Promise<Stripe.PromotionCode> {
  const { id } = await stripe.coupons.create(coupon)
  return stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, ...more })
}

test('A code lowers the total, whatever its case; what it took off is in the session', async () => {
  const { stripe } = await openScene()
  const code = await codeOf(stripe, { percent_off: 25 }, { code: 'spring' })
  expect(code).toMatchObject({ code: 'SPRING', active: true, promotion: { type: 'coupon' }, times_redeemed: 0 })
  const { id, url } = await stripe.checkout.sessions.create(pack())
  expect(await shown(url ?? '')).toContain('name="promotion_code"')
  expect((await submit(url ?? '', { promotion_code: 'sPring', apply: 'apply' })).location).toBe(url)
  expect(await shown(url ?? '')).toMatch(/Pay \$7\.50[\s\S]*SPRING: \$2\.50 off/)
  expect((await submit(url ?? '', { promotion_code: 'SPRING', card: visa })).status).toBe(303)
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent', 'line_items'] })
  expect(session).toMatchObject({
    amount_subtotal: 1000,
    amount_total: 750,
    total_details: { amount_discount: 250, amount_tax: 0 },
    discounts: [{ promotion_code: code.id }],
    payment_status: 'paid',
    payment_intent: { amount_received: 750 },
    line_items: { data: [{ amount_subtotal: 1000, amount_discount: 250, amount_total: 750 }] },
  })
  expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 })
  expect((await stripe.coupons.list()).data).toMatchObject([{ times_redeemed: 1, valid: true }])
})

test.each([
  ['exclusive', 152, 952],
  ['inclusive', 128, 800],
] as const)('Tax that is %s is computed after the discount', async (tax_behavior, tax, total) => {
  const { stripe } = await openScene()
  const { code } = await codeOf(stripe, { amount_off: 200, currency: 'usd' })
  const { id: customer } = await stripe.customers.create({ email: 'ana@example.com' })
  const { id, url } = await stripe.checkout.sessions.create(
    pack({
      customer,
      customer_update: { address: 'auto' },
      automatic_tax: { enabled: true },
      invoice_creation: { enabled: true },
      line_items: [
        {
          price_data: { currency: 'usd', unit_amount: 1000, tax_behavior, product_data: { name: 'Credits' } },
          quantity: 1,
        },
      ],
    }),
  )
  await submit(url ?? '', { promotion_code: code, card: visa, country: 'DE' })
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['invoice'] })
  expect(session).toMatchObject({
    amount_subtotal: 1000,
    amount_total: total,
    total_details: { amount_discount: 200, amount_tax: tax },
    invoice: {
      status: 'paid',
      subtotal: 1000,
      total,
      amount_paid: total,
      total_discount_amounts: [{ amount: 200 }],
      total_taxes: [{ amount: tax }],
    },
  })
})

test('A code for all of it asks for no card, and leaves no payment', async () => {
  const { stripe } = await openScene()
  const { code } = await codeOf(stripe, { amount_off: 5000, currency: 'usd' })
  const { id, url } = await stripe.checkout.sessions.create(pack())
  await submit(url ?? '', { card: '4000000000000002' })
  const begun = idOf((await stripe.checkout.sessions.retrieve(id)).payment_intent)
  await submit(url ?? '', { promotion_code: code, apply: 'apply' })
  const page = await shown(url ?? '')
  expect(page).toContain('Complete order')
  expect(page).not.toContain('Card number')
  expect((await submit(url ?? '', { promotion_code: code })).status).toBe(303)
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    payment_intent: null,
    amount_total: 0,
    total_details: { amount_discount: 1000 },
  })
  expect(await stripe.paymentIntents.retrieve(begun)).toMatchObject({ status: 'canceled' })
  expect(await eventTypes(stripe)).toContain('checkout.session.completed')
})

test.each<[string, Stripe.CouponCreateParams, Partial<Stripe.PromotionCodeCreateParams>, RegExp]>([
  ['of another currency', { amount_off: 100, currency: 'eur' }, {}, /not for payments in USD/],
  [
    'for larger orders',
    { percent_off: 10 },
    { restrictions: { minimum_amount: 2000, minimum_amount_currency: 'usd' } },
    /so small an order/,
  ],
  ['that is not active', { percent_off: 10 }, { active: false }, /This code is invalid/],
  ['that leaves too little to pay', { amount_off: 960, currency: 'usd' }, {}, /less than the least/],
])('The page refuses a code %s, and charges nothing', async (_, coupon, more, says) => {
  const { stripe } = await openScene()
  const { code } = await codeOf(stripe, coupon, more)
  const { id, url } = await stripe.checkout.sessions.create(pack())
  const answer = await submit(url ?? '', { promotion_code: code, card: visa })
  expect(answer.status).toBe(400)
  expect(answer.text).toMatch(says)
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', discounts: [] })
  expect((await stripe.paymentIntents.list()).data).toEqual([])
})

test('An amount in another currency is that of its option', async () => {
  const { stripe } = await openScene()
  const terms = { amount_off: 100, currency: 'eur', currency_options: { usd: { amount_off: 120 } } }
  const { code } = await codeOf(stripe, terms)
  const { id, url } = await stripe.checkout.sessions.create(pack())
  await submit(url ?? '', { promotion_code: code, card: visa })
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ amount_total: 880 })
})

test('A code ends with its last redemption, and one for first orders is for them alone', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ email: 'ana@example.com' })
  const once = await codeOf(stripe, { percent_off: 10 }, { max_redemptions: 1 })
  const first = await codeOf(stripe, { percent_off: 10 }, { restrictions: { first_time_transaction: true } })
  const open = async () => (await stripe.checkout.sessions.create(pack({ customer }))).url ?? ''
  expect((await submit(await open(), { promotion_code: once.code, card: visa })).status).toBe(303)
  const again = await open()
  expect((await submit(again, { promotion_code: once.code, card: visa })).text).toContain('This code is invalid.')
  expect((await submit(again, { promotion_code: first.code, card: visa })).text).toContain('prior transactions')
  expect(await stripe.promotionCodes.retrieve(once.id)).toMatchObject({ active: false, times_redeemed: 1 })
})

test('Codes and given discounts exclude each other; a given coupon lowers the price without a code', async () => {
  const { stripe } = await openScene()
  const { id: coupon } = await stripe.coupons.create({ percent_off: 30 })
  const discounts = [{ coupon }]
  expect(await refusalOf(stripe.checkout.sessions.create(pack({ discounts })))).toMatchObject({
    statusCode: 400,
    message: 'You may only specify one of these parameters: allow_promotion_codes, discounts.',
  })
  const { allow_promotion_codes: _, ...closed } = pack({ discounts })
  const session = await stripe.checkout.sessions.create(closed)
  expect(session).toMatchObject({
    amount_total: 700,
    allow_promotion_codes: null,
    discounts: [{ coupon, promotion_code: null }],
  })
  const page = await shown(session.url ?? '')
  expect(page).not.toContain('name="promotion_code"')
})

test('Two active codes can not be the same; a code that is no more active frees its name', async () => {
  const { stripe } = await openScene()
  const first = await codeOf(stripe, { percent_off: 10 }, { code: 'SPRING' })
  const coupon = idOf(first.promotion.coupon)
  const again = { promotion: { type: 'coupon', coupon }, code: 'spring' } as const
  expect(await refusalOf(stripe.promotionCodes.create(again))).toMatchObject({ statusCode: 400, param: 'code' })
  await stripe.promotionCodes.update(first.id, { active: false })
  expect(await stripe.promotionCodes.create(again)).toMatchObject({ active: true })
  expect((await stripe.promotionCodes.list({ code: 'Spring', active: true })).data).toHaveLength(1)
})
