import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProduct, type Product } from './product.ts'

const start = '2027-02-10T09:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('aivah', start)
})
afterAll(() => product.close())

const conversation = (minutes: string) => [{ rate: 'conversation.avatar', quantity: minutes }]

describe('aivah', () => {
  test('A1: a conversation, a media generation and a call use credits, and the pill follows while they run', async () => {
    const team = await product.team('pro')
    const pill = product.watch({ team, role: 'VIEWER' }, 'subscription { balance { available label } }')
    expect((await pill.next()).balance.label).toBe('4,000 Credits')
    const session = await product.hold(team, conversation('10'), { expiresInSeconds: 3600 })
    expect((await pill.next()).balance.label).toBe('3,800 Credits')
    const capture = (minutes: string) =>
      product.mutate('captureHold', { holdId: session.id, usage: conversation(minutes) }, '... on Charge { amount }')
    expect((await capture('4')).amount).toBe('80')
    expect(await product.balance(team)).toMatchObject({ available: '3800', held: '120' })
    expect((await capture('7')).amount).toBe('140')
    await pill.until(({ balance }) => balance.label === '3,780 Credits')
    expect((await product.settle(session.id, conversation('0.25'))).amount).toBe('5')
    await pill.until(({ balance }) => balance.label === '3,775 Credits')

    expect((await product.charge(team, [{ rate: 'media.image', count: 2 }])).amount).toBe('20')
    expect((await product.charge(team, [{ rate: 'call.phone', quantity: '2.1' }])).amount).toBe('36')
    await pill.until(({ balance }) => balance.label === '3,719 Credits')
  })

  test('A2: the buy dialog shows the balance now and after the purchase, before anything is confirmed', async () => {
    const team = await product.team('free')
    await product.charge(team, [{ rate: 'media.image', count: 3 }])
    const text = `{ purchasePreview(packageId: "credits-5000") {
      package { id purchasable } price { amount currency } currentBalance projectedBalance } }`
    const { purchasePreview } = await product.query(text, {}, { team, role: 'ADMIN' })
    expect(purchasePreview).toEqual({
      ...{ package: { id: 'credits-5000', purchasable: true }, price: { amount: '20', currency: 'USD' } },
      ...{ currentBalance: '170', projectedBalance: '5170' },
    })
    expect(await product.balance(team)).toMatchObject({ available: '170' })
  })

  test('A3: six packages, the larger the cheaper, on top of what the plan includes', async () => {
    expect((await product.packages()).map(({ credits, price }) => [credits, price.amount])).toEqual([
      ['2000', '10'],
      ['5000', '20'],
      ['10000', '30'],
      ['20000', '40'],
      ['30000', '50'],
      ['40000', '60'],
    ])
    const team = await product.team('pro')
    await product.grant(team, '2000')
    expect(await product.balance(team)).toMatchObject({ available: '6000', included: '4000', additional: '2000' })
  })

  test('A5: out of credits says clearly what to do; a purchase counts at once and the next message goes on', async () => {
    const team = await product.team('free')
    const toasts = await product.watchEvents(team, conversation('1'), 'type message')
    await product.charge(team, conversation('10'))
    const refused = await product.hold(team, conversation('1'), {}, { team, role: 'MEMBER' })
    expect(refused.message).toMatch(/^Out of credits — choose Add credit in the user menu, or wait until /)
    await product.grant(team, '2000')
    const added = await toasts.until(({ accountEvents }) => accountEvents.type === 'CREDITS_ADDED')
    expect(added.accountEvents.message).toBe('Credits added — send your next message to go on')
    const again = await product.hold(team, conversation('1'), {}, { team, role: 'MEMBER' })
    expect(again.__typename).toBe('Hold')
  })

  test("A6: low is a share of the last 30 days' usage, a forecast tells when it runs out, usage tells where it went", async () => {
    const team = await product.team('pro')
    expect(await product.balance(team)).toMatchObject({ lowThreshold: '0', state: 'OK' })
    await product.charge(team, conversation('160'), { memberId: 'ana' })
    expect(await product.balance(team)).toMatchObject({ available: '800', lowThreshold: '800', state: 'OK' })
    await product.charge(team, [{ rate: 'media.image', count: 2 }], { memberId: 'ben' })
    expect(await product.balance(team)).toMatchObject({ available: '780', lowThreshold: '805', state: 'LOW' })

    const own = await product.mutate('setLowBalanceThreshold', { teamId: team, percentOfMonthlyUsage: '10' })
    expect(own.__typename).toBe('Team')
    expect(await product.balance(team)).toMatchObject({ lowThreshold: '322', state: 'OK' })

    const text = `query ($id: ID!, $from: DateTime!, $to: DateTime!) { team(id: $id) {
      forecast { perDay runsOutAt } usage(from: $from, to: $to, groupBy: [MEMBER, CATEGORY]) { total rows { category member { id } credits } } } }`
    const window = { from: '2027-02-01T00:00:00.000Z', to: '2027-03-01T00:00:00.000Z' }
    const { forecast, usage } = (await product.query(text, { id: team, ...window })).team
    expect(forecast.perDay).toBe('230')
    expect(forecast.runsOutAt).toMatch(/^2027-02-13T/)
    expect(usage).toMatchObject({
      total: '3220',
      rows: [
        { category: 'conversation', member: { id: 'ana' }, credits: '3200' },
        { category: 'media', member: { id: 'ben' }, credits: '20' },
      ],
    })
  })
})
