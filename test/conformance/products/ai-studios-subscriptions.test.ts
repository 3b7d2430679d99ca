import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import type { Caller } from '../../setup/gateway.ts'
import { type Data, openProduct, type Product, type SubscriptionTerms } from './product.ts'

/** The tests advance the clock, each from where the one before left it. */
const start = '2027-01-10T09:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('ai-studios', start)
})
afterAll(() => product.close())

const personal = { plan: 'personal', cents: 2400 }
const teamPlan = { plan: 'team', cents: 9000 }

/** Sets the units as an admin of the team, unless `caller` says otherwise. */
async function setUnits(team: string, units: number, key: string = randomUUID(), caller: Caller = {}): Promise<Data> {
  const text = `mutation ($units: Int!, $key: String!) { setAddOnUnits(units: $units, idempotencyKey: $key) {
    __typename ... on Error { code message } ... on Team { addOnUnits } ... on PaymentDeclined { declineCode }
    ... on PaymentActionRequired { actionUrl } ... on PurchaseNotAllowed { admins { memberId } } } }`
  return (await product.query(text, { units, key }, { team, role: 'ADMIN', ...caller })).setAddOnUnits
}

async function standing(team: string): Promise<Data> {
  const text = `query ($id: ID!) { team(id: $id) { plan { code } seats addOnUnits } }`
  return (await product.query(text, { id: team })).team
}

/** The money that the customer has paid to Stripe, in cents. */
async function paid(customer: string): Promise<number> {
  const { data } = await product.stripe.invoices.list({ customer, limit: 100 })
  return data.reduce((sum, { amount_paid }) => sum + amount_paid, 0)
}

const images = (count: number) => [{ rate: 'image.generator', count }]

describe('ai-studios, by subscription', () => {
  test('D3, D4: a plan that is paid deposits its credits, each renewal anew; nothing rolls over', async () => {
    const given: [SubscriptionTerms, credits: string][] = [
      [personal, '60'],
      [{ ...teamPlan, seats: 3 }, '450'],
      [{ ...personal, cents: 24000, interval: 'year' }, '720'],
      [{ ...teamPlan, cents: 90000, interval: 'year', seats: 2 }, '3600'],
    ]
    const subscribed = await Promise.all(given.map(([terms]) => product.subscribe(terms)))
    for (const [index, { team }] of subscribed.entries()) {
      const [terms, credits] = given[index] ?? []
      expect(await standing(team)).toMatchObject({ plan: { code: terms?.plan }, seats: terms?.seats ?? 1 })
      expect((await product.balance(team)).period).toMatchObject({ allowance: credits })
    }
    const [monthly, , yearly] = subscribed
    if (monthly === undefined || yearly === undefined) throw new Error('Nobody has subscribed')
    await product.charge(monthly.team, images(10))
    await product.renew(monthly)
    expect(await product.balance(monthly.team)).toMatchObject({ available: '60', period: { used: '0' } })
    expect(await paid(monthly.customer)).toBe(4800)
    expect((await product.balance(yearly.team)).period).toMatchObject({ allowance: '720' })
  })

  test('D5: a unit is 60 credits for $10, there at once, renewed and reset with the cycle', async () => {
    const one = await product.subscribe(personal)
    const { available } = await product.balance(one.team)
    expect(await setUnits(one.team, 1)).toEqual({ __typename: 'Team', addOnUnits: 1 })
    expect(await product.balance(one.team)).toMatchObject({
      ...{ available: `${Number(available) + 60}`, additional: '60' },
    })
    expect(await paid(one.customer)).toBe(2400 + 1000)
    await product.charge(one.team, images(70))
    for (const renewals of [1, 2]) {
      await product.renew(one)
      expect(await product.balance(one.team)).toMatchObject({ available: '120', included: '60', additional: '60' })
      expect(await paid(one.customer)).toBe(3400 + renewals * 3400)
    }
  })

  test("D5: a team's unit is 200 credits for $30, shared by its seats; more pay for the difference, fewer give nothing back", async () => {
    const one = await product.subscribe({ ...teamPlan, seats: 3 })
    const { included } = await product.balance(one.team)
    const steps: [units: number, additional: string, cents: number][] = [
      [1, '200', 3000],
      [3, '600', 9000],
      [2, '600', 9000],
    ]
    for (const [units, additional, cents] of steps) {
      expect(await setUnits(one.team, units)).toMatchObject({ addOnUnits: units })
      expect(await product.balance(one.team)).toMatchObject({ included, additional })
      expect(await paid(one.customer)).toBe(27000 + cents)
    }
    await product.renew(one)
    expect(await product.balance(one.team)).toMatchObject({ available: '850', included: '450', additional: '400' })
    expect(await paid(one.customer)).toBe(27000 + 9000 + 27000 + 6000)
  })

  test('D5: only admins add units; a card that is declined adds none', async () => {
    const one = await product.subscribe(personal)
    await product.query('{ viewer { memberId } }', {}, { team: one.team, role: 'ADMIN' })
    const refused = await setUnits(one.team, 1, randomUUID(), { member: 'ben', role: 'MEMBER' })
    expect(refused).toMatchObject({ __typename: 'PurchaseNotAllowed', admins: [{ memberId: 'ana' }] })
    product.sandbox.banks.decline({ code: 'insufficient_funds', customer: one.customer })
    const declined = await setUnits(one.team, 1)
    expect(declined).toMatchObject({ __typename: 'PaymentDeclined', declineCode: 'insufficient_funds' })
    expect(await standing(one.team)).toMatchObject({ addOnUnits: 0 })
    expect([(await product.balance(one.team)).additional, await paid(one.customer)]).toEqual(['0', 2400])
    expect(await setUnits(one.team, 1)).toMatchObject({ addOnUnits: 1 })
    expect(await paid(one.customer)).toBe(3400)
  })

  test('D5: a bank that wants the customer is answered on the page, and the units are there', async () => {
    const one = await product.subscribe(personal)
    const { id } = await product.stripe.paymentMethods.attach('pm_card_authenticationRequired', {
      customer: one.customer,
    })
    await product.stripe.customers.update(one.customer, { invoice_settings: { default_payment_method: id } })
    const asked = await setUnits(one.team, 2, 'two-units')
    expect(asked).toMatchObject({ __typename: 'PaymentActionRequired', actionUrl: expect.stringMatching(/^http/) })
    expect(await product.balance(one.team)).toMatchObject({ additional: '0' })
    const invoice = await Page.open(asked.actionUrl)
    const bank = await invoice.press('Pay $20.00', { number: '4000 0027 6000 3184' })
    await bank.press('Complete')
    await product.eventually(async () => expect(await standing(one.team)).toMatchObject({ addOnUnits: 2 }))
    expect(await product.balance(one.team)).toMatchObject({ additional: '120' })
    expect(await setUnits(one.team, 2, 'two-units')).toMatchObject({ addOnUnits: 2 })
    expect(await paid(one.customer)).toBe(2400 + 2000)
  })

  test('D4, D5: at zero it says until when, and to add units; packages are not sold', async () => {
    const { team } = await product.subscribe(personal)
    const { period } = await product.balance(team)
    await product.charge(team, images(60))
    const { message, nextGrantAt } = await product.hold(team, images(1), {}, { team, role: 'ADMIN' })
    expect(message).toMatch(/^Generative credits used up — add units or wait until \w+, \w+ \d+$/)
    expect(nextGrantAt).toBe(period.resetsAt)
    const refused = await product.buy(team, 'starter')
    expect(refused).toMatchObject({
      message: 'The plan sells no packages. Contact whoever manages your subscription, to add units.',
    })
    expect(await setUnits(team, 1)).toMatchObject({ addOnUnits: 1 })
    expect((await product.hold(team, images(1))).__typename).toBe('Hold')
  })

  test('D6: cancelled mid-cycle, the credits stay to its end, and the next cycle has and costs none', async () => {
    const one = await product.subscribe(teamPlan)
    await setUnits(one.team, 1)
    expect(await setUnits(one.team, 0)).toMatchObject({ addOnUnits: 0 })
    expect(await product.balance(one.team)).toMatchObject({ additional: '200' })
    await product.pass(20 * 24 * 60)
    expect((await product.charge(one.team, images(200))).__typename).toBe('Charge')
    const { additional } = await product.balance(one.team)
    expect(Number(additional)).toBeGreaterThan(0)
    await product.renew(one)
    expect(await product.balance(one.team)).toMatchObject({ available: '150', additional: '0' })
    expect(await paid(one.customer)).toBe(9000 + 3000 + 9000)
  })

  test('D6: an add-on needs an active subscription, and ends with it', async () => {
    const free = await product.team('free')
    expect(await setUnits(free, 1)).toMatchObject({ __typename: 'AddOnNotAvailable' })

    const one = await product.subscribe(teamPlan)
    await setUnits(one.team, 1)
    await product.stripe.subscriptions.update(one.subscription.id, { cancel_at_period_end: true })
    await product.sandbox.idle()
    expect(await standing(one.team)).toMatchObject({ plan: { code: 'team' }, addOnUnits: 1 })
    expect(await product.balance(one.team)).toMatchObject({ additional: '200' })
    await product.renew(one)
    expect(await standing(one.team)).toMatchObject({ plan: { code: 'free' }, addOnUnits: 0 })
    expect(await product.balance(one.team)).toMatchObject({ available: '16', additional: '0' })
    expect(await paid(one.customer)).toBe(9000 + 3000)

    const other = await product.subscribe(teamPlan)
    await setUnits(other.team, 1)
    await product.stripe.subscriptions.cancel(other.subscription.id)
    await product.sandbox.idle()
    expect(await standing(other.team)).toMatchObject({ plan: { code: 'free' }, addOnUnits: 0 })
    expect(await setUnits(other.team, 1)).toMatchObject({ __typename: 'AddOnNotAvailable' })
    await product.pass(31 * 24 * 60)
    expect(await product.balance(other.team)).toMatchObject({ available: '16', additional: '0' })
    expect(await paid(other.customer)).toBe(9000 + 3000)
  })
})
