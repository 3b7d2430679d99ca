import { afterAll, beforeAll, expect, it } from 'vitest'
import { teamId } from '../../../src/domain/identity.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  await makeTeam(gateway, 'acme', '0', 'free')
  await makeTeam(gateway, 'globex', '0', 'pro')
})
afterAll(() => gateway.close())

const ada = caller('ADMIN', 'acme', 'ada')
const ana = caller('MEMBER', 'acme', 'ana')

const evidence = async (purchaseId: string): Promise<Data> => {
  const query = `query ($purchaseId: ID!) { usageEvidence(purchaseId: $purchaseId) {
    purchase { id member { memberId } } customerPurchaseIp mandate { acceptedBy text } used
    charges { amount reference lines { name } } accessActivityLog } }`
  return (await gateway.ask(operator, query, { purchaseId })).usageEvidence
}
const charge = (quantity: string, reference: string) =>
  gateway.ask(ana, `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }`, {
    input: { usage: [{ rate: 'video.luma-ray-3', quantity }], reference, idempotencyKey: newKey() },
  })

it('tells who bought, from where, and what the credits of the purchase paid for', async () => {
  payments.tell({ outcome: 'PAID', intent: 'pi_evidence' })
  const buying = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { ... on Purchase { id } } }`
  const input = { packageId: 'starter', idempotencyKey: newKey() }
  const bought = (await gateway.ask(ada, buying, { input })).purchaseCredits
  expect(await evidence(bought.id)).toMatchObject({ used: '0', charges: [], accessActivityLog: '' })

  // The 500 credits of the plan pay first: all of one charge, and 100 of the next.
  await charge('4', 'storyboard')
  await charge('3', 'trailer')
  await charge('1', 'cut | with a bar')
  const told = await evidence(bought.id)
  expect(told).toMatchObject({
    purchase: { id: bought.id, member: { memberId: 'ada' } },
    mandate: null,
    used: '300',
    charges: [
      { amount: '300', reference: 'trailer' },
      { amount: '100', reference: 'cut | with a bar' },
    ],
  })
  const lines = told.accessActivityLog.trimEnd().split('\n')
  expect(lines.map((line: string) => line.slice(line.indexOf(' | ')))).toEqual([
    ' | ana | 300 credits | Luma Ray 3: 3 | trailer',
    ' | ana | 100 credits | Luma Ray 3: 1 | cut | with a bar',
  ])
  for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \| /)
})

it('tells of a recharge to what was consented when it began, whatever is set later', async () => {
  const admin = caller('ADMIN', 'globex', 'gus')
  const configuring = `mutation ($input: AutoRechargeInput!) { configureAutoRecharge(input: $input) { __typename } }`
  const configure = (threshold: string) =>
    gateway.ask(admin, configuring, { input: { enabled: true, threshold, packageId: 'starter' } })
  await configure('20000')
  const charging = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'
  const usage = [{ rate: 'video.runway-gen-4', quantity: '1' }]
  await gateway.ask(admin, charging, { input: { usage, idempotencyKey: newKey() } })
  const begun = (await gateway.ask(admin, '{ team { purchases { nodes { id cause } } } }')).team.purchases.nodes
  expect(begun).toMatchObject([{ cause: 'RECHARGE' }])
  const before = (await evidence(begun[0].id)).mandate
  expect(before).toMatchObject({ acceptedBy: 'gus', text: expect.stringContaining('below 20000 credits') })
  await configure('700')
  expect((await evidence(begun[0].id)).mandate).toEqual(before)
})

it('is null for a purchase that nobody made', async () => {
  expect(await evidence(encodeId('Purchase', 99, teamId('acme')))).toBeNull()
  expect(await evidence('nonsense')).toBeNull()
})
