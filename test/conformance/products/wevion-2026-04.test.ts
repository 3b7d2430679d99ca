import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

  test('V2: chat is charged when it succeeds and costs nothing when it fails', async () => {
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
    expect(plans.map(({ id, allowances, topUp }) => [id, allowances, topUp])).toEqual([
      ['starter', [], true],
      ['pro', [], true],
      ['enterprise', [], true],
    ])
    const packages = await product.packages()
    expect(packages.map(({ credits, price, approxMessages }) => [credits, price.amount, approxMessages])).toEqual([
      ['5000', '5', 79],
      ['20000', '20', 317],
      ['50000', '50', 793],
    ])
    const team = await product.team('pro')
    expect(await product.balance(team)).toMatchObject({ available: '0', period: null })
    await product.grant(team, '5000')
    expect(await product.balance(team, '2036-01-01T00:00:00.000Z')).toMatchObject({
      available: '5000',
      nextExpiry: null,
    })
  })

  test('V9: creative work is metered in dollars, with no credits, and told by the month, ready to be billed', async () => {
    const team = await product.team('pro')
    await product.grant(team, '100')
    const usage = [...flux(4), { rate: 'avatar.talking-head', quantity: '45' }, { rate: 'tts.openai', quantity: '500' }]
    expect(await product.estimate(team, usage)).toMatchObject({
      ...{ total: '0', metered: { amount: '1.1275', currency: 'USD' }, sufficient: true, balanceAfter: '100' },
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

  test('V10: below 100 credits low, at zero `Insufficient Credits`', async () => {
    const team = await product.team('pro')
    await product.grant(team, '99')
    expect(await product.balance(team)).toMatchObject({ state: 'LOW', lowThreshold: '100' })
    await product.charge(team, chat('11000', '0.000001'))
    const refused = await product.hold(team, chat('1000', '100'))
    expect(refused.message).toMatch(/^Insufficient Credits/)
  })
})
