import { createPublicKey, verify } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { teamId } from '../../../src/domain/identity.ts'
import { readEvents } from '../../../src/ledger/history/account-events.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { WebhookReceiver } from '../../setup/webhook-receiver.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from '../api/gateway.ts'

let gateway: Gateway
let receiver: WebhookReceiver
let team: string
let teams = 0
const admin = () => caller('ADMIN', team, 'ada')

beforeAll(async () => {
  gateway = await openGateway({}, { allowPrivate: true })
})
afterAll(() => gateway.close())
beforeEach(async () => {
  receiver = await new WebhookReceiver().listen()
  team = `team-${(teams += 1)}`
  await makeTeam(gateway, team, '1000')
})
afterEach(async () => {
  await gateway.database.pool.query('update webhook_endpoint set deleted_at = now() where deleted_at is null')
  gateway.services.webhooks.remove(teamId(''), 0, undefined as never).catch(() => undefined)
  await receiver.close()
  expect(receiver.refused).toEqual([])
})

const fields = `id url types selection publicKey disabledAt lastDeliveryAt lastFailure
  deliveries { nodes { id eventId type attempts delivered status latencyMs answer failure at nextAttemptAt } }`
const patience = { timeout: 15_000, interval: 20 }

async function create(input: object = {}, path = '/hooks', viewer = admin()): Promise<Data> {
  const text = `mutation ($input: CreateWebhookEndpointInput!) { result: createWebhookEndpoint(input: $input) {
    __typename ... on CreatedWebhookEndpoint { secret endpoint { ${fields} } } ... on Error { code message } ... on InvalidInput { path } } }`
  const { result } = await gateway.ask(viewer, text, { input: { url: receiver.url(path), ...input } })
  if (result.secret) receiver.expect([result.secret], path)
  return result
}
const charge = (of = team) =>
  gateway.ask(
    operator,
    'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { id } } }',
    { input: { teamId: of, usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() } },
  )
const endpointOf = async (id: string, viewer = admin()): Promise<Data> =>
  (await gateway.ask(viewer, `query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { ${fields} } } }`, { id }))
    .node

/** The ids of all events of the team, in their order. */
async function eventIds(of = team): Promise<string[]> {
  const events = await readEvents(gateway.database.pool, teamId(of), { revision: 0, number: 0 }, 10_000)
  return events.map(({ revision, number }) => encodeId('Event', `${revision}.${number}`, teamId(of)))
}

describe('an endpoint of a team', () => {
  it('receives each event from its creation on, in order and signed', async () => {
    const before = (await eventIds()).length
    const { endpoint } = await create()
    for (let count = 0; count < 20; count += 1) await charge()
    const ids = (await eventIds()).slice(before)
    await vi.waitFor(() => expect(receiver.ids()).toEqual(ids), patience)
    const [event] = receiver.received
    expect(event?.body).toEqual({
      type: 'CREDITS_CHARGED',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { id: ids[0], team, revision: expect.any(Number) },
    })
    await vi.waitFor(async () => {
      const { deliveries, lastDeliveryAt, lastFailure } = await endpointOf(endpoint.id)
      expect(deliveries.nodes.map(({ eventId }: Data) => eventId)).toEqual(ids.toReversed())
      expect(deliveries.nodes[0]).toMatchObject({
        attempts: 1,
        delivered: true,
        status: 200,
        answer: '',
        failure: null,
      })
      expect(lastDeliveryAt).not.toBeNull()
      expect(lastFailure).toBeNull()
    }, patience)
  })
})
