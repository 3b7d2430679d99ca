import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { purchaseId, teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { PaymentsOverasked, paymentsBudget } from '../../../src/payments/budget.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  await makeTeam(gateway, 'acme')
  await makeTeam(gateway, 'corporate', '0', 'enterprise')
  await makeTeam(gateway, 'spent', '0')
  const usage = [{ rate: 'video.runway-gen-4', quantity: '10' }]
  const spending = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'
  await gateway.ask(caller('MEMBER', 'spent'), spending, { input: { usage, idempotencyKey: newKey() } })
})
afterAll(() => gateway.close())
beforeEach(() => {
  payments.tell({})
  payments.method(true)
})

const ana = caller('ADMIN', 'acme', 'ana')

describe('the billing portal', () => {
  const opening = 'mutation ($url: String!, $team: ID) { openBillingPortal(returnUrl: $url, teamId: $team) { url } }'
  const url = 'https://app.example/billing'

  it('is opened by admins, and comes back to a page of theirs', async () => {
    expect((await gateway.ask(ana, opening, { url })).openBillingPortal.url).toBe(`https://pay.example/portal?${url}`)
    const of = { url, team: 'acme' }
    expect((await gateway.ask(operator, opening, of)).openBillingPortal.url).toContain('https://pay.example/portal')
    expect((await gateway.run(ana, opening, { url: 'https://evil.example/' })).codes).toEqual(['BAD_USER_INPUT'])
    expect((await gateway.run(ana, opening, { url: '' })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('is for a team that there is', async () => {
    expect((await gateway.run(operator, opening, { url, team: 'nobody' })).codes).toEqual(['NOT_FOUND'])
    expect((await gateway.run(operator, opening, { url })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('that is out of reach says when to try again', async () => {
    payments.tell('unreachable')
    const { codes, errors } = await gateway.run(ana, opening, { url })
    expect(codes).toEqual(['PAYMENTS_UNAVAILABLE'])
    expect(errors?.[0]?.extensions.retryAfterSeconds).toBe(30)
    expect(errors?.[0]?.message).toBe('Payments are out of reach: try again in 30 seconds.')
  })
})

it('a team whose callers ask for payments too often is told when to try again, and nobody else', async () => {
  await makeTeam(gateway, 'hasty')
  const hasty = caller('ADMIN', 'hasty')
  const opening = 'mutation ($url: String!) { openBillingPortal(returnUrl: $url) { url } }'
  const url = 'https://app.example/billing'
  const { points } = paymentsBudget
  const asked = await Promise.all(Array.from({ length: points + 5 }, () => gateway.run(hasty, opening, { url })))
  expect(asked.filter(({ codes }) => codes.length === 0)).toHaveLength(points)
  const { codes, errors } = asked.at(-1) ?? expect.unreachable('nothing was asked')
  expect(codes).toEqual(['RATE_LIMITED'])
  expect(errors?.[0]?.extensions).toMatchObject({ retryAfterSeconds: expect.any(Number), http: { status: 429 } })
  expect(errors?.[0]?.message).toContain('asked for payments too often: try again in')
  const buying = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { __typename } }`
  const input = { packageId: 'starter', idempotencyKey: newKey() }
  expect((await gateway.run(hasty, buying, { input })).codes).toEqual(['RATE_LIMITED'])
  expect((await gateway.run(ana, opening, { url })).codes).toEqual([])
})

describe('auto-recharge', () => {
  const fields = `enabled threshold package { code credits purchasable } monthlyCap { amount currency }
    spentThisMonth { amount currency } state lastFailure actionUrl`
  const configuring = `mutation ($input: AutoRechargeInput!) { configureAutoRecharge(input: $input) { __typename
    ... on AutoRecharge { ${fields} } ... on Error { code message } ... on NoPaymentMethod { setupUrl }
    ... on PurchaseNotAllowed { contact admins { memberId } } } }`
  const configure = async (input: object, viewer = ana): Promise<Data> =>
    (await gateway.ask(viewer, configuring, { input })).configureAutoRecharge
  const wanted = { enabled: true, threshold: '1000', packageId: 'starter', monthlyCap: '50.5' }
  const off = {
    enabled: false,
    threshold: null,
    package: null,
    monthlyCap: null,
    state: 'OFF',
    lastFailure: null,
    spentThisMonth: { amount: '0', currency: 'USD' },
    actionUrl: null,
  }
  const shown = async () => (await gateway.ask(caller('VIEWER'), `{ team { autoRecharge { ${fields} } } }`)).team

  it('that nobody has configured is off', async () => {
    expect((await shown()).autoRecharge).toEqual(off)
    const alerts = await gateway.watch(
      caller('VIEWER', 'spent'),
      `subscription { lowBalance { autoRecharge { ${fields} } } }`,
    )
    if (!(Symbol.asyncIterator in alerts)) throw new Error(`${alerts.errors?.[0]?.message}`)
    const { value } = await alerts.next()
    expect(value?.data).toEqual({ lowBalance: { autoRecharge: off } })
    await alerts.return(undefined)
  })

  it('is for admins, and others are told whom to ask', async () => {
    await gateway.ask(ana, '{ viewer { role } }')
    expect(await configure(wanted, caller('MEMBER', 'acme', 'ben'))).toMatchObject({
      __typename: 'PurchaseNotAllowed',
      admins: [{ memberId: 'ana' }],
      message: 'Only admins of the team buy credits. Ask Ana.',
    })
    expect(payments.asked).not.toContain('method acme')
  })

  it('without a saved method asks for one, and changes nothing', async () => {
    payments.method(false)
    expect(await configure(wanted)).toMatchObject({
      __typename: 'NoPaymentMethod',
      code: 'NO_PAYMENT_METHOD',
      setupUrl: 'https://pay.example/setup?https://credits.example/payment',
    })
    expect((await shown()).autoRecharge).toEqual(off)
  })

  it('asks for no method to be turned off', async () => {
    payments.method(false)
    payments.tell('unreachable')
    expect(await configure({ enabled: false })).toMatchObject({ __typename: 'AutoRecharge', enabled: false })
  })

  it('that can ask nobody for a method says when to try again, and changes nothing', async () => {
    payments.tell('unreachable')
    const { codes, errors } = await gateway.run(ana, configuring, { input: wanted })
    expect(codes).toEqual(['PAYMENTS_UNAVAILABLE'])
    expect(errors?.[0]?.extensions.retryAfterSeconds).toBe(30)
    expect((await shown()).autoRecharge).toEqual(off)
  })

  it('that opened too many pages to save a method says when to try again', async () => {
    payments.method(false)
    const open = payments.api.setupPage
    payments.api.setupPage = () => Promise.reject(new PaymentsOverasked(1_200, 'opened 10 pages'))
    const { codes, errors } = await gateway.run(ana, configuring, { input: wanted })
    payments.api.setupPage = open
    expect(codes).toEqual(['RATE_LIMITED'])
    expect(errors?.[0]?.extensions).toMatchObject({ retryAfterSeconds: 1_200, http: { status: 429 } })
    expect((await shown()).autoRecharge).toEqual(off)
  })

  it('with a cap that is no amount of money is refused', async () => {
    for (const monthlyCap of ['1.0000000001', '1234567890123']) {
      expect(await configure({ ...wanted, monthlyCap })).toMatchObject({ __typename: 'InvalidAmount' })
    }
  })

  it('is refused with a cap below one package, without a threshold, and of no package', async () => {
    expect(await configure({ ...wanted, monthlyCap: '4.99' })).toMatchObject({ __typename: 'InvalidAmount' })
    expect(await configure({ ...wanted, monthlyCap: '-50' })).toMatchObject({ __typename: 'InvalidAmount' })
    expect(await configure({ ...wanted, threshold: null })).toMatchObject({ __typename: 'InvalidAmount' })
    expect(await configure({ ...wanted, packageId: 'huge' })).toMatchObject({ __typename: 'UnknownPackage' })
    expect((await shown()).autoRecharge).toEqual(off)
  })

  it('on a plan that sells nothing is refused before anybody is sent to save a method (facts W9)', async () => {
    payments.method(false)
    expect(await configure(wanted, caller('ADMIN', 'corporate'))).toMatchObject({
      __typename: 'PurchaseNotAllowed',
      contact: 'sales@wevion.ai',
      admins: [],
    })
  })

  it('is shown to everyone as it was set, and can be changed and turned off at any time (facts W5, G5)', async () => {
    const armed = {
      enabled: true,
      state: 'ARMED',
      threshold: '1000',
      lastFailure: null,
      actionUrl: null,
      package: { code: 'starter', credits: '5000', purchasable: true },
      monthlyCap: { amount: '50.5', currency: 'USD' },
      spentThisMonth: { amount: '0', currency: 'USD' },
    }
    expect(await configure(wanted)).toEqual({ __typename: 'AutoRecharge', ...armed })
    expect((await shown()).autoRecharge).toEqual({ ...armed, package: { ...armed.package, purchasable: false } })
    const changed = { enabled: true, threshold: '2000', packageId: 'pro', teamId: 'acme' }
    expect(await configure(changed, operator)).toMatchObject({
      threshold: '2000',
      package: { code: 'pro' },
      monthlyCap: null,
    })
    expect(await configure({ enabled: false })).toMatchObject({
      enabled: false,
      state: 'OFF',
      threshold: '2000',
      package: { code: 'pro' },
    })
  })

  it('is foreseen by an estimate exactly where a hold at that price would make it buy (facts W5, W6)', async () => {
    await makeTeam(gateway, 'foreseeing', '5000')
    const boss = caller('ADMIN', 'foreseeing', 'zoe')
    const foreseen = async (quantity: string, rate = 'video.runway-gen-4', viewer = boss) =>
      (
        await gateway.ask(
          viewer,
          'query ($usage: [UsageInput!]!) { estimate(usage: $usage) { ... on Estimate { wouldTriggerRecharge } } }',
          { usage: [{ rate, quantity }] },
        )
      ).estimate.wouldTriggerRecharge
    expect(await foreseen('1000')).toBe(false)
    await configure({ ...wanted, monthlyCap: '5' }, boss)
    // 5,500 credits, 50 a second: 90 seconds leave 1,000, which is not below the threshold, and 1,000 are refused.
    expect([await foreseen('90'), await foreseen('90.001'), await foreseen('1000')]).toEqual([false, true, false])
    expect(await foreseen('90.001', undefined, caller('VIEWER', 'foreseeing'))).toBe(false)
    const spending = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }`
    const usage = [{ rate: 'video.runway-gen-4', quantity: '91' }]
    await gateway.ask(boss, spending, { input: { usage, idempotencyKey: newKey() } })
    const { team } = await gateway.ask(
      boss,
      `{ team { autoRecharge { ${fields} } purchases { nodes { cause state member { memberId } } } } }`,
    )
    expect(team.autoRecharge).toMatchObject({ state: 'CHARGING', spentThisMonth: { amount: '5' } })
    expect(team.purchases.nodes).toEqual([{ cause: 'RECHARGE', state: 'PENDING', member: null }])
    expect(await foreseen('1')).toBe(false)
    expect(await foreseen('1', 'chat.light')).toBe(false)
  })

  it('that waits to be confirmed tells where to those who buy alone', async () => {
    const team = teamId('foreseeing')
    const url = 'https://bank.example/confirm'
    const price = { amount: 5n * NANO, currency: 'USD' }
    const failure = { kind: 'action-required', url } as const
    const command = { kind: 'fail-purchase', purchase: purchaseId(1), price, failure } as const
    await gateway.services.ledger.submit(keyless(team, command))
    for (const [role, actionUrl] of [
      ['VIEWER', null],
      ['MEMBER', null],
      ['ADMIN', url],
    ] as const) {
      const answer = await gateway.ask(caller(role, team), `{ team { autoRecharge { ${fields} } } }`)
      expect(answer.team.autoRecharge, role).toMatchObject({ state: 'ACTION_REQUIRED', enabled: true, actionUrl })
    }
  })

  it('of an unknown team is one that there is not', async () => {
    expect((await gateway.run(operator, configuring, { input: { ...wanted, teamId: 'nobody' } })).codes).toEqual([
      'NOT_FOUND',
    ])
  })
})
