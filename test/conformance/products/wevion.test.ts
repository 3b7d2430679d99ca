import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProduct, type Product } from './product.ts'

/** A Wednesday. The tests move the clock on, each from where the one before left it. */
const start = '2027-01-06T10:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('wevion', start)
})
afterAll(() => product.close())

const spend = (team: string, credits: number) =>
  product.charge(team, [{ rate: 'chat.input', quantity: `${(credits * 1000) / 9}` }])
/** 30 credits each. */
const flux = (count: number) => [{ rate: 'image.flux-2-pro', count }]

describe('wevion', () => {
  test('W1, W3: every plan deposits on Mondays a grant that is lost when the next one lands; the billing page shows it', async () => {
    const amounts: Record<string, number> = { free: 500, starter: 2500, pro: 10000, enterprise: 50000 }
    expect((await product.plans()).map(({ code }) => code)).toEqual(Object.keys(amounts))
    const teams = await Promise.all(Object.keys(amounts).map((plan) => product.team(plan)))
    for (const [index, amount] of Object.values(amounts).entries()) {
      const { available, included, period } = await product.balance(teams[index] ?? '')
      expect([available, included]).toEqual([`${amount}`, `${amount}`])
      expect(period).toEqual({
        ...{ allowance: `${amount}`, used: '0', remaining: `${amount}` },
        startsAt: '2027-01-04T00:00:00.000Z',
        resetsAt: '2027-01-11T00:00:00.000Z',
      })
    }
    const [free = ''] = teams
    await product.charge(free, flux(4))
    expect((await product.balance(free)).period).toMatchObject({ used: '120', remaining: '380' })
    expect(await product.balance(free, '2027-01-10T23:59:59.999Z')).toMatchObject({ available: '380' })
    expect(await product.balance(free, '2027-01-11T00:00:00.000Z')).toMatchObject({ available: '500' })

    await product.moveTo('2027-01-11T00:00:00.000Z')
    expect(await product.balance(free)).toMatchObject({ available: '500', period: { used: '0' } })
    expect((await product.activity(free)).slice(0, 2)).toMatchObject([
      { type: 'GRANT', at: '2027-01-11T00:00:00.000Z', amount: '500', reference: 'plan:free:2027-01-11' },
      { type: 'EXPIRY', at: '2027-01-11T00:00:00.000Z', amount: '-380' },
    ])
  })

  test('W2: packages never expire; another plan changes the grant from the next Monday on and touches no package', async () => {
    const team = await product.team('free')
    await product.grant(team, '5000')
    await product.mutate('assignPlan', { teamId: team, planId: 'pro' })
    expect(await product.balance(team)).toMatchObject({ available: '5500', included: '500', additional: '5000' })
    await product.moveTo('2027-01-18T00:00:00.000Z')
    expect(await product.balance(team)).toMatchObject({ included: '10000', additional: '5000' })
    await product.mutate('assignPlan', { teamId: team, planId: 'free' })
    expect(await product.balance(team)).toMatchObject({ included: '10000', additional: '5000' })
    expect(await product.balance(team, '2036-12-01T00:00:00.000Z')).toMatchObject({
      included: '500',
      additional: '5000',
    })
    const pack = (await product.grants(team)).find(({ kind }) => kind === 'PACKAGE')
    expect(pack).toMatchObject({ available: '5000', expiresAt: null })
  })

  test('W4, V3: 5,000, 20,000 and 50,000 credits at $1 per 1,000, for about 79, 317 and 793 messages, on every plan', async () => {
    for (const plan of ['free', 'pro']) {
      const team = await product.team(plan)
      const packages = await product.packages({ team, role: 'ADMIN' })
      expect(
        packages.map((pack) => [pack.code, pack.credits, pack.price.amount, pack.approxMessages, pack.purchasable]),
      ).toEqual([
        ['starter', '5000', '5', 79, true],
        ['standard', '20000', '20', 317, true],
        ['pro', '50000', '50', 793, true],
      ])
      for (const { pricePer1000, illustrative } of packages) {
        expect([pricePer1000.amount, illustrative]).toEqual(['1', false])
      }
    }
  })

  test('W6: an action shows its exact cost before it is triggered, and asking costs nothing', async () => {
    const team = await product.team('free')
    const before = await product.balance(team)
    const estimate = await product.estimate(team, flux(4))
    expect(estimate).toMatchObject({ total: '120', low: '120', high: '120', balanceAfter: '380', sufficient: true })
    expect((await product.balance(team)).revision).toBe(before.revision)
    const held = await product.hold(team, flux(4))
    expect((await product.release(held.id)).state).toBe('RELEASED')
    expect(await product.balance(team)).toMatchObject({ available: '500', held: '0' })
    expect((await product.charge(team, flux(4))).amount).toBe('120')
  })

  test('W7: exhausted, light chat goes on free; everything heavy is refused with the date of the next grant', async () => {
    const team = await product.team('starter')
    expect((await spend(team, 2250)).__typename).toBe('Charge')
    expect((await spend(team, 250.002)).__typename).toBe('InsufficientCredits')
    expect((await product.charge(team, [{ rate: 'chat.deep-analysis' }])).__typename).toBe('Charge')
    expect(await product.balance(team)).toMatchObject({ available: '0', state: 'EXHAUSTED' })

    const message = 'AI Credits exhausted — top up or wait until Monday, January 25'
    const next = { nextGrantAt: '2027-01-25T00:00:00.000Z' }
    for (const usage of [flux(1), [{ rate: 'chat.deep-analysis' }], [{ rate: 'video.kling-3-0', quantity: '5' }]]) {
      expect(await product.hold(team, usage)).toMatchObject({ __typename: 'InsufficientCredits', message, ...next })
    }
    const light = await product.charge(team, [{ rate: 'chat.light' }])
    expect(light).toMatchObject({ __typename: 'Charge', amount: '0' })
    const alert = product.watch({ team, role: 'VIEWER' }, 'subscription { lowBalance { state message nextGrantAt } }')
    expect((await alert.next()).lowBalance).toEqual({ state: 'EXHAUSTED', message, ...next })
    await product.moveTo('2027-01-25T00:00:00.000Z')
    expect(await product.hold(team, flux(1))).toMatchObject({ __typename: 'Hold' })
  })

  test('W8: a generation that was charged and failed is refunded with nobody asking; a successful one is not', async () => {
    const team = await product.team('starter')
    const avatar = [{ rate: 'avatar.talking-head', quantity: '45' }]
    const events = await product.watchEvents(team, flux(1), 'type amount balance { available held }')
    const failing = await product.hold(team, avatar, { expiresInSeconds: 30 })
    expect(failing).toMatchObject({ state: 'OPEN', amount: '1000' })
    expect(await product.balance(team)).toMatchObject({ available: '1500', held: '0' })

    await product.moveTo('2027-01-25T00:01:00.000Z')
    const refunded = await events.until(({ accountEvents }) => accountEvents.type === 'CREDITS_REFUNDED')
    expect(refunded.accountEvents).toMatchObject({ amount: '1000', balance: { available: '2500', held: '0' } })
    const [refund, charge] = await product.activity(team)
    expect([refund.type, refund.amount, charge.type, charge.amount]).toEqual(['REFUND', '1000', 'CHARGE', '-1000'])
    expect(refund.reason).toBe('not confirmed in time')
    const waited = Date.parse(refund.at) - Date.parse(charge.at)
    expect(waited).toBe(30_000)

    const succeeding = await product.hold(team, avatar)
    expect(await product.settle(succeeding.id)).toMatchObject({ __typename: 'Charge', amount: '1000' })
    expect(await product.release(succeeding.id)).toMatchObject({ __typename: 'HoldClosed' })
    await product.moveTo('2027-01-25T01:00:00.000Z')
    expect(await product.balance(team)).toMatchObject({ available: '1500' })
  })

  test('W9: sales grants once or again and again, with rollover by contract; top-up can be off for a plan', async () => {
    const team = await product.team('enterprise')
    const contract = 'reference state nextGrantAt credits every rollover'
    const recurring = await product.mutate(
      'createContract',
      { teamId: team, reference: 'ACME-42', credits: '50000', every: 'MONTH', rollover: 'FULL' },
      `... on Contract { ${contract} }`,
    )
    expect(recurring).toMatchObject({ __typename: 'Contract', state: 'RUNNING', every: 'MONTH', rollover: 'FULL' })
    await product.grant(team, '7000', { kind: 'CONTRACT', source: 'sales:ACME-42' })
    expect(await product.balance(team)).toMatchObject({ included: '50000', additional: '57000' })
    await product.moveTo(recurring.nextGrantAt)
    expect(await product.balance(team)).toMatchObject({ included: '50000', additional: '107000' })
    const ended = await product.mutate(
      'endContract',
      { teamId: team, reference: 'ACME-42' },
      `... on Contract { ${contract} }`,
    )
    expect(ended).toMatchObject({ state: 'ENDED', nextGrantAt: null })
    expect(await product.balance(team)).toMatchObject({ additional: '107000' })

    const short = await product.hold(team, [{ rate: 'video.kling-3-0', quantity: '1000' }], {}, { team, role: 'ADMIN' })
    expect(short).toMatchObject({ __typename: 'InsufficientCredits', canPurchase: false, packages: [] })
    expect(short.message).toContain('contact sales@wevion.ai')
  })

  test('V1: credits are shared by the members; one who only reads may not spend them', async () => {
    const team = await product.team('free')
    for (const member of ['ana', 'ben']) {
      const held = await product.hold(team, flux(1), {}, { team, member, role: 'MEMBER' })
      expect((await product.settle(held.id)).amount).toBe('30')
    }
    expect(await product.balance(team)).toMatchObject({ available: '440' })
    const refused = await product.hold(team, flux(1), {}, { team, member: 'eve', role: 'VIEWER' })
    expect(refused).toMatchObject({ __typename: 'RequirementNotMet', blockers: [{ code: 'ROLE_REQUIRED' }] })
  })

  test('V2: what was asked for is checked before it starts and charged when it succeeds; a failure costs nothing', async () => {
    const team = await product.team('free')
    const job = await product.hold(team, flux(4))
    expect(await product.balance(team)).toMatchObject({ available: '380', held: '120' })
    expect((await product.activity(team, { types: ['CHARGE'] })).length).toBe(0)
    await product.release(job.id)
    const silent = await product.hold(team, flux(4), { expiresInSeconds: 60 })
    await product.moveTo(silent.expiresAt)
    expect(await product.balance(team)).toMatchObject({ available: '500', held: '0' })
    const short = await product.hold(team, flux(10).concat([{ rate: 'image.gpt-image-1-5', count: 6 }]))
    expect(short).toMatchObject({ __typename: 'InsufficientCredits', required: '540', shortfall: '40' })
    expect((await product.balance(team)).available).toBe('500')
  })

  test('V4: chat costs 9 credits per 1,000 input tokens and 45 per 1,000 output tokens', async () => {
    const team = await product.team('free')
    const usage = [
      { rate: 'chat.input', quantity: '850' },
      { rate: 'chat.output', quantity: '120' },
    ]
    expect(await product.charge(team, usage)).toMatchObject({ amount: '13.05' })
    expect(await product.balance(team)).toMatchObject({ available: '486.95', label: '486 Credits' })
  })

  test('V5, V6, V7, V9: images, seconds, avatars and speech cost their dollars at 1,000 credits each', async () => {
    const team = await product.team('enterprise')
    const prices: [rate: string, quantity: string, credits: string][] = [
      ['image.flux-2-pro', '1', '30'],
      ['image.gpt-image-1-5', '1', '40'],
      ['image.seedream-4-5', '1', '30'],
      ['image.background-removal', '1', '20'],
      ['image.resize', '1', '0'],
      ['video.kling-3-0', '10', '1700'],
      ['video.luma-ray-3', '5', '500'],
      ['video.veo-3-1', '5', '500'],
      ['video.kling-2-6', '10', '700'],
      ['video.runway-gen-4', '17', '850'],
      ['avatar.talking-head', '30', '500'],
      ['avatar.talking-head', '45', '1000'],
      ['avatar.talking-head', '61', '1500'],
      ['tts.elevenlabs', '500', '150'],
      ['tts.openai', '500', '7.5'],
    ]
    for (const [rate, quantity, credits] of prices) {
      expect((await product.charge(team, [{ rate, quantity }])).amount, `${quantity} of ${rate}`).toBe(credits)
    }
    expect((await product.charge(team, flux(4))).amount).toBe('120')
    expect((await product.charge(team, flux(11))).__typename).toBe('InvalidUsage')
  })

  test('V8: the engine can be chosen, or left to the platform, which costs what it then used', async () => {
    const team = await product.team('pro')
    const auto = [{ rate: 'video.auto', quantity: '10' }]
    expect(await product.estimate(team, auto)).toMatchObject({ low: '500', high: '1700', total: '1700' })
    const held = await product.hold(team, auto)
    expect(held.amount).toBe('1700')
    const settled = await product.settle(held.id, [{ rate: 'video.runway-gen-4', quantity: '10' }])
    expect(settled).toMatchObject({ amount: '500', lines: [{ rate: 'video.runway-gen-4' }] })
    expect(await product.balance(team)).toMatchObject({ available: '9500' })
  })

  test('V10: below 100 credits the pill is low; at zero it says so', async () => {
    const team = await product.team('free')
    await product.grant(team, '4')
    const alerts = product.watch(
      { team, role: 'VIEWER' },
      'subscription { lowBalance { state message packages { code } } }',
    )
    const pill = product.watch({ team, role: 'VIEWER' }, 'subscription { balance { available state } }')
    expect((await pill.next()).balance).toEqual({ available: '504', state: 'OK' })
    await spend(team, 405)
    expect((await pill.next()).balance).toEqual({ available: '99', state: 'LOW' })
    expect((await alerts.next()).lowBalance).toMatchObject({ state: 'LOW', message: 'Low — 99 Credits left' })
    await spend(team, 99)
    expect((await alerts.next()).lowBalance).toMatchObject({ state: 'EXHAUSTED' })
  })

  test('a new team begins on the Free plan when one of its members first looks', async () => {
    const team = 'a-team-that-nobody-assigned'
    const { viewer } = await product.query(
      '{ viewer { team { plan { code } balance { available } } } }',
      {},
      { team, role: 'MEMBER' },
    )
    expect(viewer.team).toEqual({ plan: { code: 'free' }, balance: { available: '500' } })
  })
})
