import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { caller, type Gateway, newKey, openGateway, operator } from './gateway.ts'

/** In euros and dollars, and public. */
const example = loadCatalog('catalogs/example-eu.yaml')

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({}, { catalog: example })
  for (const [teamId, currency] of [
    ['euros', 'EUR'],
    ['dollars', 'USD'],
    ['undecided', null],
  ]) {
    const result = await assign({ teamId, currency })
    expect(result).toMatchObject({ __typename: 'Team', currency: currency ?? 'EUR' })
  }
})
afterAll(() => gateway.close())

const assignPlan = `mutation ($input: AssignPlanInput!) { assignPlan(input: $input) {
  __typename ... on Team { currency } ... on InvalidInput { message path } } }`
const assign = async (input: Record<string, unknown>) =>
  (await gateway.ask(operator, assignPlan, { input: { planId: 'team', idempotencyKey: newKey(), ...input } }))
    .assignPlan

const priced = `query ($currency: String) {
  currencies
  packages(currency: $currency) { code id price { amount currency } prices { amount currency } }
  customTopUp(currency: $currency) { tiers { perCredit { amount currency } } }
}`
const pricesFor = async (viewer: Parameters<Gateway['run']>[0], currency?: string) => {
  const { data, errors } = await gateway.run(viewer, priced, { currency })
  if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join())
  const { currencies, packages, customTopUp } = data
  const [first] = packages
  const told = ({ amount, currency: of }: { amount: string; currency: string }) => `${amount} ${of}`
  return {
    currencies: [...currencies],
    price: told(first.price),
    prices: first.prices.map(told),
    tier: told(customTopUp.tiers[0].perCredit),
    id: first.id,
  }
}

describe('prices', () => {
  const euros = { currencies: ['EUR', 'USD'], price: '20 EUR', prices: ['20 EUR', '22 USD'], tier: '0.01 EUR' }
  const dollars = { ...euros, price: '22 USD', tier: '0.011 USD' }

  test('are in the currency that a guest asks for, else in the main one', async () => {
    expect(await pricesFor(null)).toMatchObject(euros)
    expect(await pricesFor(null, 'USD')).toMatchObject(dollars)
    const text = '{ packages(currency: "GBP") { code } customTopUp(currency: "GBP") { step } }'
    const { data, errors } = await gateway.run(null, text)
    expect(data).toEqual({ packages: [], customTopUp: null })
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('nothing is sold in it: give one of EUR, USD'),
    ])
  })

  test('are in the currency of the team of who looks, if no other one is asked for', async () => {
    expect(await pricesFor(caller('MEMBER', 'dollars'))).toMatchObject(dollars)
    expect(await pricesFor(caller('MEMBER', 'dollars'), 'EUR')).toMatchObject(euros)
    expect(await pricesFor(caller('MEMBER', 'euros'))).toMatchObject(euros)
    expect(await pricesFor(caller('MEMBER', 'undecided'))).toMatchObject(euros)
    expect(await pricesFor(operator)).toMatchObject(euros)
  })

  test('in another currency are other content, under another id, of which each names the package', async () => {
    const [inEuros, inDollars] = [await pricesFor(null), await pricesFor(null, 'USD')]
    expect(inEuros.id).not.toBe(inDollars.id)
    const preview = 'query ($packageId: ID) { purchasePreview(packageId: $packageId) { price { amount currency } } }'
    for (const { id } of [inEuros, inDollars]) {
      const { purchasePreview } = await gateway.ask(caller('ADMIN', 'dollars'), preview, { packageId: id })
      expect(purchasePreview.price).toEqual({ amount: '22', currency: 'USD' })
    }
  })
})

describe('a preview', () => {
  const preview = `query ($currency: String) { purchasePreview(packageId: "small", currency: $currency) {
    price { amount currency } package { price { currency } } } }`
  const previewFor = (team: string, currency?: string) => gateway.run(caller('ADMIN', team), preview, { currency })

  test('is in the currency of the team, or in the one that the first purchase would choose', async () => {
    const shown = async (team: string, currency?: string) => {
      const { price, package: pack } = (await previewFor(team, currency)).data.purchasePreview
      return [price.amount, price.currency, pack.price.currency]
    }
    expect(await shown('dollars')).toEqual(['22', 'USD', 'USD'])
    expect(await shown('dollars', 'USD')).toEqual(['22', 'USD', 'USD'])
    expect(await shown('undecided')).toEqual(['20', 'EUR', 'EUR'])
    expect(await shown('undecided', 'USD')).toEqual(['22', 'USD', 'USD'])
  })

  test('in another currency than that of the team is refused', async () => {
    const { codes, errors } = await previewFor('dollars', 'EUR')
    expect(codes).toEqual(['BAD_USER_INPUT'])
    expect(errors?.[0]?.message).toContain('the team pays in USD')
  })
})

describe('a purchase', () => {
  const buy = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) {
    __typename ... on InvalidInput { message path } } }`
  const buyFor = async (team: string, currency: string, key = newKey()) => {
    const input = { packageId: 'small', currency, idempotencyKey: key }
    return (await gateway.ask(caller('ADMIN', team), buy, { input })).purchaseCredits
  }

  test('in another currency than that of the team is refused, and says why', async () => {
    expect(await buyFor('dollars', 'EUR')).toEqual({
      __typename: 'InvalidInput',
      message: 'currency: the team pays in USD: give USD, or no currency.',
      path: ['currency'],
    })
    expect(await buyFor('dollars', 'GBP')).toMatchObject({ message: expect.stringContaining('give one of EUR, USD') })
  })

  test('chooses the currency of its team, which the operator can not change while it may be paid', async () => {
    await assign({ teamId: 'buyer', currency: null })
    const key = newKey()
    expect((await buyFor('buyer', 'USD', key)).__typename).toBe('PaymentUnavailable')
    const input = { packageId: 'small', currency: 'EUR', idempotencyKey: key }
    const repeated = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { __typename } }`
    const again = await gateway.ask(caller('ADMIN', 'buyer'), repeated, { input })
    expect(again.purchaseCredits.__typename).toBe('IdempotencyConflict')
    const { team } = await gateway.ask(operator, '{ team(id: "buyer") { currency } }')
    expect(team.currency).toBe('USD')
    expect(await assign({ teamId: 'buyer', currency: 'EUR' })).toMatchObject({ __typename: 'InvalidInput' })
    expect(await assign({ teamId: 'buyer' })).toMatchObject({ __typename: 'Team', currency: 'USD' })
  })
})

test('a team may choose among all currencies until it has one, or something cost it money', async () => {
  const currenciesOf = async (id: string) =>
    (await gateway.ask(operator, 'query ($id: ID) { team(id: $id) { currencies } }', { id })).team.currencies
  expect(await currenciesOf('dollars')).toEqual(['USD'])
  await assign({ teamId: 'choosing', currency: null })
  expect(await currenciesOf('choosing')).toEqual(['EUR', 'USD'])
  const buy = 'mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { __typename } }'
  const input = { packageId: 'small', currency: 'USD', idempotencyKey: newKey() }
  await gateway.ask(caller('ADMIN', 'choosing'), buy, { input })
  expect(await currenciesOf('choosing')).toEqual(['USD'])
})

test('the text of a mandate names the price in the currency of the team', async () => {
  const text =
    'query ($currency: String) { rechargeMandate(threshold: "100", packageId: "small", currency: $currency) }'
  const mandateFor = async (team: string, currency?: string) =>
    (await gateway.ask(caller('ADMIN', team), text, { currency })).rechargeMandate
  expect(await mandateFor('dollars')).toContain('22 USD')
  expect(await mandateFor('undecided')).toContain('20 EUR')
  expect(await mandateFor('undecided', 'USD')).toContain('22 USD')
})
