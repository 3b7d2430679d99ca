import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
let team: TeamId
beforeAll(async () => {
  scene = await openPaying()
  team = await scene.team()
})
afterAll(() => scene.close())

const acme = {
  name: 'Acme GmbH',
  email: 'billing@acme.example',
  country: 'DE',
  line1: 'Street 1',
  line2: null,
  city: 'Berlin',
  postalCode: '10115',
  state: null,
  taxIds: [{ type: 'eu_vat', value: 'DE123456789' }],
  purchaseOrder: 'PO-77',
}

test('details are set at Stripe, a part at a time, and removed by null', async () => {
  expect(await scene.payments.setBillingDetails(team, acme)).toBeNull()
  expect(await scene.payments.billingDetails(team)).toEqual(acme)
  expect(await scene.payments.setBillingDetails(team, { city: 'Hamburg', purchaseOrder: null })).toBeNull()
  expect(await scene.payments.billingDetails(team)).toEqual({ ...acme, city: 'Hamburg', purchaseOrder: null })
  const customer = await scene.stripe.customers.retrieve(await scene.customer(team))
  expect(customer).toMatchObject({ name: 'Acme GmbH', address: { city: 'Hamburg', country: 'DE' } })
})

test('tax ids are all that are given from now on', async () => {
  const other = { type: 'eu_vat', value: 'ESX1234567X' }
  expect(await scene.payments.setBillingDetails(team, { taxIds: [other] })).toBeNull()
  expect((await scene.payments.billingDetails(team)).taxIds).toEqual([other])
  expect(await scene.payments.setBillingDetails(team, { taxIds: [] })).toBeNull()
  expect((await scene.payments.billingDetails(team)).taxIds).toEqual([])
})

test('nothing changes where Stripe refuses a part, which is named', async () => {
  const before = await scene.payments.billingDetails(team)
  const taxIds = [
    { type: 'eu_vat', value: 'DE987654321' },
    { type: 'eu_vat', value: 'not one' },
  ]
  expect(await scene.payments.setBillingDetails(team, { name: 'Other', taxIds })).toMatchObject({ field: 'taxIds' })
  expect(await scene.payments.billingDetails(team)).toEqual(before)
})

test('an outage is told as one', async () => {
  scene.sandbox.faults.add({ do: 'rate-limit', times: 10, method: 'GET', path: '/v1/customers' })
  await expect(scene.payments.billingDetails(team)).rejects.toThrow('Payments are out of reach')
  scene.sandbox.faults.clear()
})
