import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { charge, makeTeam, resultOf } from '../../setup/operator.ts'
import { WebhookReceiver } from '../../setup/webhook-receiver.ts'

let gateway: Gateway
let receiver: WebhookReceiver
beforeAll(async () => {
  gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: '1' } })
  receiver = await new WebhookReceiver().listen()
})
afterAll(async () => {
  await gateway?.close()
  await receiver?.close()
})

const patience = { timeout: 15_000, interval: 20 }

test('the time for which a transaction that stays open holds back platformEvents is told', async () => {
  const heldBack = 'credits_platform_events_held_back_seconds'
  const culprit = new Client({ connectionString: gateway.databaseUrl })
  await culprit.connect()
  await culprit.query('begin; select pg_current_xact_id()')
  await makeTeam(gateway.url, 'held-back')
  const first = await vi.waitUntil(() => metric(gateway.url, heldBack), patience)
  await vi.waitFor(async () => expect(await metric(gateway.url, heldBack)).toBeGreaterThan(first), patience)
  await culprit.query('rollback')
  await untilMetric(gateway.url, heldBack, 0)
  await culprit.end()
})

test('the attempts to deliver events, their answers and what waits are counted, and Retry-After is honoured', async () => {
  await makeTeam(gateway.url, 'sent')
  const attempts = (outcome: string) => metric(gateway.url, 'credits_webhook_attempts_total', { outcome })
  const created = await ask(
    gateway.url,
    `mutation ($input: CreateWebhookEndpointInput!) { result: createWebhookEndpoint(input: $input) {
      ... on CreatedWebhookEndpoint { secret endpoint { id } } } }`,
    { input: { teamId: 'sent', url: receiver.url(), types: ['CREDITS_CHARGED'] } },
  )
  const { secret, endpoint } = resultOf<{ secret: string; endpoint: { id: string } }>(created)
  receiver.expect([secret])
  await charge(gateway.url, 'sent')
  await vi.waitFor(async () => expect(await attempts('delivered')).toBe(1), patience)
  expect(await metric(gateway.url, 'credits_webhook_answer_seconds_count')).toBe(1)

  receiver.reply = () => ({ status: 503, headers: { 'retry-after': '3600' } })
  await charge(gateway.url, 'sent')
  await vi.waitFor(async () => expect(await attempts('refused')).toBe(1), patience)
  await vi.waitUntil(() => metric(gateway.url, 'credits_webhook_oldest_event_seconds'), patience)
  const read = async () =>
    resultOf<{ deliveries: { nodes: { at: string; nextAttemptAt: string | null }[] } }>(
      await ask(
        gateway.url,
        `query ($id: ID!) { result: node(id: $id) { ... on WebhookEndpoint { deliveries { nodes { at nextAttemptAt } } } } }`,
        { id: endpoint.id },
      ),
    ).deliveries.nodes[0]
  const last = await vi.waitUntil(async () => {
    const delivery = await read()
    return delivery?.nextAttemptAt != null && delivery
  }, patience)
  expect(Date.parse(last.nextAttemptAt ?? '') - Date.parse(last.at)).toBeGreaterThan(3_500_000)

  expect(await metric(gateway.url, 'credits_webhook_endpoints_disabled')).toBe(0)
  const database = new Client({ connectionString: gateway.databaseUrl })
  await database.connect()
  receiver.reply = () => ({ status: 410 })
  await database.query('update webhook_position set retry_at = now() where attempts > 0')
  await database.end()
  await untilMetric(gateway.url, 'credits_webhook_endpoints_disabled', 1)
  await untilMetric(gateway.url, 'credits_webhook_oldest_event_seconds', 0)
})
