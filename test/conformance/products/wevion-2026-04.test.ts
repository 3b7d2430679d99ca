import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import { openProduct, type Product } from './product.ts'

/** The tests move the clock on, each from where the one before left it. */
const start = '2027-02-10T09:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('wevion-2026-04', start)
})
afterAll(() => product.close())

const flux = (count: number) => [{ rate: 'image.flux-2-pro', count }]
const chat = (input: string, output: string) => [
  { rate: 'chat.input', quantity: input },
  { rate: 'chat.output', quantity: output },
]

async function metered(team: string, month: string) {
  const text = `query ($id: ID!, $month: String!) { team(id: $id) { meteredUsage(month: $month) {
    month final rows { rate name quantity count money { amount currency } } total { amount currency } billable { amount currency } } } }`
  return (await product.query(text, { id: team, month })).team.meteredUsage
}

describe('wevion-2026-04', () => {
  test('V1: any member with the role spends the shared credits of a paid plan; one who only reads does not', async () => {
    const team = await product.team('starter')
    await product.grant(team, '5000')
    const usage = chat('1000', '100')
    for (const role of ['MEMBER', 'ADMIN'] as const) {
      expect((await product.hold(team, usage, {}, { team, member: role, role })).amount).toBe('13.5')
    }
    const refused = await product.hold(team, usage, {}, { team, role: 'VIEWER' })
    expect(refused).toMatchObject({ blockers: [{ code: 'ROLE_REQUIRED' }] })
  })

  test('V2, V4: chat is charged when it succeeds and costs nothing when it fails', async () => {
    const team = await product.team('starter')
    await product.grant(team, '20')
    const failed = await product.hold(team, chat('1000', '100'))
    expect(await product.balance(team)).toMatchObject({ available: '6.5', held: '13.5' })
    await product.release(failed.id)
    expect(await product.balance(team)).toMatchObject({ available: '20', held: '0' })
    expect((await product.hold(team, chat('3000', '0.5'))).__typename).toBe('InsufficientCredits')
    const told = await product.hold(team, chat('1000', '100'))
    expect((await product.settle(told.id, chat('850', '120'))).amount).toBe('13.05')
    expect(await product.balance(team)).toMatchObject({ available: '6.95' })
  })

  test('V3, V12: nothing is included; packages of $5, $20 and $50 at $1.00 per 1,000 never expire', async () => {
    const plans = await product.plans()
    expect(plans.map(({ code, allowances, topUp }) => [code, allowances, topUp])).toEqual([
      ['starter', [], true],
      ['pro', [], true],
      ['enterprise', [], true],
    ])
    const team = await product.team('pro')
    expect(await product.balance(team)).toMatchObject({ available: '0', period: null })
    const packages = await product.packages({ team, role: 'ADMIN' })
    expect(packages.map(({ credits, price, approxMessages }) => [credits, price.amount, approxMessages])).toEqual([
      ['5000', '5', 79],
      ['20000', '20', 317],
      ['50000', '50', 793],
    ])
    for (const { code, price, pricePer1000 } of packages) {
      expect(pricePer1000.amount).toBe('1')
      const { checkoutUrl } = await product.buy(team, code, { pay: 'CHECKOUT' })
      await (await Page.open(checkoutUrl)).press(`Pay $${price.amount}.00`)
    }
    await product.eventually(async () =>
      expect(await product.balance(team, '2036-01-01T00:00:00.000Z')).toMatchObject({
        available: '75000',
        nextExpiry: null,
      }),
    )
    for (const { paymentReference, price } of await product.purchases(team)) {
      const { amount_received, currency } = await product.stripe.paymentIntents.retrieve(paymentReference)
      expect([amount_received, currency]).toEqual([Number(price.amount) * 100, 'usd'])
    }
  })

  test('V9: creative work is metered in dollars, with no credits, and told by the month, ready to be billed', async () => {
    const team = await product.team('pro')
    await product.grant(team, '100')
    const usage = [...flux(4), { rate: 'avatar.talking-head', quantity: '45' }, { rate: 'tts.openai', quantity: '500' }]
    expect(await product.estimate(team, usage)).toMatchObject({
      total: '0',
      metered: { amount: '1.1275', currency: 'USD' },
      sufficient: true,
      balanceAfter: '100',
    })
    const job = await product.hold(team, usage)
    expect(job).toMatchObject({ __typename: 'Hold', amount: '0' })
    expect(await product.settle(job.id)).toMatchObject({ amount: '0', metered: { amount: '1.1275', currency: 'USD' } })
    const failed = await product.hold(team, flux(10))
    await product.release(failed.id)
    const mixed = await product.charge(team, [...flux(1), ...chat('1000', '1')])
    expect(mixed).toMatchObject({ amount: '9.045', metered: { amount: '0.03' } })
    expect(await product.balance(team)).toMatchObject({ available: '90.955' })

    const usd = (amount: string) => ({ amount, currency: 'USD' })
    const running = await metered(team, '2027-02')
    expect(running.final).toBe(false)
    expect(running.rows.map(({ rate, money }: { rate: string; money: unknown }) => [rate, money])).toEqual([
      ['avatar.talking-head', usd('1')],
      ['image.flux-2-pro', usd('0.15')],
      ['tts.openai', usd('0.0075')],
    ])
    expect([running.total, running.billable]).toEqual([[usd('1.1575')], [usd('1.16')]])

    await product.moveTo('2027-02-28T23:59:58.000Z')
    await product.charge(team, [{ rate: 'video.kling-3-0', quantity: '10' }])
    await product.moveTo('2027-03-01T00:00:00.000Z')
    await product.charge(team, [{ rate: 'video.kling-3-0', quantity: '5' }])
    const february = await metered(team, '2027-02')
    expect([february.final, february.total]).toEqual([true, [usd('2.8575')]])
    expect((await metered(team, '2027-03')).total).toEqual([usd('0.85')])
    expect((await metered(team, '2027-01')).rows).toEqual([])
  })

  test('V5, V6, V7: images, seconds, avatars and speech cost their dollars, and no credits', async () => {
    const team = await product.team('enterprise')
    const prices: [rate: string, quantity: string, dollars: string][] = [
      ['image.flux-2-pro', '1', '0.03'],
      ['image.gpt-image-1-5', '1', '0.04'],
      ['image.seedream-4-5', '1', '0.03'],
      ['image.background-removal', '1', '0.02'],
      ['video.kling-3-0', '10', '1.7'],
      ['video.luma-ray-3', '5', '0.5'],
      ['video.veo-3-1', '5', '0.5'],
      ['video.kling-2-6', '10', '0.7'],
      ['video.runway-gen-4', '17', '0.85'],
      ['avatar.talking-head', '30', '0.5'],
      ['avatar.talking-head', '45', '1'],
      ['avatar.talking-head', '61', '1.5'],
      ['tts.elevenlabs', '500', '0.15'],
      ['tts.openai', '500', '0.0075'],
    ]
    for (const [rate, quantity, amount] of prices) {
      const charged = await product.charge(team, [{ rate, quantity }])
      expect(charged, `${quantity} of ${rate}`).toMatchObject({ amount: '0', metered: { amount, currency: 'USD' } })
    }
    expect(await product.charge(team, flux(4))).toMatchObject({ metered: { amount: '0.12' } })
    expect((await product.charge(team, flux(11))).__typename).toBe('InvalidUsage')
    expect(await product.charge(team, [{ rate: 'image.resize' }])).toMatchObject({ amount: '0', metered: null })
  })

  test('V8: the engine left to the platform is billed as the engine that did the work', async () => {
    const team = await product.team('pro')
    const held = await product.hold(team, [{ rate: 'video.auto', quantity: '10' }])
    const settled = await product.settle(held.id, [{ rate: 'video.runway-gen-4', quantity: '10' }])
    expect(settled).toMatchObject({ amount: '0', metered: { amount: '0.5' } })
  })

  test('V11: history shows the payment, each message with who wrote it, and the balance after each', async () => {
    const team = await product.team('pro')
    await product.saveCard(team)
    const { paymentReference: reference } = await product.buy(team, 'starter', {}, { member: 'cleo' })
    expect(reference).toMatch(/^pi_/)
    await product.charge(team, chat('850', '120'), { memberId: 'ana', reference: 'message-1' })
    const [message, purchase] = await product.activity(team)
    expect(purchase).toMatchObject({ type: 'GRANT', amount: '5000', balanceAfter: '5000', reference })
    expect(purchase.member.memberId).toBe('cleo')
    expect(message).toMatchObject({ amount: '-13.05', balanceAfter: '4986.95', reference: 'message-1' })
    expect(message.member.memberId).toBe('ana')
  })

  test('V10: below 100 credits low, at zero `Insufficient Credits`', async () => {
    const team = await product.team('pro')
    await product.grant(team, '99')
    expect(await product.balance(team)).toMatchObject({ state: 'LOW', lowThreshold: '100' })
    await product.charge(team, chat('11000', '0.000001'))
    const refused = await product.hold(team, chat('1000', '100'))
    expect(refused.message).toMatch(/^Insufficient Credits/)
  })
})
