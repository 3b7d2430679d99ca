import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import { type Data, openProduct, type Product } from './product.ts'

let product: Product

beforeAll(async () => {
  product = await openProduct('example-eu', '2027-02-10T09:00:00.000Z')
})
afterAll(() => product.close())

const euros = (amount: string) => ({ amount, currency: 'EUR' })
const money = '{ amount currency }'
const bought = `... on Purchase { id state cause credits package { code } net ${money} tax ${money} total ${money} price ${money}
  checkoutUrl invoiceUrl paymentReference failure grant { kind granted } }
  ... on AmountNotSold { least most step } ... on InvalidInput { path } ... on PaymentDeclined { declineCode }`

const buy = (team: string, input: Record<string, unknown>): Promise<Data> =>
  product.mutate('purchaseCredits', input, bought, { team, role: 'ADMIN' })

const preview = async (team: string, given: string): Promise<Data> => {
  const text = `{ purchasePreview(${given}) { package { code } credits net ${money} tax ${money} total ${money} price ${money}
    currentBalance projectedBalance } }`
  return (await product.query(text, {}, { team, role: 'ADMIN' })).purchasePreview
}

/** A team in Germany with a saved card. */
async function buyer(): Promise<string> {
  const team = await product.team('free')
  await product.saveCard(team)
  const text = 'mutation ($input: BillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
  const set = await product.query(text, { input: { country: 'DE' } }, { team, role: 'ADMIN' })
  expect(set.setBillingDetails).toEqual({ __typename: 'Team' })
  return team
}

const price = (amount: string) => ({ net: euros(amount), tax: null, total: euros(amount), price: euros(amount) })

describe('any amount of credits', () => {
  test('is offered with its bounds and its prices', async () => {
    const text = `{ customTopUp { least most step purchasable illustrative tiers { from perCredit ${money} } } }`
    const team = await product.team('free')
    const { customTopUp } = await product.query(text, {}, { team, role: 'ADMIN' })
    expect(customTopUp).toMatchObject({ least: '500', most: '100000', step: '500', purchasable: true })
    expect(customTopUp.tiers[1]).toEqual({ from: '5000', perCredit: euros('0.009') })
    const seen = await product.query(text, {}, { team, role: 'VIEWER' })
    expect(seen.customTopUp).toEqual({ ...customTopUp, purchasable: false })
  })

  test('is previewed, then paid by Checkout as previewed, with a title that names the credits', async () => {
    const team = await product.team('free')
    const seen = await preview(team, 'credits: "12500"')
    const balances = { currentBalance: '200', projectedBalance: '12700' }
    expect(seen).toEqual({ package: null, credits: '12500', ...price('106.88'), ...balances })
    const { checkoutUrl, ...begun } = await buy(team, { credits: '12500', pay: 'CHECKOUT' })
    expect(begun).toMatchObject({ state: 'PENDING', package: null, credits: '12500', ...price('106.88'), grant: null })
    const checkout = await Page.open(checkoutUrl)
    expect(checkout.html).toContain('12,500 credits')
    await checkout.press('Pay €106.88', { country: 'DE' })
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ available: '12700' }))
    const sums = { net: euros('106.88'), tax: euros('20.31'), total: euros('127.19'), price: euros('106.88') }
    expect(await preview(team, 'credits: "12500"')).toMatchObject(sums)
    const again = await buy(team, { credits: '12500', pay: 'CHECKOUT' })
    expect(again).toMatchObject({ state: 'PENDING', ...sums })
  })

  test('is charged to the saved method at once, and its receipt and invoice name the credits', async () => {
    const team = await buyer()
    const paid = await buy(team, { credits: '500' })
    expect(paid).toMatchObject({ state: 'PAID', package: null, grant: { kind: 'PACKAGE', granted: '500' } })
    const intent = await product.stripe.paymentIntents.retrieve(paid.paymentReference)
    expect(paid).toMatchObject({ net: euros('5'), tax: euros('0.95'), total: euros('5.95'), price: euros('5') })
    expect(intent).toMatchObject({ amount: 595, currency: 'eur', description: '500 credits' })
    await product.eventually(async () => {
      const { data } = await product.stripe.invoices.list({ customer: `${intent.customer}` })
      expect(data[0]?.lines.data[0]).toMatchObject({ description: '500 credits', amount: 500 })
    })
    const [entry] = await product.activity(team)
    expect(entry).toMatchObject({ type: 'GRANT', amount: '500', reference: paid.paymentReference })
  })

  test('is one purchase under its key, and another amount or a package under it is a conflict', async () => {
    const team = await buyer()
    const again = { idempotencyKey: randomUUID() }
    const first = await buy(team, { credits: '1000', ...again })
    expect(first).toMatchObject({ state: 'PAID', credits: '1000' })
    expect(await buy(team, { credits: '1000.000', ...again })).toMatchObject({ id: first.id, state: 'PAID' })
    for (const other of [{ credits: '1500' }, { packageId: 'small' }]) {
      expect(await buy(team, { ...other, ...again })).toMatchObject({ __typename: 'IdempotencyConflict' })
    }
    expect(await product.balance(team)).toMatchObject({ available: '1200' })
  })

  test.each(['0', '-500', '499', '750', '100500', '500.000001'])(
    'of %s is refused with what is sold',
    async (credits) => {
      const team = await product.team('free')
      expect(await buy(team, { credits })).toMatchObject({
        __typename: 'AmountNotSold',
        code: 'AMOUNT_NOT_SOLD',
        message: `${credits} credits are not sold. Buy 500 to 100000 credits, in steps of 500.`,
        ...{ least: '500', most: '100000', step: '500' },
      })
      expect(await preview(team, `credits: "${credits}"`)).toBeNull()
    },
  )

  test('needs exactly one of a package and an amount', async () => {
    const team = await product.team('free')
    const refusal = { __typename: 'InvalidInput', path: ['packageId'], message: expect.stringContaining('one of them') }
    expect(await buy(team, {})).toMatchObject(refusal)
    expect(await buy(team, { packageId: 'small', credits: '500' })).toMatchObject(refusal)
    await expect(preview(team, 'packageId: "small", credits: "500"')).rejects.toThrow('one of them')
    expect(await preview(team, 'packageId: "small"')).toMatchObject({ package: { code: 'small' }, credits: '2000' })
  })

  test('counts in the money of a day like a package: ten times the largest amount', async () => {
    const team = await buyer()
    for (let count = 0; count < 10; count++) {
      expect(await buy(team, { credits: '100000' }), `${count}`).toMatchObject({ state: 'PAID' })
    }
    expect(await buy(team, { credits: '500' })).toMatchObject({
      __typename: 'PaymentDeclined',
      declineCode: 'daily_limit',
      message: expect.stringContaining('A team buys credits for €8,400 in 24 hours at most'),
    })
  })
})

describe('a recharge to a target balance', () => {
  const fields = `enabled state threshold targetBalance maxPerDay rechargesToday package { code } spentThisMonth ${money} lastFailure`
  const configure = (team: string, input: Record<string, unknown>): Promise<Data> =>
    product.mutate(
      'configureAutoRecharge',
      { enabled: true, threshold: '100', targetBalance: '2000', ...input },
      `... on AutoRecharge { ${fields} } ... on InvalidInput { path } ... on InvalidAmount { path }`,
      { team, role: 'ADMIN' },
    )
  const recharge = async (team: string): Promise<Data> =>
    (await product.query(`{ team { autoRecharge { ${fields} } } }`, {}, { team, role: 'ADMIN' })).team.autoRecharge
  const chat = (count: number) => [{ rate: 'chat.message', quantity: `${count}` }]

  test('buys the least amount that reaches it, once a day where one is the limit', async () => {
    const team = await buyer()
    expect(await configure(team, { maxPerDay: 1 })).toMatchObject({
      __typename: 'AutoRecharge',
      ...{ state: 'ARMED', targetBalance: '2000', maxPerDay: 1, rechargesToday: 0, package: null },
    })
    await product.charge(team, chat(150))
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ available: '2050' }))
    const [filled] = await product.purchases(team)
    expect(filled).toMatchObject({ state: 'PAID', cause: 'RECHARGE', package: null, price: euros('20') })
    expect(await recharge(team)).toMatchObject({ state: 'ARMED', rechargesToday: 1, spentThisMonth: euros('20') })

    await product.charge(team, chat(2000))
    expect(await recharge(team)).toMatchObject({ state: 'CAPPED', rechargesToday: 1 })
    await product.pass(24 * 60)
    expect(await recharge(team)).toMatchObject({ state: 'ARMED', rechargesToday: 0 })
    await product.charge(team, chat(1))
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ available: '2049' }))
  })

  test('is refused with a package beside it, without a target, or with one that it can not reach', async () => {
    const team = await buyer()
    for (const [input, typename, path] of [
      [{ packageId: 'small' }, 'InvalidInput', 'targetBalance'],
      [{ targetBalance: null }, 'InvalidInput', 'packageId'],
      [{ targetBalance: '99' }, 'InvalidAmount', 'targetBalance'],
      [{ targetBalance: '1000001' }, 'InvalidAmount', 'targetBalance'],
      [{ monthlyCap: '19.99' }, 'InvalidAmount', 'monthlyCap'],
      [{ maxPerDay: 0 }, 'InvalidAmount', 'maxPerDay'],
    ] as const) {
      expect(await configure(team, input)).toMatchObject({ __typename: typename, path: [path] })
    }
    expect(await recharge(team)).toMatchObject({ enabled: false, targetBalance: null, maxPerDay: null })
  })
})
