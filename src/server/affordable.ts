import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, Kind } from 'graphql'

export type Operation = {
  readonly document: DocumentNode
  readonly operationName?: string | null
  readonly variableValues?: Record<string, unknown> | null
  readonly contextValue?: unknown
}

/** Where a subscription stops being one: each of its events is executed anew. */
const most = { complexity: 1_000, depth: 12, breadth: 200 }

/**
 * Throws where a subscription asks for too much. The schema's own limit is looked at when a field resolves, which for a
 * subscription is too late: its source would be running.
 */
export function assertAffordable(schema: GraphQLSchema, operation: Operation): void {
  const { document, operationName, variableValues, contextValue } = operation
  const subscription = getOperationAST(document, operationName)
  const definitions = document.definitions.filter(
    (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition === subscription,
  )
  const cost = complexityFromQuery(
    { ...document, definitions },
    {
      schema,
      variables: variableValues ?? {},
      ctx: typeof contextValue === 'object' && contextValue !== null ? contextValue : {},
    },
  )
  for (const [what, limit] of Object.entries(most)) {
    const asked = cost[what as keyof typeof most]
    if (asked <= limit) continue
    throw new GraphQLError(`The subscription's ${what} is ${asked}, and at most ${limit} is served: select less`, {
      extensions: { code: 'QUERY_TOO_COMPLEX' },
    })
  }
}
