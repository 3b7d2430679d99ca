import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import { RequestFault } from '../access/faults.ts'
import type { Instant } from '../domain/identity.ts'
import type { GatewayContext } from '../resolvers/services.ts'

/** `Credits` in micro-credits; `Decimal` as its text; `DateTime` in milliseconds since 1970. */
export const builder = new SchemaBuilder<{
  Context: GatewayContext
  DefaultFieldNullability: false
  Scalars: {
    Credits: { Input: bigint; Output: bigint }
    Decimal: { Input: string; Output: string }
    DateTime: { Input: Instant; Output: Instant }
    Revision: { Input: number; Output: number }
    ID: { Input: string; Output: string }
  }
}>({
  plugins: [ComplexityPlugin],
  defaultFieldNullability: false,
  // Lists count ten items, pages their size. Subscriptions are measured by the server, before their source starts.
  complexity: {
    limit: { depth: 15, breadth: 500, complexity: 25_000 },
    defaultListMultiplier: 10,
    complexityError: (kind) =>
      new RequestFault('BAD_USER_INPUT', `The operation is too large (${kind.toLowerCase()}): ask for less at once.`),
  },
})

builder.queryType({})
builder.mutationType({})
builder.subscriptionType({})
