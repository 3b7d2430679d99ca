import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProduct, type Product } from './product.ts'

/** The tests move the clock on, each from where the one before left it. */
const start = '2027-01-31T09:00:00.000Z'
let product: Product

beforeAll(async () => {
  product = await openProduct('ai-studios', start)
})
afterAll(() => product.close())

const images = (count: number) => [{ rate: 'image.generator', count }]
const units = (teamId: string, given: number) =>
  product
    .query(
      `mutation ($teamId: ID!, $units: Int!, $key: String!) { setAddOnUnits(teamId: $teamId, units: $units, idempotencyKey: $key) {
        __typename ... on Error { code message } ... on Team { addOnUnits } } }`,
      { teamId, units: given, key: `units ${given} ${Math.random()}` },
    )
    .then(({ setAddOnUnits }) => setAddOnUnits)

describe('ai-studios', () => {
  test('D1: an image costs 1 credit, a video 1 credit a second', async () => {
    const team = await product.team('personal')
    expect((await product.charge(team, images(1))).amount).toBe('1')
    for (const seconds of ['5', '10']) {
      const video = [{ rate: 'video.generator', quantity: seconds }]
      expect((await product.charge(team, video)).amount).toBe(seconds)
    }
    expect(await product.balance(team)).toMatchObject({ available: '44' })
  })

  test('D2: premium costs each time it generates, basic never, also when nothing is left', async () => {
    const team = await product.team('free')
    for (let generated = 1; generated <= 2; generated += 1) {
      expect((await product.charge(team, [{ rate: 'helper.premium' }])).amount).toBe('1')
    }
    await product.charge(team, images(14))
    expect(await product.balance(team)).toMatchObject({ available: '0', state: 'EXHAUSTED' })
    expect((await product.charge(team, [{ rate: 'helper.premium' }])).__typename).toBe('InsufficientCredits')
    expect(await product.charge(team, [{ rate: 'helper.basic' }])).toMatchObject({ __typename: 'Charge', amount: '0' })
    const rates = await product.rates()
    expect([rates['helper.basic'].free, rates['helper.premium'].free]).toEqual([true, false])
  })

  test('D3: plans give 16, 60 and 150 a seat by the month, or 720 and 1,800 a seat by the year, upfront', async () => {
    const given: [plan: string, terms: Record<string, unknown>, credits: string, ends: string][] = [
      ['free', {}, '16', '2027-02-28'],
      ['personal', {}, '60', '2027-02-28'],
      ['team', { seats: 4 }, '600', '2027-02-28'],
      ['personal', { interval: 'YEAR' }, '720', '2028-01-31'],
      ['team', { seats: 4, interval: 'YEAR' }, '7200', '2028-01-31'],
    ]
    for (const [plan, terms, credits, ends] of given) {
      const team = await product.team(plan, { ...terms, anchor: start })
      const { available, period } = await product.balance(team)
      expect([plan, available, period.resetsAt]).toEqual([plan, credits, `${ends}T09:00:00.000Z`])
    }
    const plans = await product.plans()
    const personal = plans.find(({ code }) => code === 'personal')
    expect(personal.allowances).toMatchObject([
      { credits: '60', every: 'MONTH', interval: 'MONTH', rollover: 'NONE', rolloverUpTo: null, illustrative: false },
      { credits: '720', every: 'YEAR', interval: 'YEAR', rollover: 'NONE' },
    ])
    expect(plans.find(({ code }) => code === 'enterprise')).toMatchObject({ topUp: false, contact: expect.any(String) })
    const enterprise = await product.team('enterprise')
    expect(await product.balance(enterprise)).toMatchObject({ available: '0', period: null })
    const terms = { reference: 'ENT-1', credits: '9000', every: 'YEAR' }
    const contract = await product.mutate('createContract', { teamId: enterprise, ...terms })
    expect(contract.__typename).toBe('Contract')
    expect(await product.balance(enterprise)).toMatchObject({ available: '9000' })
  })

  test('D3: seats that are added count at once, in proportion to the rest of the cycle', async () => {
    const team = await product.team('team', { seats: 2, anchor: start })
    await product.moveTo('2027-02-14T09:00:00.000Z')
    await product.mutate('assignPlan', { teamId: team, planId: 'team', seats: 4 })
    expect(await product.balance(team)).toMatchObject({ available: '450', period: { allowance: '450' } })
    await product.mutate('assignPlan', { teamId: team, planId: 'team', seats: 2 })
    const { available, owed } = await product.balance(team)
    expect([Math.floor(Number(available)), owed]).toEqual([301, '0'])
    await product.mutate('assignPlan', { teamId: team, planId: 'team', seats: 3 })
    await product.moveTo('2027-02-28T09:00:00.000Z')
    expect(await product.balance(team)).toMatchObject({ available: '450', period: { allowance: '450', used: '0' } })
  })

  test('D3: a change of seats that names no interval keeps the annual one, and deposits nothing again', async () => {
    const team = await product.team('team', { seats: 2, interval: 'YEAR' })
    await product.mutate('assignPlan', { teamId: team, planId: 'team', seats: 2 })
    expect(await product.balance(team)).toMatchObject({ available: '3600', period: { allowance: '3600' } })
  })

  test('D4, D5: add-on credits come at once, are renewed with the cycle, and expire with it like everything else', async () => {
    const team = await product.team('personal', { anchor: '2027-01-31T09:00:00.000Z' })
    expect(await units(team, 2)).toMatchObject({ addOnUnits: 2 })
    expect(await product.balance(team)).toMatchObject({ available: '180', included: '60', additional: '120' })
    await product.charge(team, images(70))
    expect(await product.balance(team)).toMatchObject({ available: '110', included: '0', additional: '110' })
    for (const renewal of ['2027-03-31', '2027-04-30', '2027-05-31']) {
      await product.moveTo(`${renewal}T08:59:00.000Z`)
      const before = await product.balance(team)
      await product.moveTo(`${renewal}T09:00:00.000Z`)
      expect(await product.balance(team), renewal).toMatchObject({ available: '180', additional: '120' })
      const expired = await product.activity(team, { types: ['EXPIRY'], from: `${renewal}T09:00:00.000Z` })
      expect(expired.reduce((sum, { amount }) => sum - Number(amount), 0)).toBe(Number(before.available))
    }
    const addOn = (await product.plans()).map(({ code, addOn }) => [code, addOn?.credits, addOn?.price.amount])
    expect(addOn).toEqual([
      ['free', undefined, undefined],
      ['personal', '60', '10'],
      ['team', '200', '30'],
      ['enterprise', undefined, undefined],
    ])
  })

  test('D6: cancelled, its credits stay to the end of the cycle; it needs a subscription and ends with it', async () => {
    const anchor = '2027-05-31T09:00:00.000Z'
    const team = await product.team('team', { seats: 1, anchor })
    await units(team, 1)
    expect(await units(team, 0)).toMatchObject({ addOnUnits: 0 })
    expect(await product.balance(team)).toMatchObject({ available: '350', additional: '200' })
    await product.moveTo('2027-06-30T09:00:00.000Z')
    expect(await product.balance(team)).toMatchObject({ available: '150', additional: '0' })

    await units(team, 1)
    await product.mutate('assignPlan', { teamId: team, planId: 'free' })
    const { addOnUnits } = (await product.query('query ($id: ID!) { team(id: $id) { addOnUnits } }', { id: team })).team
    expect(addOnUnits).toBe(0)
    expect(await product.balance(team)).toMatchObject({ additional: '200' })
    expect(await units(team, 1)).toMatchObject({ __typename: 'AddOnNotAvailable' })
    await product.moveTo('2027-07-31T09:00:00.000Z')
    expect(await product.balance(team)).toMatchObject({ available: '16', additional: '0' })
  })

  test('D4: a year of the annual plan, from a leap day on: granted once, nothing rolls over', async () => {
    await product.moveTo('2028-02-29T12:00:00.000Z')
    const team = await product.team('personal', { interval: 'YEAR', anchor: '2028-02-29T12:00:00.000Z' })
    await product.charge(team, images(20))
    for (const month of ['2028-03-31', '2028-06-30', '2028-12-31', '2029-02-28']) {
      expect(await product.balance(team, `${month}T11:59:59.000Z`), month).toMatchObject({ available: '700' })
    }
    await product.moveTo('2029-02-28T12:00:00.000Z')
    const { available, period } = await product.balance(team)
    expect([available, period.startsAt, period.resetsAt]).toEqual([
      '720',
      '2029-02-28T12:00:00.000Z',
      '2030-02-28T12:00:00.000Z',
    ])
    const later = await product.balance(team, '2032-02-29T12:00:00.000Z')
    expect(later.period.startsAt).toBe('2032-02-29T12:00:00.000Z')
  })
})
