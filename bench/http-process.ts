import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GraphQLFieldConfig } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { contextOf, type GatewayContext } from '../src/resolvers/request/context.ts'
import { schema } from '../src/schema/schema.ts'
import { answerAsks } from './live/asks.ts'
import { startDrivenGateway } from './live/driven-gateway.ts'
import { processorMs } from './live/drives.ts'

/**
 * A server of one field as a process of its own. `real`: the gateway. `constant`: the gateway, whose field answers once for
 * real and then always with that same value. `stock`: graphql-yoga as it documents itself, with the same constant, the
 * gateway's schema and its check of tokens.
 */
const [, , mode, type, field] = process.argv
if (mode !== 'real' && type !== undefined && field !== undefined) answerConstantly(type, field)

answerAsks(processorMs)
if (mode === 'stock') await serveStock()
else {
  const { url, close } = await createApp(readConfig(process.env), { demo: false })
  process.send?.({ url })
  process.once('disconnect', () => close().then(() => process.exit()))
}

async function serveStock(): Promise<void> {
  const { services, close } = await startDrivenGateway()
  const yoga = createYoga<object, GatewayContext>({
    schema,
    context: async ({ request }) => {
      const viewer = await services.access.read(request.headers.get('authorization'))
      return contextOf(viewer, services, request.signal)
    },
  })
  const server = createServer(yoga)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  process.once('disconnect', () => close().then(() => process.exit()))
}

function answerConstantly(typeName: string, fieldName: string): void {
  const type = schema.getType(typeName)
  if (type === undefined || !('getFields' in type)) throw new Error(`There is no type ${typeName}`)
  const fields = type.getFields() as Record<string, Pick<GraphQLFieldConfig<unknown, unknown>, 'resolve'>>
  const target = fields[fieldName]
  const resolve = target?.resolve
  if (target === undefined || !resolve) throw new Error(`There is no field ${typeName}.${fieldName}`)
  let first: unknown
  target.resolve = (...args) => {
    first ??= resolve(...args)
    return first
  }
}
