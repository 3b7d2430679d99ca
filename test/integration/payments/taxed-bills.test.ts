import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { type Billing, openBilling, patient, use } from './billing-scene.ts'
import { openPaying, type Paying } from './scene.ts'

const taxed = (source: string) =>
  parseCatalog(`${source}\ntax: { behavior: exclusive, code: txcd_10103001 }\n`, 'taxed.yaml')

const live = async (scene: Pick<Paying, 'stripe' | 'customer'>, team: TeamId, country: string) =>
  scene.stripe.customers.update(await scene.customer(team), { address: { country } })

describe('units', () => {
  let scene: Paying
  beforeAll(async () => {
    scene = await openPaying({ catalog: taxed(loadCatalog('catalogs/ai-studios.yaml').source) })
  })
  afterAll(() => scene.close())

  async function subscribed(country: string | null): Promise<TeamId> {
    const team = await scene.team('free')
    await scene.saveCard(team)
    if (country !== null) await live(scene, team, country)
    await scene.subscribe(team, [{ price: await scene.price('team', 9_000) }])
    return team
  }
  const invoicesOf = async (team: TeamId) => {
    const { data } = await scene.stripe.invoices.list({ customer: await scene.customer(team), limit: 100 })
    return data.filter(({ parent }) => parent === null)
  }

  test('are paid with their tax, whatever the subscription says of taxes', async () => {
    const team = await subscribed('DE')
    expect(await scene.order(team, 2, 'taxed')).toEqual({ kind: 'done' })
    expect(await invoicesOf(team)).toMatchObject([{ status: 'paid', subtotal: 6_000, total: 7_140 }])
    expect((await scene.account(team)).addOn).toMatchObject({ granted: 2 })
  })

  test('are not bought without an address, which an admin sets', async () => {
    const team = await subscribed(null)
    expect(await scene.order(team, 1, 'nowhere')).toMatchObject({
      kind: 'declined',
      declineCode: 'customer_tax_location_invalid',
      reason: expect.stringMatching(/setBillingDetails/),
    })
    expect((await invoicesOf(team)).filter(({ status }) => status !== 'void')).toEqual([])
    await scene.payments.setBillingDetails(team, { country: 'ES' })
    expect(await scene.order(team, 1, 'somewhere')).toEqual({ kind: 'done' })
    expect(await invoicesOf(team)).toMatchObject([{ status: 'paid', total: 3_630 }])
  })
})

describe('a bill for metered usage', () => {
  let scene: Billing
  beforeAll(async () => {
    scene = await openBilling('2030-03-15T12:00:00Z', { catalog: taxed(patient.source) })
  })
  afterAll(() => scene.close())

  test('has its tax on the invoice, and its net amount in the row; without an address it waits for one', async () => {
    const [known, unknown] = [await scene.team('pro'), await scene.team('pro')]
    for (const team of [known, unknown]) {
      await scene.saveCard(team)
      await scene.spend(team, use('avatar.talking-head', '45'))
    }
    await live(scene, known, 'DE')
    await scene.pass('2030-04-01T00:00:00Z')
    const stateOf = async (team: TeamId) => (await scene.bills(team))[0]?.state
    await expect.poll(() => stateOf(known)).toBe('OPEN')
    expect(await scene.bills(known)).toMatchObject([{ amount: '1000000000', invoice_url: expect.any(String) }])
    expect(await scene.invoices(known)).toMatchObject([{ status: 'open', subtotal: 100, total: 119, amount_due: 119 }])

    const waits = () => scene.logged.some(({ err }) => JSON.stringify(err ?? '').includes('setBillingDetails'))
    await expect.poll(waits).toBe(true)
    expect(await stateOf(unknown)).toBe('DUE')
    await scene.payments.setBillingDetails(unknown, { country: 'US' })
    await scene.settled()
    expect(await scene.invoices(unknown)).toMatchObject([{ status: 'open', total: 100 }])
  })
})
