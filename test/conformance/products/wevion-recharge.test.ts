import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import type { Watch } from '../../setup/watching.ts'
import { type Data, openProduct, type Product } from './product.ts'

/** A Wednesday. The tests move the clock on, each from where the one before left it. */
const start = '2027-01-06T10:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('wevion', start)
})
afterAll(() => product.close())

const cheap = [{ rate: 'chat.input', quantity: '1' }]
/** A multiple of 250 credits. */
const spend = async (team: string, credits: number) => {
  const charged = await product.charge(team, [{ rate: 'chat.deep-analysis', quantity: `${credits / 250}` }])
  expect(charged).toMatchObject({ __typename: 'Charge', amount: `${credits}` })
}

const pillOf = (team: string) => product.watchEvents(team, cheap, 'type message amount balance { available }')
const until = async (pill: Watch<Data>, type: string): Promise<Data> =>
  (await pill.until(({ accountEvents }) => accountEvents.type === type)).accountEvents

const terms = { enabled: true, threshold: '1000', packageId: 'starter', monthlyCap: '10' }
const usd = (amount: string) => ({ amount, currency: 'USD' })

/** On the Starter plan, whose 2,500 credits a week are above the threshold, with a saved card and its pill. */
async function recharging(card: string, given: Record<string, unknown> = {}) {
  const team = await product.team('starter')
  await product.saveCard(team, card)
  const pill = await pillOf(team)
  expect(await product.configureRecharge(team, { ...terms, ...given })).toMatchObject({ state: 'ARMED' })
  return { team, pill }
}

describe('wevion, auto-recharge', () => {
  test('W5: it buys by itself when the balance drops below the threshold, up to the cap; a new month buys again', async () => {
    const team = await product.team('starter')
    const needed = await product.configureRecharge(team, terms)
    expect(needed.__typename).toBe('NoPaymentMethod')
    const setup = await Page.open(needed.setupUrl)
    expect((await setup.follow('Back')).title).toBe('No payment method saved')
    expect((await setup.press('Save')).title).toBe('Payment method saved')
    expect(await product.configureRecharge(team, terms)).toMatchObject({
      __typename: 'AutoRecharge',
      enabled: true,
      threshold: '1000',
      package: { code: 'starter' },
      monthlyCap: { amount: '10' },
      spentThisMonth: usd('0'),
      state: 'ARMED',
    })
    const pill = await pillOf(team)
    await spend(team, 1500)
    expect(await product.balance(team)).toMatchObject({ available: '1000' })
    expect(await product.purchases(team)).toEqual([])

    await spend(team, 500)
    const bought = await until(pill, 'RECHARGE_SUCCEEDED')
    expect(bought).toMatchObject({ amount: '5000', balance: { available: '5500' } })
    expect(bought.message).toMatch(/5,000/)
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', spentThisMonth: usd('5') })
    const [purchase] = await product.purchases(team)
    expect(purchase).toMatchObject({ state: 'PAID', cause: 'RECHARGE', price: usd('5'), member: null })
    expect(purchase.grant).toMatchObject({ kind: 'AUTO_RECHARGE', expiresAt: null })
    expect((await product.activity(team, { types: ['GRANT'] }))[0]).toMatchObject({
      amount: '5000',
      reference: purchase.paymentReference,
    })

    await spend(team, 5000)
    await until(pill, 'RECHARGE_SUCCEEDED')
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', spentThisMonth: usd('10') })

    await spend(team, 5000)
    expect((await until(pill, 'RECHARGE_CAPPED')).balance).toEqual({ available: '500' })
    expect(await product.recharge(team)).toMatchObject({ enabled: true, state: 'CAPPED', spentThisMonth: usd('10') })
    await spend(team, 500)
    expect(await product.purchases(team)).toHaveLength(2)

    await product.moveTo('2027-02-01T00:00:00.000Z')
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', spentThisMonth: usd('0') })
    await spend(team, 2000)
    await until(pill, 'RECHARGE_SUCCEEDED')
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', spentThisMonth: usd('5') })
  })

  test('W5: what is refused at zero buys too, so that the same asked again goes on', async () => {
    const team = await product.team('starter')
    await product.saveCard(team)
    const pill = await pillOf(team)
    await spend(team, 2500)
    await product.configureRecharge(team, { ...terms, threshold: '0.000001' })
    const usage = [{ rate: 'chat.deep-analysis' }]
    const estimate = '... on Estimate { sufficient wouldTriggerRecharge }'
    const asked = `query ($usage: [UsageInput!]!) { estimate(usage: $usage) { ${estimate} } }`
    expect((await product.query(asked, { usage }, { team, role: 'MEMBER' })).estimate).toEqual({
      sufficient: false,
      wouldTriggerRecharge: true,
    })
    expect((await product.hold(team, usage)).__typename).toBe('InsufficientCredits')
    await until(pill, 'RECHARGE_SUCCEEDED')
    expect((await product.hold(team, usage)).__typename).toBe('Hold')
  })

  test('W5: turned off while a payment waits for the customer, nothing more is bought', async () => {
    const { team, pill } = await recharging('4000002760003184')
    await spend(team, 2000)
    await until(pill, 'RECHARGE_ACTION_REQUIRED')
    const { actionUrl } = await product.recharge(team)
    expect(await product.configureRecharge(team, { enabled: false })).toMatchObject({ state: 'OFF', enabled: false })
    await (await (await Page.open(actionUrl)).press('Confirm the payment')).press('Complete')
    await until(pill, 'RECHARGE_SUCCEEDED')
    expect(await product.recharge(team)).toMatchObject({ state: 'OFF' })
    await product.pass(24 * 60)
    expect(await product.purchases(team)).toHaveLength(1)
  })

  test('W5: not confirmed within a day, it is paused, and the price is free for the month again', async () => {
    const { team, pill } = await recharging('4000002760003184')
    await spend(team, 2000)
    await until(pill, 'RECHARGE_ACTION_REQUIRED')
    await product.pass(25 * 60)
    await until(pill, 'RECHARGE_FAILED')
    expect(await product.recharge(team)).toMatchObject({ state: 'PAUSED', spentThisMonth: usd('0'), actionUrl: null })
    expect(await product.purchases(team)).toMatchObject([{ state: 'CANCELED' }])
  })

  test('W5, W9: on a plan that sells no packages it buys nothing, and says so', async () => {
    const { team, pill } = await recharging('4242424242424242')
    await product.mutate('assignPlan', { teamId: team, planId: 'enterprise' })
    await spend(team, 2000)
    expect((await until(pill, 'RECHARGE_FAILED')).message).toMatch(/plan sells no packages/)
    expect(await product.recharge(team)).toMatchObject({ state: 'PAUSED' })
    expect(await product.purchases(team)).toEqual([])
  })

  test('W5: as many packages as it takes to be back at the threshold, within the cap', async () => {
    const { team, pill } = await recharging('5555555555554444', { threshold: '12000', monthlyCap: '20' })
    expect(await product.purchases(team)).toEqual([])
    await spend(team, 500)
    await pill.until(({ accountEvents }) => accountEvents.balance.available === '12000')
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', spentThisMonth: usd('10') })
  })

  test('W5: declines are told, tried again later, and pause it after three; another card goes on', async () => {
    const { team, pill } = await recharging('4000000000000341')
    await spend(team, 2000)
    const failed = await until(pill, 'RECHARGE_FAILED')
    expect(failed.message).toMatch(/declined/)
    expect(await product.recharge(team)).toMatchObject({
      state: 'CHARGING',
      spentThisMonth: usd('0'),
      lastFailure: 'Your card was declined.',
    })
    const attempts = async () => (await product.purchases(team)).map(({ state }) => state)
    expect(await attempts()).toEqual(['FAILED'])
    await spend(team, 250)
    expect(await attempts()).toEqual(['FAILED'])

    await product.pass(61)
    await product.eventually(async () => expect(await attempts()).toEqual(['FAILED', 'FAILED']))
    await product.pass(5 * 60)
    expect(await attempts()).toEqual(['FAILED', 'FAILED'])
    await product.pass(61)
    await until(pill, 'RECHARGE_FAILED')
    expect(await product.recharge(team)).toMatchObject({ state: 'PAUSED', lastFailure: 'Your card was declined.' })
    await product.pass(24 * 60)
    await spend(team, 250)
    expect(await attempts()).toEqual(['FAILED', 'FAILED', 'FAILED'])

    await product.saveCard(team)
    await until(pill, 'RECHARGE_SUCCEEDED')
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', lastFailure: null, spentThisMonth: usd('5') })
  })

  test('W5: paused, it is armed again by setting it again; the next demand buys', async () => {
    const { team, pill } = await recharging('4100000000000019')
    await spend(team, 2000)
    await until(pill, 'RECHARGE_FAILED')
    expect(await product.recharge(team)).toMatchObject({ state: 'PAUSED' })
    expect(await product.configureRecharge(team, terms)).toMatchObject({ state: 'ARMED', lastFailure: null })
    expect(await product.purchases(team)).toHaveLength(1)
    await spend(team, 250)
    await until(pill, 'RECHARGE_FAILED')
    expect(await product.purchases(team)).toHaveLength(2)
  })

  test('W5: a bank that wants the customer parks it with a link, and it goes on when confirmed there', async () => {
    const { team, pill } = await recharging('4000002760003184')
    await spend(team, 2000)
    expect((await until(pill, 'RECHARGE_ACTION_REQUIRED')).message).toMatch(/confirm/)
    const parked = await product.recharge(team)
    expect(parked).toMatchObject({ state: 'ACTION_REQUIRED', spentThisMonth: usd('5') })
    const asMember = '{ viewer { team { autoRecharge { state actionUrl } } } }'
    const { viewer } = await product.query(asMember, {}, { team, member: 'ben', role: 'MEMBER' })
    expect(viewer.team.autoRecharge).toEqual({ state: 'ACTION_REQUIRED', actionUrl: null })

    const page = await Page.open(parked.actionUrl)
    expect(page.html).toContain('confirm $5 for Starter')
    const bank = await page.press('Confirm the payment')
    expect(bank.html).toContain('$5.00')
    expect((await bank.press('Complete')).title).toMatch(/^(Payment under way|[\d,]+ credits added)$/)
    expect(await until(pill, 'RECHARGE_SUCCEEDED')).toMatchObject({
      balance: { available: expect.stringMatching(/^5/) },
    })
    expect(await product.recharge(team)).toMatchObject({ state: 'ARMED', actionUrl: null, spentThisMonth: usd('5') })
  })
})
