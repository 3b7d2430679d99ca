import { once, setMaxListeners } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionArgs } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { teamId } from '../../src/domain/identity.ts'
import type { TeamNow } from '../../src/ledger/team-reader.ts'
import { contextOf, type GatewayContext } from '../../src/resolvers/request/context.ts'
import { schema } from '../../src/schema/schema.ts'
import { charge, submit } from '../bench-ledger.ts'
import { answerAsks } from './asks.ts'
import { startDrivenGateway } from './driven-gateway.ts'
import { processorMs, roundsFor } from './drives.ts'

/* The gateway's schema and services, served as graphql-yoga and graphql-ws document it; changes go through a PubSub. */

const { services, close } = await startDrivenGateway()
setMaxListeners(0)
const pubSub = createPubSub<{ balance: [team: string, now: TeamNow] }>()

const balance = schema.getSubscriptionType()?.getFields().balance
if (balance === undefined) throw new Error('There is no field Subscription.balance')
balance.subscribe = async function* (_source, _args, { viewer }: GatewayContext) {
  const team = viewer?.teamId
  if (team == null) throw new Error('Whose balance?')
  const changes = pubSub.subscribe('balance', team)
  yield await services.teams.read(team)
  yield* changes
}

const yoga = createYoga<{ connectionParams?: { authorization?: string } }, GatewayContext>({
  schema,
  context: async ({ connectionParams }) =>
    contextOf(await services.access.read(connectionParams?.authorization), services),
})
const server = createServer(yoga)
type Executing = ExecutionArgs & { rootValue: ReturnType<typeof yoga.getEnveloped> }
useServer(
  {
    execute: (args) => (args as Executing).rootValue.execute(args),
    subscribe: (args) => (args as Executing).rootValue.subscribe(args),
    async onSubscribe(context, _id, params) {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params,
      })
      const document = parse(params.query)
      const errors = validate(schema, document)
      if (errors.length > 0) return errors
      return {
        schema,
        operationName: params.operationName,
        document,
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      }
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
)

answerAsks((ask) => {
  switch (ask.ask) {
    case 'processor':
      return processorMs()
    case 'rounds': {
      const team = teamId(ask.team)
      return roundsFor(ask.seconds, async () => {
        const { revision } = await submit(services.ledger, team, charge)
        const now = await services.teams.read(team)
        if (now !== null) pubSub.publish('balance', team, now)
        return revision
      })
    }
    default:
      throw new Error(`The stock server is not asked for ${ask.ask}`)
  }
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
process.once('disconnect', () => close().then(() => process.exit()))
