import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import { type Data, openProduct, type Product } from './product.ts'

/** The tests move the clock on, each from where the one before left it. */
const start = '2027-01-31T15:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('videogen', start)
})
afterAll(() => product.close())

const spend = async (team: string, credits: number) =>
  expect(await product.charge(team, [{ rate: 'export.hd', quantity: `${credits * 5}` }])).toMatchObject({
    ...{ __typename: 'Charge', amount: `${credits}` },
  })
const image = (quality: string, count = 1) => [{ rate: `image.${quality}`, count }]

async function enableTopUps(team: string): Promise<void> {
  await product.saveCard(team)
  const set = await product.configureRecharge(team, { enabled: true, threshold: '0', packageId: 'mini' })
  expect(set).toMatchObject({ __typename: 'AutoRecharge', enabled: true })
}

const store = (teamId: string, amount: string) =>
  product.mutate(
    'setStoredAmount',
    { teamId, rate: 'storage.flexible', amount },
    '... on Team { storedAmounts { rate amount accruedToday } } ... on RequirementNotMet { blockers { code message } }',
  )

describe('videogen', () => {
  test('G1: included credits are used first and refilled each billing cycle; additional ones stay', async () => {
    const team = await product.team('pro', { anchor: start })
    await product.grant(team, '2000')
    await product.grant(team, '500', { kind: 'AUTO_RECHARGE' })
    expect(await product.balance(team)).toMatchObject({
      available: '5500',
      included: '3000',
      additional: '2500',
      period: { resetsAt: '2027-02-28T15:00:00.000Z' },
    })
    const spent = await product.charge(team, image('standard', 600))
    expect(spent.burn.map(({ kind, amount }: { kind: string; amount: string }) => [kind, amount])).toEqual([
      ['INCLUDED', '3000'],
      ['PACKAGE', '600'],
    ])
    expect(await product.balance(team)).toMatchObject({ available: '1900', included: '0', additional: '1900' })
    const refills = ['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31'].map((day) => `${day}T15:00:00.000Z`)
    for (const refill of refills) {
      await product.moveTo(refill)
      expect(await product.balance(team), refill).toMatchObject({ included: '3000', additional: '1900' })
    }
  })

  test('G2: activity lists every credit event with date, type, member and amount, by 1, 7 or 30 days, in pages', async () => {
    const team = await product.team('pro', { anchor: '2027-05-31T15:00:00.000Z' })
    await product.saveCard(team)
    await product.buy(team, 'mini', {}, { member: 'ana' })
    const topUps = { enabled: true, threshold: '4990.5', packageId: 'mini' }
    expect((await product.configureRecharge(team, topUps)).__typename).toBe('AutoRecharge')
    await product.charge(team, image('low', 5), { memberId: 'ana' })
    await product.eventually(async () => expect((await product.recharge(team)).state).toBe('ARMED'))
    await product.moveTo('2027-06-05T15:00:00.000Z')
    await product.charge(team, image('low', 1), { memberId: 'ben' })
    await product.moveTo('2027-06-20T15:00:00.000Z')
    await product.charge(team, image('low', 2), { memberId: 'ana' })

    const since = (days: number) => new Date(Date.parse('2027-06-20T15:00:00.000Z') - days * 86_400_000).toISOString()
    const told = async (days: number) =>
      (await product.activity(team, { from: since(days) })).map(({ type, grantKind, member, amount }) => [
        grantKind ?? type,
        member?.memberId,
        amount,
      ])
    expect(await told(1)).toEqual([['CHARGE', 'ana', '-4']])
    expect(await told(7)).toEqual([['CHARGE', 'ana', '-4']])
    expect(await told(30)).toEqual([
      ['CHARGE', 'ana', '-4'],
      ['CHARGE', 'ben', '-2'],
      ['AUTO_RECHARGE', undefined, '2000'],
      ['CHARGE', 'ana', '-10'],
      ['PACKAGE', 'ana', '2000'],
      ['INCLUDED', undefined, '3000'],
    ])
    const page = `query ($id: ID!, $after: String) { team(id: $id) { activity(first: 2, after: $after) {
      nodes { amount } pageInfo { hasNextPage endCursor } } } }`
    const amounts: string[] = []
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo }: Data = (await product.query(page, { id: team, after })).team.activity
      amounts.push(...nodes.map(({ amount }: { amount: string }) => amount))
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    expect(amounts).toEqual(['-4', '-2', '2000', '-10', '2000', '3000'])
  })

  test('G3: the rate card has six categories, priced per use, second, character, and GB and day', async () => {
    const rates = Object.values(await product.rates())
    expect([...new Set(rates.map(({ category }) => category))]).toEqual([
      ...['export', 'video', 'image', 'audio', 'effects', 'storage'],
    ])
    expect([...new Set(rates.map(({ unit }) => unit))].sort()).toEqual([
      ...['CHARACTER', 'GB_DAY', 'IMAGE', 'SECOND', 'USE'],
    ])
    expect(rates.every(({ illustrative }) => illustrative)).toBe(true)
  })

  test('G4: packs of 2,000, 5,000, 10,000 and 25,000; only admins buy, others are told to ask one', async () => {
    const team = await product.team('free')
    const sold = await product.packages({ team, role: 'ADMIN' })
    expect(sold.map(({ name, credits, purchasable }) => [name, credits, purchasable])).toEqual([
      ['Mini', '2000', true],
      ['Standard', '5000', true],
      ['Large', '10000', true],
      ['Bulk', '25000', true],
    ])
    await product.saveCard(team)
    const bought: string[] = []
    for (const { code } of sold) {
      const purchase = await product.buy(team, code, {}, { member: 'ana', name: 'Ana' })
      expect(purchase).toMatchObject({ __typename: 'Purchase', state: 'PAID', package: { code } })
      bought.push(purchase.balance.additional)
    }
    expect(bought).toEqual(['2000', '7000', '17000', '42000'])
    expect(await product.balance(team)).toMatchObject({ available: '42300', included: '300' })

    await product.query('{ viewer { memberId } }', {}, { team, member: 'ann', name: 'Ann', role: 'ADMIN' })
    for (const role of ['MEMBER', 'VIEWER'] as const) {
      const asOther = { team, member: 'ben', role }
      expect((await product.packages(asOther)).every(({ purchasable }) => !purchasable)).toBe(true)
      await product.eventually(async () =>
        expect(await product.buy(team, 'mini', {}, asOther)).toEqual({
          __typename: 'PurchaseNotAllowed',
          code: 'PURCHASE_NOT_ALLOWED',
          contact: null,
          message: 'Only admins of the team buy credits. Ask Ana or Ann.',
          admins: [
            { memberId: 'ana', name: 'Ana' },
            { memberId: 'ann', name: 'Ann' },
          ],
        }),
      )
    }
    expect(await product.purchases(team)).toHaveLength(4)
    const short = await product.hold(
      team,
      [{ rate: 'export.hd', quantity: '300000' }],
      {},
      { team, member: 'ben', role: 'MEMBER' },
    )
    expect(short).toMatchObject({ __typename: 'InsufficientCredits', canPurchase: false, packages: [] })
    expect(short.message).toContain('ask Ana or Ann to add credits')
  })

  test('G5: top-ups add the chosen credits below a threshold; changed or turned off at any time, only by admins', async () => {
    const team = await product.team('pro')
    const mini = { enabled: true, threshold: '1000', packageId: 'mini' }
    const needed = await product.configureRecharge(team, mini)
    expect(needed).toMatchObject({ __typename: 'NoPaymentMethod' })
    await (await Page.open(needed.setupUrl)).press('Save')
    const events = await product.watchEvents(
      team,
      image('low'),
      'type amount balance { available included additional }',
    )
    const next = async (type: string) =>
      (await events.until(({ accountEvents }) => accountEvents.type === type)).accountEvents

    expect(await product.configureRecharge(team, mini)).toMatchObject({ state: 'ARMED', package: { code: 'mini' } })
    for (const [role, member] of [
      ['MEMBER', 'ben'],
      ['VIEWER', 'eve'],
    ] as const) {
      for (const input of [{ ...mini, packageId: 'bulk' }, { enabled: false }]) {
        const refused = await product.configureRecharge(team, input, { role, member })
        expect(refused).toMatchObject({ __typename: 'PurchaseNotAllowed', admins: [{ memberId: 'ana' }] })
        expect(refused.message).toContain('Ask ana')
      }
    }
    expect(await product.purchases(team)).toEqual([])
    await spend(team, 2400)
    expect(await next('RECHARGE_SUCCEEDED')).toMatchObject({
      amount: '2000',
      balance: { available: '2600', included: '600', additional: '2000' },
    })
    expect((await product.grants(team)).map(({ kind, expiresAt }) => [kind, expiresAt === null])).toEqual([
      ['INCLUDED', false],
      ['AUTO_RECHARGE', true],
    ])

    expect(await product.configureRecharge(team, { ...mini, packageId: 'standard' })).toMatchObject({
      state: 'ARMED',
      package: { code: 'standard' },
    })
    await spend(team, 2000)
    expect(await next('RECHARGE_SUCCEEDED')).toMatchObject({ amount: '5000', balance: { available: '5600' } })
    expect(await product.configureRecharge(team, { enabled: false })).toMatchObject({ enabled: false, state: 'OFF' })
    await spend(team, 5600)
    expect(await product.balance(team)).toMatchObject({ available: '0' })
    expect((await product.purchases(team)).map(({ cause, state }) => [cause, state])).toEqual([
      ['RECHARGE', 'PAID'],
      ['RECHARGE', 'PAID'],
    ])
    const [blocker] = (await product.estimate(team, image('high'))).blockers
    expect(blocker.code).toBe('TOP_UPS_REQUIRED')
  })

  test('G6: what needs top-ups is refused without them, and says so; with them it works', async () => {
    const team = await product.team('pro')
    const gated = [
      [{ rate: 'video.clip', quantity: '5' }],
      image('high'),
      [{ rate: 'effects.background-removal', quantity: '5' }],
      [{ rate: 'effects.website-scan' }],
    ]
    for (const usage of gated) {
      const { blockers } = await product.estimate(team, usage)
      expect(blockers).toEqual([{ code: 'TOP_UPS_REQUIRED', message: expect.stringMatching(/top-ups.*admin/) }])
      expect(await product.hold(team, usage)).toMatchObject({ __typename: 'RequirementNotMet', blockers })
    }
    expect(await store(team, '5')).toMatchObject({ blockers: [{ code: 'TOP_UPS_REQUIRED' }] })
    await enableTopUps(team)
    for (const usage of gated) expect((await product.hold(team, usage)).__typename).toBe('Hold')
  })

  test('G7: Low, Standard and High cost differently; High needs the Pro plan and top-ups', async () => {
    const [free, pro] = [await product.team('free'), await product.team('pro')]
    const costs = await Promise.all(['low', 'standard', 'high'].map((quality) => product.estimate(pro, image(quality))))
    expect(costs.map(({ total }) => Number(total))).toEqual([2, 6, 20])
    expect((await product.charge(free, image('standard'))).__typename).toBe('Charge')
    const codes = async (team: string) => (await product.estimate(team, image('high'))).blockers.map(codeOf)
    expect(await codes(free)).toEqual(['PLAN_REQUIRED', 'TOP_UPS_REQUIRED'])
    expect(await codes(pro)).toEqual(['TOP_UPS_REQUIRED'])
    await Promise.all([enableTopUps(free), enableTopUps(pro)])
    expect(await codes(free)).toEqual(['PLAN_REQUIRED'])
    expect((await product.charge(pro, image('high'))).amount).toBe('20')
  })

  test('G8: storage costs per GB and day, accrued from the times of change, charged each day', async () => {
    await product.moveTo('2027-08-01T00:00:00.000Z')
    const team = await product.team('pro')
    await enableTopUps(team)
    await product.moveTo('2027-08-01T06:00:00.000Z')
    expect(await store(team, '100')).toMatchObject({ storedAmounts: [{ rate: 'storage.flexible', amount: '100' }] })
    await product.moveTo('2027-08-01T18:00:00.000Z')
    await store(team, '300')
    await product.moveTo('2027-08-03T12:00:00.000Z')
    const charges = await product.activity(team, { types: ['CHARGE'] })
    expect(charges.map(({ lines }) => Math.round(Number(lines[0].quantity)))).toEqual([300, 125])
    expect(charges.map(({ amount }) => Math.round(Number(amount) * 100) / 100)).toEqual([-15, -6.25])
    expect(charges.map(({ at }) => at.slice(0, 10))).toEqual(['2027-08-02', '2027-08-01'])
    await store(team, '0')
    await product.moveTo('2027-09-30T00:00:00.000Z')
    const after = await product.activity(team, { types: ['CHARGE'], rate: 'storage.flexible' })
    expect(after.map(({ lines }) => Math.round(Number(lines[0].quantity)))).toEqual([150, 300, 125])
  })

  test('G1: by subscription, included credits are refilled each cycle that is paid; what was bought outlives its end', async () => {
    const subscribed = await product.subscribe({ plan: 'pro', cents: 4900 })
    const { team, subscription } = subscribed
    expect((await product.buy(team, 'mini')).state).toBe('PAID')
    expect(await product.balance(team)).toMatchObject({ included: '3000', additional: '2000' })
    await spend(team, 3500)
    await product.renew(subscribed)
    expect(await product.balance(team)).toMatchObject({ included: '3000', additional: '1500', period: { used: '0' } })
    await product.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    await product.renew(subscribed)
    expect(await product.balance(team)).toMatchObject({ included: '300', additional: '1500' })
  })
})

const codeOf = ({ code }: { code: string }) => code
