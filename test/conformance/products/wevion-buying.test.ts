import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import { connect, Watch } from '../../setup/watching.ts'
import { type Data, openProduct, type Product } from './product.ts'

/** A Wednesday. The tests advance the clock, each from where the one before left it. */
const start = '2027-01-06T10:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('wevion', start)
})
afterAll(() => product.close())

/** 30 credits each. */
const flux = (count: number) => [{ rate: 'image.flux-2-pro', count }]
/** The 500 credits of the Free plan's week. */
const everything = [...flux(10), { rate: 'image.gpt-image-1-5', count: 5 }]

const toasts = (team: string) => product.watchEvents(team, flux(1), 'type message amount balance { available }')
const ofType = (type: string) => (data: Data) => data.accountEvents.type === type

/** Stripe's charges of the team, in cents, oldest first. */
async function charges(team: string): Promise<number[]> {
  const references = (await product.purchases(team)).map(({ paymentReference }) => paymentReference).toReversed()
  const intents = await Promise.all(
    references.flatMap((id) => (id === null ? [] : product.stripe.paymentIntents.retrieve(id))),
  )
  return intents.filter(({ status }) => status === 'succeeded').map(({ amount_received }) => amount_received)
}

describe('wevion, buying', () => {
  test('W4, V3: each package is bought on every tier that sells it, Free included, at exactly its price', async () => {
    for (const plan of ['free', 'starter', 'pro']) {
      const team = await product.team(plan)
      await product.saveCard(team)
      const { included } = await product.balance(team)
      let additional = 0
      for (const [id, credits, price] of [
        ['starter', 5000, 5],
        ['standard', 20000, 20],
        ['pro', 50000, 50],
      ] as const) {
        additional += credits
        const bought = await product.buy(team, id)
        expect(bought).toMatchObject({
          ...{
            __typename: 'Purchase',
            state: 'PAID',
            cause: 'PURCHASE',
            price: { amount: `${price}`, currency: 'USD' },
          },
          ...{ package: { code: id, credits: `${credits}` }, member: { memberId: 'ana' }, checkoutUrl: null },
          balance: { available: `${Number(included) + additional}`, additional: `${additional}` },
        })
        const paid = await product.stripe.paymentIntents.retrieve(bought.paymentReference)
        expect(paid).toMatchObject({ status: 'succeeded', amount_received: price * 100, currency: 'usd' })
      }
      expect(await product.balance(team)).toMatchObject({ included, additional: '75000' })
    }
  })

  test('W4: charged at once, a `Credits added` toast, an invoice with its line, and a receipt by mail', async () => {
    const team = await product.team('free')
    const events = await toasts(team)
    const first = await product.buy(team, 'starter')
    expect(first).toMatchObject({ __typename: 'Purchase', state: 'PENDING', balance: { additional: '0' } })
    const checkout = await Page.open(first.checkoutUrl)
    await checkout.press('Pay $5.00', { email: 'ana@example.com' })
    await events.until(ofType('CREDITS_ADDED'))

    const bought = await product.buy(team, 'standard')
    expect(bought).toMatchObject({ state: 'PAID', balance: { available: '25500', additional: '25000' } })
    expect(bought.invoiceUrl).toMatch(/^http/)
    const { accountEvents: toast } = await events.until(ofType('CREDITS_ADDED'))
    expect(toast).toMatchObject({ message: 'Credits added', amount: '20000', balance: { available: '25500' } })

    const paid = await product.stripe.paymentIntents.retrieve(bought.paymentReference)
    expect(paid.receipt_email).toBe('ana@example.com')
    const invoice = await product.eventually(async () => {
      const [newest] = await product.purchases(team)
      const page = await Page.open(newest.invoiceUrl)
      expect(page.title).toMatch(/^Invoice .* \(paid\)$/)
      return page
    })
    expect(invoice.html).toContain('<td>Standard, 20,000 credits</td><td>$20.00</td>')
    expect((await product.portal(team)).html).toContain(`<a href="${invoice.url}">`)

    const third = await product.buy(team, 'starter', { pay: 'CHECKOUT' })
    await (await Page.open(third.checkoutUrl)).press('Pay $5.00')
    await events.until(ofType('CREDITS_ADDED'))
    const [{ paymentReference }] = await product.purchases(team)
    expect(await product.stripe.paymentIntents.retrieve(paymentReference)).toMatchObject({
      receipt_email: 'ana@example.com',
    })
  })

  test('W4: the card that is the default one pays, and a button pressed five times buys once', async () => {
    const team = await product.team('free')
    await product.saveCard(team, '5555555555554444')
    await product.saveCard(team)
    const pressed = Array.from({ length: 5 }, () => product.buy(team, 'starter', { idempotencyKey: 'one-button' }))
    const answers = await Promise.all(pressed)
    for (const answer of answers) expect(answer).toMatchObject({ state: 'PAID', id: answers[0].id })
    expect(await product.balance(team)).toMatchObject({ additional: '5000' })
    await (await product.portal(team)).press('Make default')
    await product.buy(team, 'starter')
    expect(await charges(team)).toEqual([500, 500])
    const paidBy = (await product.purchases(team)).map(async ({ paymentReference }) => {
      const expand = { expand: ['payment_method'] }
      const { payment_method: method } = await product.stripe.paymentIntents.retrieve(paymentReference, expand)
      return typeof method === 'object' ? method?.card?.brand : method
    })
    expect(await Promise.all(paidBy)).toEqual(['mastercard', 'visa'])
  })

  test('W4: a declined card charges nothing and says so; another card pays', async () => {
    const team = await product.team('free')
    await product.saveCard(team, '4000000000000341')
    const key = { idempotencyKey: 'the-first-try' }
    const declined = await product.buy(team, 'starter', key)
    expect(declined).toEqual({
      __typename: 'PaymentDeclined',
      code: 'PAYMENT_DECLINED',
      declineCode: 'generic_decline',
      message: expect.stringContaining('declined'),
    })
    expect(await product.buy(team, 'starter', key)).toEqual(declined)
    expect(await product.purchases(team)).toMatchObject([{ state: 'FAILED', failure: 'Your card was declined.' }])
    await product.saveCard(team)
    expect(await product.buy(team, 'starter')).toMatchObject({ state: 'PAID', balance: { additional: '5000' } })
    expect(await charges(team)).toEqual([500])
  })

  test('W4: a payment that the bank takes days for brings nothing before it is paid, and nothing if it fails', async () => {
    const team = await product.team('free')
    for (const [end, state, additional] of [
      ['succeeded', 'PAID', '5000'],
      ['failed', 'FAILED', '5000'],
    ] as const) {
      const { checkoutUrl } = await product.buy(team, 'starter', { pay: 'CHECKOUT' })
      await (await Page.open(checkoutUrl)).press('Pay $5.00', { card: 'bank' })
      const paymentReference = await product.eventually(async () => {
        const [newest] = await product.purchases(team)
        expect(newest).toMatchObject({ state: 'PENDING', paymentReference: expect.any(String) })
        return newest.paymentReference
      })
      await product.pass(3 * 24 * 60)
      expect((await product.purchases(team))[0]).toMatchObject({ state: 'PENDING' })
      product.sandbox.banks.finish(paymentReference, end)
      await product.eventually(async () => expect((await product.purchases(team))[0]).toMatchObject({ state }))
      expect(await product.balance(team)).toMatchObject({ additional })
    }
  })

  test('W4: a Checkout that nobody pays is called off after a day', async () => {
    const team = await product.team('free')
    const { checkoutUrl } = await product.buy(team, 'starter')
    await product.pass(25 * 60)
    await product.eventually(async () =>
      expect(await product.purchases(team)).toMatchObject([{ state: 'CANCELED', checkoutUrl: null }]),
    )
    expect((await Page.open(checkoutUrl)).status).toBe(410)
    expect(await product.balance(team)).toMatchObject({ additional: '0' })
  })

  test('W2, V12: what was bought is not touched by another plan, never expires, and its buyer can not refund it', async () => {
    const team = await product.team('free')
    await product.saveCard(team)
    const { id, grant } = await product.buy(team, 'starter')
    expect(grant).toMatchObject({ kind: 'PACKAGE', granted: '5000', expiresAt: null })
    for (const planId of ['pro', 'enterprise', 'free']) {
      await product.mutate('assignPlan', { teamId: team, planId })
      expect(await product.balance(team)).toMatchObject({ additional: '5000' })
    }
    expect(await product.balance(team, '2036-12-01T00:00:00.000Z')).toMatchObject({ additional: '5000' })

    const { __schema } = await product.query('{ __schema { mutationType { fields { name description } } } }')
    const refunding = __schema.mutationType.fields.filter(({ name }: { name: string }) => /refund/i.test(name))
    const description = expect.stringMatching(/PLATFORM/)
    expect(refunding).toEqual([
      { name: 'refundCharge', description },
      { name: 'refundInvoice', description },
      { name: 'refundPurchase', description },
    ])
    const back = { purchaseId: id, reason: 'changed my mind' }
    expect((await product.mutate('refundPurchase', back, '', { team, role: 'ADMIN' })).__typename).toBe('NotAllowed')
    const asked = { chargeId: grant.source, reason: 'changed my mind' }
    const refused = await product.mutate('refundCharge', asked, '', { team, role: 'ADMIN' })
    expect(refused.__typename).toBe('NotAllowed')
    expect((await product.mutate('refundCharge', { ...asked, teamId: team })).__typename).toBe('NotFound')
  })

  test('W1, W2: a subscription changes the grant from the next Monday on, and its end does; packages stay', async () => {
    const team = `team-that-subscribes-${start}`
    await product.query('{ viewer { memberId } }', {}, { team, role: 'ADMIN' })
    const subscribed = await product.subscribe({ plan: 'pro', cents: 9900, team })
    expect(await product.buy(team, 'starter')).toMatchObject({ state: 'PAID' })
    expect(await product.balance(team)).toMatchObject({ included: '500', additional: '5000' })
    for (let week = 0; week < 6; week += 1) {
      const { period } = await product.balance(team)
      await product.moveTo(period.resetsAt)
      expect(await product.balance(team), period.resetsAt).toMatchObject({ included: '10000', additional: '5000' })
    }
    await product.stripe.subscriptions.cancel(subscribed.subscription.id)
    await product.sandbox.idle()
    const { period, included } = await product.balance(team)
    expect(included).toBe('10000')
    await product.moveTo(period.resetsAt)
    expect(await product.balance(team)).toMatchObject({ included: '500', additional: '5000' })
  })

  test('W4: bought over the socket on which the balance is watched', async () => {
    const team = await product.team('free')
    await product.saveCard(team)
    const client = connect(product.url, { team, role: 'ADMIN' })
    const pill = new Watch<Data>(client, 'subscription { balance { available } }')
    expect((await pill.next()).balance.available).toBe('500')
    const input = '{ packageId: "starter", idempotencyKey: "over-a-socket" }'
    const answer = new Watch<Data>(
      client,
      `mutation { purchaseCredits(input: ${input}) { ... on Purchase { state } } }`,
    )
    expect((await answer.next()).purchaseCredits.state).toBe('PAID')
    expect((await pill.next()).balance.available).toBe('5500')
    await pill.end()
    await client.dispose()
  })

  test('W10: with every webhook lost, what was paid in Checkout is on the balance by itself', async () => {
    product.sandbox.webhooks.fault({ do: 'drop', times: 1000 })
    const team = await product.team('free')
    const { checkoutUrl, id } = await product.buy(team, 'starter')
    await (await Page.open(checkoutUrl)).press('Pay $5.00')
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ additional: '5000' }))
    expect((await product.purchases(team))[0]).toMatchObject({ id, state: 'PAID' })

    const late = await product.buy(team, 'standard', { pay: 'CHECKOUT' })
    await (await Page.open(late.checkoutUrl)).press('Pay $20.00')
    await product.pass(5)
    await product.eventually(async () => expect(await product.balance(team)).toMatchObject({ additional: '25000' }))
    product.sandbox.webhooks.clearFaults()
    expect(await charges(team)).toEqual([500, 2000])
  })

  test('W9: a plan without packages says contact sales, also to those who ask for auto-recharge', async () => {
    const team = await product.team('enterprise')
    const contact = 'sales@wevion.ai'
    const packages = await product.packages({ team, role: 'ADMIN' })
    expect(packages.map(({ purchasable }) => purchasable)).toEqual([false, false, false])
    const refused = await product.buy(team, 'starter')
    expect(refused).toMatchObject({ __typename: 'PurchaseNotAllowed', contact, admins: [] })
    expect(refused.message).toContain(contact)
    const terms = { enabled: true, threshold: '100', packageId: 'starter' }
    expect(await product.configureRecharge(team, terms)).toMatchObject({ __typename: 'PurchaseNotAllowed', contact })
    expect(await product.purchases(team)).toEqual([])
  })

  test('V11: history shows each purchase with its payment, each job, who did it, and the balance after', async () => {
    const team = await product.team('free')
    await product.saveCard(team)
    const cleo = { member: 'cleo', name: 'Cleo' }
    const bought = await product.buy(team, 'starter', {}, cleo)
    const reference = bought.paymentReference
    expect(reference).toMatch(/^pi_/)
    await product.charge(team, flux(4), { memberId: 'ben', reference: 'job-7' })
    const [charge, purchase] = await product.activity(team)
    expect(purchase).toMatchObject({ type: 'GRANT', amount: '5000', balanceAfter: '5500', reference })
    expect(purchase.member).toEqual({ memberId: 'cleo', name: 'Cleo' })
    expect(charge).toMatchObject({ type: 'CHARGE', amount: '-120', balanceAfter: '5380', reference: 'job-7' })
    expect(charge.member.memberId).toBe('ben')
    expect(charge.lines).toMatchObject([{ rate: 'image.flux-2-pro', count: 4, credits: '120' }])
    expect((await product.grants(team)).find(({ kind }) => kind === 'PACKAGE')).toMatchObject({
      source: `stripe:${reference}`,
    })
    expect(await product.purchases(team)).toMatchObject([
      { state: 'PAID', paymentReference: reference, member: { memberId: 'cleo' }, refunded: { amount: '0' } },
    ])
  })

  test('V11: a refund and a dispute made in Stripe stand in the history with the payment they take back', async () => {
    const team = await product.team('free')
    await product.saveCard(team)
    const events = await toasts(team)
    const { paymentReference: one } = await product.buy(team, 'starter')
    const { paymentReference: other } = await product.buy(team, 'standard')
    await product.stripe.refunds.create({ payment_intent: one, amount: 200 })
    expect((await events.until(ofType('CREDITS_CLAWED_BACK'))).accountEvents).toMatchObject({ amount: '-2000' })
    const dispute = product.sandbox.banks.dispute(other)
    expect((await events.until(ofType('CREDITS_CLAWED_BACK'))).accountEvents).toMatchObject({ amount: '-20000' })
    expect(await product.activity(team, { types: ['CLAWBACK'] })).toMatchObject([
      { amount: '-20000', balanceAfter: '3500', reference: other },
      { amount: '-2000', balanceAfter: '23500', reference: one },
    ])
    expect(await product.purchases(team)).toMatchObject([
      { state: 'DISPUTED', refunded: { amount: '20' } },
      { state: 'PAID', refunded: { amount: '2' } },
    ])

    product.sandbox.banks.decideDispute(dispute, 'won')
    await events.until(ofType('CREDITS_ADDED'))
    expect(await product.balance(team)).toMatchObject({ additional: '23000' })
    expect((await product.activity(team))[0]).toMatchObject({ amount: '20000', reference: other })
    expect((await product.purchases(team))[0]).toMatchObject({ state: 'PAID', refunded: { amount: '0' } })
  })

  test('V11: purchases are listed newest first, in pages', async () => {
    const team = await product.team('free')
    await product.saveCard(team)
    const bought: string[] = []
    for (const id of ['starter', 'standard', 'pro']) bought.unshift((await product.buy(team, id)).id)
    const page = `query ($id: ID!, $after: String) { team(id: $id) { purchases(first: 2, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } } }`
    const { purchases } = (await product.query(page, { id: team })).team
    expect([purchases.nodes, purchases.pageInfo.hasNextPage]).toEqual([bought.slice(0, 2).map((id) => ({ id })), true])
    const rest = (await product.query(page, { id: team, after: purchases.pageInfo.endCursor })).team.purchases
    expect([rest.nodes, rest.pageInfo.hasNextPage]).toEqual([[{ id: bought[2] }], false])
  })

  test('V10: at zero, the pill is told to open the buy dialog with what can be bought', async () => {
    const team = await product.team('free')
    const selection = 'subscription { lowBalance { state canPurchase packages { code } autoRecharge { state } } }'
    const admin = product.watch({ team, role: 'ADMIN' }, selection)
    const viewer = product.watch({ team, role: 'VIEWER' }, selection)
    expect((await product.charge(team, everything)).__typename).toBe('Charge')
    const isEmpty = ({ lowBalance }: Data) => lowBalance.state === 'EXHAUSTED'
    expect((await admin.until(isEmpty)).lowBalance).toEqual({
      state: 'EXHAUSTED',
      canPurchase: true,
      autoRecharge: { state: 'OFF' },
      packages: [{ code: 'starter' }, { code: 'standard' }, { code: 'pro' }],
    })
    expect((await viewer.until(isEmpty)).lowBalance).toMatchObject({ canPurchase: false, packages: [] })
    const asAdmin = { team, role: 'ADMIN' } as const
    const short = await product.hold(team, flux(1), {}, asAdmin)
    expect(short).toMatchObject({ __typename: 'InsufficientCredits', canPurchase: true })
    expect(short.packages.map(({ code }: { code: string }) => code)).toEqual(['starter', 'standard', 'pro'])
  })

  test('V12, W2: a year later, what was bought is all there', async () => {
    const team = await product.team('free')
    await product.saveCard(team)
    await product.buy(team, 'starter')
    await product.moveTo('2028-01-06T10:00:00.000Z')
    expect(await product.balance(team)).toMatchObject({
      included: '500',
      additional: '5000',
      nextExpiry: { amount: '500' },
    })
  })
})
