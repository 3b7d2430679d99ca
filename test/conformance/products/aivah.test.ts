import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import { openProduct, type Product } from './product.ts'

const start = '2027-02-10T09:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('aivah', start)
})
afterAll(() => product.close())

/** The page knows of the payment a moment later at the latest. */
const stateOfPaid = /^(Payment under way|[\d,]+ credits added)$/
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

  test('A2, A3: six packages, each previewed before anything is confirmed, then bought by Checkout as previewed', async () => {
    const sold: [credits: number, price: string][] = [
      [2000, '10'],
      [5000, '20'],
      [10000, '30'],
      [20000, '40'],
      [30000, '50'],
      [40000, '60'],
    ]
    const team = await product.team('pro')
    const packages = await product.packages({ team, role: 'ADMIN' })
    expect(packages.map(({ credits, price }) => [Number(credits), price.amount])).toEqual(sold)
    const unitPrices = packages.map(({ pricePer1000 }) => Number(pricePer1000.amount))
    expect(unitPrices).toEqual(unitPrices.toSorted((one, other) => other - one))

    await product.charge(team, [{ rate: 'media.image', count: 3 }])
    const text = `query ($id: ID!) { purchasePreview(packageId: $id) {
      package { code purchasable } price { amount currency } currentBalance projectedBalance } }`
    let balance = 3970
    for (const [index, [credits, amount]] of sold.entries()) {
      const { code } = packages[index] ?? {}
      const { purchasePreview } = await product.query(text, { id: code }, { team, role: 'ADMIN' })
      expect(purchasePreview).toEqual({
        package: { code, purchasable: true },
        price: { amount, currency: 'USD' },
        ...{ currentBalance: `${balance}`, projectedBalance: `${balance + credits}` },
      })
      const { state, checkoutUrl } = await product.buy(team, code, { pay: 'CHECKOUT' })
      expect(state).toBe('PENDING')
      expect(await product.balance(team)).toMatchObject({ available: `${balance}` })
      await (await Page.open(checkoutUrl)).press(`Pay $${amount}.00`)
      balance += credits
      await product.eventually(async () => {
        expect(await product.balance(team)).toMatchObject({ available: `${balance}`, included: '3970' })
      })
    }
  })

  test('A4: Checkout comes back to /payment with success or cancel, and from there home or to the plans', async () => {
    const team = await product.team('free')
    const { checkoutUrl, id } = await product.buy(team, 'credits-2000')
    const checkout = await Page.open(checkoutUrl)
    expect(checkout.title).toBe('Pay $10.00')
    const canceled = await checkout.follow('Back')
    expect(canceled).toMatchObject({
      url: `${product.url}/payment?outcome=cancel`,
      status: 200,
      title: 'Payment canceled',
    })
    expect(await product.balance(team)).toMatchObject({ available: '200' })

    const declined = await checkout.press('Pay $10.00', { card: '4000000000000002' })
    expect(declined.html).toContain('Your card was declined.')
    const bank = await declined.press('Pay $10.00', { card: '4000002760003184' })
    expect((await bank.press('Fail')).html).toContain('Your bank did not confirm it.')
    const paid = await (await Page.open(checkoutUrl)).press('Pay $10.00')
    expect(paid).toMatchObject({
      url: expect.stringContaining(`${product.url}/payment?outcome=success&code=`),
      status: 200,
      title: expect.stringMatching(stateOfPaid),
    })
    for (const page of [canceled, paid]) {
      expect(Object.keys(page.links)).toEqual(['Home', 'Plans'])
      for (const words of ['Home', 'Plans']) expect((await page.follow(words)).status).toBe(200)
    }
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ available: '2200' }))
    expect(await product.purchases(team)).toMatchObject([{ id, state: 'PAID', checkoutUrl: null }])

    const own = { successUrl: `${product.url}/payment?outcome=success&chat=7`, cancelUrl: `${product.url}/` }
    const again = await Page.open((await product.buy(team, 'credits-2000', { pay: 'CHECKOUT', ...own })).checkoutUrl)
    expect(again.links.Back).toBe(own.cancelUrl)
    expect((await again.press('Pay $10.00')).url).toBe(own.successUrl)
    const elsewhere = await product.buy(team, 'credits-2000', { successUrl: 'https://elsewhere.example/' })
    expect(elsewhere).toMatchObject({ __typename: 'InvalidInput', message: expect.stringContaining('successUrl') })
  })

  test('A4: a confirmation that the bank refuses does not come back as a success', async () => {
    const team = await product.team('free')
    await product.saveCard(team, '4000002760003184')
    const asked = await product.buy(team, 'credits-2000')
    expect(asked).toMatchObject({ __typename: 'PaymentActionRequired', actionUrl: expect.stringMatching(/^http/) })
    const back = await (await Page.open(asked.actionUrl)).press('Fail')
    expect(new URL(back.url).pathname).toBe('/payment')
    // The gateway may know the bank's answer by then.
    expect(back.title).toMatch(/^Payment (not confirmed|declined)$/)
    await product.eventually(async () => expect(await product.purchases(team)).toMatchObject([{ state: 'FAILED' }]))

    const again = await product.buy(team, 'credits-2000')
    expect((await (await Page.open(again.actionUrl)).press('Complete')).title).toMatch(stateOfPaid)
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ available: '2200' }))
  })

  test('A5: out of credits says clearly what to do; a purchase counts at once and the next message goes on', async () => {
    const team = await product.team('free')
    const member = { team, role: 'MEMBER' } as const
    const toasts = await product.watchEvents(team, conversation('1'), 'type message')
    const pill = product.watch({ team, role: 'VIEWER' }, 'subscription { balance { available } }')
    await pill.next()
    const told = await product.hold(team, conversation('8'), { expiresInSeconds: 3600 }, member)
    const settled = await product.settle(told.id, conversation('10'))
    expect(settled).toMatchObject({ __typename: 'Charge', amount: '200' })
    const refused = await product.hold(team, conversation('1'), {}, member)
    expect(refused.message).toMatch(/^Out of credits — choose Add credit in the user menu, or wait until /)
    await toasts.until(({ accountEvents }) => accountEvents.type === 'BALANCE_EXHAUSTED')

    const { checkoutUrl } = await product.buy(team, 'credits-2000')
    await (await Page.open(checkoutUrl)).press('Pay $10.00')
    const added = await toasts.until(({ accountEvents }) => accountEvents.type === 'CREDITS_ADDED')
    expect(added.accountEvents.message).toBe('Credits added — send your next message to go on')
    await pill.until(({ balance }) => balance.available === '2000')
    expect(await product.hold(team, conversation('1'), {}, member)).toMatchObject({ __typename: 'Hold' })
    await pill.until(({ balance }) => balance.available === '1980')
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
      forecast { perDay runsOutAt } usage(from: $from, to: $to, groupBy: [MEMBER, CATEGORY]) { total rows { category member { memberId } credits } } } }`
    const window = { from: '2027-02-01T00:00:00.000Z', to: '2027-03-01T00:00:00.000Z' }
    const { forecast, usage } = (await product.query(text, { id: team, ...window })).team
    expect(forecast.perDay).toBe('230')
    expect(forecast.runsOutAt).toMatch(/^2027-02-13T/)
    expect(usage).toMatchObject({
      total: '3220',
      rows: [
        { category: 'conversation', member: { memberId: 'ana' }, credits: '3200' },
        { category: 'media', member: { memberId: 'ben' }, credits: '20' },
      ],
    })
  })
})
