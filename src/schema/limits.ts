import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type GraphQLResolveInfo, Kind } from 'graphql'
import { RequestFault } from '../access/faults.ts'
import type { GatewayContext } from '../resolvers/services.ts'

/** What one operation may ask for. Lists count their most likely length, pages their page size. */
export const limits = { depth: 15, breadth: 500, complexity: 25_000 }

/** Each event of a subscription is executed anew. */
const subscriptionLimits = { depth: 12, breadth: 200, complexity: 2_000 }

export const tooLarge = (kind: string) =>
  new RequestFault('BAD_USER_INPUT', `The operation is too large (${kind.toLowerCase()}): ask for less at once.`)

type Subscribe<Arguments, Source> = (
  root: unknown,
  args: Arguments,
  context: GatewayContext,
  info: GraphQLResolveInfo,
) => Promise<Source>

/** Measures a subscription before it starts its source: the plugin measures only when an event is resolved. */
export function withinLimits<Arguments, Source>(
  subscribe: (root: unknown, args: Arguments, context: GatewayContext) => Promise<Source>,
): Subscribe<Arguments, Source> {
  return async (root, args, context, info) => {
    const { schema, operation, fragments } = info
    // No field that a subscription reaches is priced by an argument, so variables don't matter.
    const definitions = [{ ...operation, variableDefinitions: [] }, ...Object.values(fragments)]
    const size = complexityFromQuery({ kind: Kind.DOCUMENT, definitions }, { schema, ctx: context })
    for (const kind of ['depth', 'breadth', 'complexity'] as const) {
      if (size[kind] > subscriptionLimits[kind]) throw tooLarge(kind)
    }
    return subscribe(root, args, context)
  }
}
