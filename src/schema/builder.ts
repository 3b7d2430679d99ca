import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import type { Instant } from '../domain/identity.ts'
import type { GatewayContext } from '../resolvers/request/context.ts'

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
  // The plugin keeps the costs of fields (costs.ts). The server checks them before execution (size.ts).
  complexity: { disabled: true, defaultListMultiplier: 10 },
})

builder.queryType({})
builder.mutationType({})
builder.subscriptionType({})
