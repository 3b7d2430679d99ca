import { GraphQLError, GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { teamId } from '../../../src/domain/identity.ts'
import { readEvents } from '../../../src/ledger/history/account-events.ts'
import { createWebhookBodies } from '../../../src/server/operations/webhook-bodies.ts'
import { caller, type Gateway, makeTeam, newKey, openGateway } from '../api/gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const failed = (error: unknown) => new GraphQLError(`${error}`)

/** A schema whose events have one field, which is resolved at once. */
function schemaWith(resolve: () => number): GraphQLSchema {
  const type = new GraphQLObjectType({ name: 'AccountEvent', fields: { field: { type: GraphQLInt, resolve } } })
  const accountEvents = { type, resolve: (event: unknown) => event }
  const query = new GraphQLObjectType({ name: 'Query', fields: { field: { type: GraphQLInt } } })
  return new GraphQLSchema({
    query,
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: { accountEvents } }),
  })
}

it('bodies of many streams begin one after the other, each in a turn of the event loop', async () => {
  await makeTeam(gateway, 'acme', '1000')
  const charge =
    'mutation ($key: String!) { chargeUsage(input: { usage: [{ rate: "image.flux-2-pro" }], idempotencyKey: $key }) { __typename } }'
  for (let count = 0; count < 10; count += 1) await gateway.ask(caller('ADMIN'), charge, { key: newKey() })
  const events = await readEvents(gateway.database.pool, teamId('acme'), { revision: 0, number: 0 }, 100)
  expect(events.length).toBeGreaterThanOrEqual(10)

  let turn = 0
  let counter = setImmediate(function count() {
    turn += 1
    counter = setImmediate(count)
  })
  const begun = new Map<number, number>()
  const schema = schemaWith(() => {
    begun.set(turn, (begun.get(turn) ?? 0) + 1)
    return turn
  })
  const { select } = createWebhookBodies({ schema, services: () => gateway.services, mask: failed })
  const streams = Array.from({ length: 8 }, () => select('{ field }', teamId('acme'), events))
  const bodies = (await Promise.all(streams)).flat()
  clearImmediate(counter)
  expect(bodies).toHaveLength(8 * events.length)
  expect(bodies[0]).toEqual({ event: { field: expect.any(Number) } })
  // The counter may be before or behind a body in its turn, so it sees two at the most.
  expect(Math.max(...begun.values())).toBeLessThanOrEqual(2)
})
