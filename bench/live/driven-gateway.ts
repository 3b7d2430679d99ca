import { signToken } from '../../src/access/tokens.ts'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { GatewayContext, Services } from '../../src/resolvers/request/context.ts'
import { schema } from '../../src/schema/schema.ts'

/** The gateway of this process, and its services, so that changes can be made in it without a request each. */
export async function startDrivenGateway(): Promise<{ url: string; services: Services; close(): Promise<void> }> {
  const caught = Promise.withResolvers<Services>()
  const plans = schema.getQueryType()?.getFields().plans
  const resolve = plans?.resolve
  if (plans === undefined || !resolve) throw new Error('There is no field Query.plans')
  plans.resolve = (source, args, context: GatewayContext, info) => {
    caught.resolve(context.services)
    return resolve(source, args, context, info)
  }
  const { url, close } = await createApp(readConfig(process.env), { demo: false })
  const token = await signToken(process.env.AUTH_SECRET ?? '', { member: 'bench', role: 'platform' }, 60)
  const headers = { authorization: `Bearer ${token}` }
  await fetch(`${url}/graphql?query=${encodeURIComponent('{ plans { id } }')}`, { headers })
  plans.resolve = resolve
  return { url, services: await caught.promise, close }
}
