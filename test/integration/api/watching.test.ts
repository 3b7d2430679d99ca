import { parse } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../../src/schema/schema.ts'
import { iterateSubscription } from '../../../src/server/event-streams/subscription-iterator.ts'
import { createMasking } from '../../../src/server/operations/masking.ts'
import { createSubscriptions, isSubscription } from '../../../src/server/operations/shared-subscriptions.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway } from './gateway.ts'

let gateway: Gateway
const admin = caller('ADMIN')
beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme', '0')
})
afterAll(() => gateway.close())

const spend = (quantity: string, viewer = admin) =>
  gateway.ask(viewer, 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on Charge { id } } }', {
    input: { usage: [{ rate: 'video.runway-gen-4', quantity }], idempotencyKey: newKey() },
  })

async function open(text: string, variables: object = {}) {
  const result = await gateway.watch(admin, text, { ...variables })
  if (!(Symbol.asyncIterator in result)) throw new AggregateError(result.errors ?? [])
  const stream = result[Symbol.asyncIterator]()
  return {
    async next(): Promise<Data> {
      const { value } = await stream.next()
      if (!value || value.errors) throw new AggregateError(value?.errors ?? [], 'No event')
      return JSON.parse(JSON.stringify(value.data))
    },
    close: () => stream.return?.(),
  }
}

describe('a subscription', () => {
  it('shows the balance now and after each change', async () => {
    const pill = await open('subscription { balance { available label revision state } }')
    const { balance } = await pill.next()
    expect(balance).toMatchObject({ available: '500', label: '500 Credits', state: 'OK' })
    await spend('1')
    expect((await pill.next()).balance.available).toBe('450')
    await pill.close()
  })

  it('tells every event, and after a reconnect those that were missed', async () => {
    const text = `subscription ($after: ID) { accountEvents(after: $after) { id type revision amount message at
      activity { type lines { rate } } balance { available revision } } }`
    const asked = '{ team { lastEventId activity(first: 1) { nodes { revision } } } }'
    const { lastEventId, activity } = (await gateway.ask(admin, asked)).team
    const events = await open(text, { after: lastEventId })
    await spend('1')
    const { accountEvents: first } = await events.next()
    expect(first).toMatchObject({
      type: 'CREDITS_CHARGED',
      amount: '-50',
      message: '50 credits used',
      balance: { available: '400' },
      activity: { type: 'CHARGE', lines: [{ rate: 'video.runway-gen-4' }] },
    })
    expect(first.revision).toBe(activity.nodes[0].revision + 1)
    await events.close()
    await spend('7')
    const again = await open(text, { after: first.id })
    expect((await again.next()).accountEvents).toMatchObject({ type: 'CREDITS_CHARGED', amount: '-350' })
    expect((await again.next()).accountEvents).toMatchObject({ type: 'BALANCE_LOW', amount: null, activity: null })
    await again.close()
  })

  it('tells an event in full where the ledger was out of reach while its text was made', async () => {
    await makeTeam(gateway, 'outage', '0')
    const viewer = caller('ADMIN', 'outage')
    let losses = 0
    const { database } = gateway
    const losing: typeof database = {
      ...database,
      readings: {
        ...database.readings,
        read: (reader, run) =>
          database.readings.read(reader, ({ snapshot }) =>
            run({
              snapshot: (query) =>
                snapshot(async (client) => {
                  if (losses-- > 0) await client.query('select pg_terminate_backend(pg_backend_pid())')
                  return query(client)
                }),
            }),
          ),
      },
    }
    const services = { ...gateway.services, database: losing }
    const mask = createMasking(pino({ level: 'silent' }))
    const subscriptions = createSubscriptions({ schema, services, mask })
    const { lastEventId: after } = (await gateway.ask(viewer, '{ team { lastEventId } }')).team
    await spend('1', viewer)
    const query = 'subscription ($after: ID) { accountEvents(after: $after) { type activity { type } } }'
    const variables = { after }
    const result = await subscriptions.subscribe({ query, document: parse(query), variables, viewer })
    if (!isSubscription(result)) throw new AggregateError(result.errors ?? [])
    const events = iterateSubscription(result, mask)
    losses = 2
    const { value } = await events.next()
    expect(JSON.parse(value.stringify())).toEqual({
      data: { accountEvents: { type: 'CREDITS_CHARGED', activity: { type: 'CHARGE' } } },
    })
    expect(losses).toBeLessThan(0)
    await events.return?.()
  })

  it('warns once per crossing, with what to do', async () => {
    const alerts = await open(
      'subscription { lowBalance { state message nextGrantAt canPurchase packages { code } balance { available } } }',
    )
    expect((await alerts.next()).lowBalance).toMatchObject({
      state: 'LOW',
      message: 'Low — 50 Credits left',
      canPurchase: true,
      balance: { available: '50' },
      packages: [{ code: 'starter' }, { code: 'standard' }, { code: 'pro' }],
    })
    await spend('1')
    const { lowBalance } = await alerts.next()
    expect(lowBalance.state).toBe('EXHAUSTED')
    expect(lowBalance.message).toMatch(/^AI Credits exhausted — top up or wait until Monday, [A-Z][a-z]+ \d+$/)
    await alerts.close()
  })

  it('is refused before it starts where the event is unknown, or it asks for too much', async () => {
    const codes = async (text: string) => {
      const result = await gateway.watch(admin, text)
      return 'errors' in result ? result.errors?.map(({ extensions }) => extensions.code) : []
    }
    for (const after of ['nothing', 'acme']) {
      expect(await codes(`subscription { accountEvents(after: "${after}") { id } }`)).toEqual(['NOT_FOUND'])
    }
    const labels = Array.from({ length: 600 }, (_, index) => `l${index}: label`)
    expect(await codes(`subscription { balance { ${labels.join(' ')} } }`)).toEqual(['BAD_USER_INPUT'])
  })
})
