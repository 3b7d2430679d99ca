import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { GatewayContext } from '../resolvers/request/context.ts'

export type Resolve = GraphQLFieldResolver<unknown, GatewayContext>

/** Wraps every root field, in place: its resolver, or the source of a subscription. */
export function aroundRootFields(
  schema: GraphQLSchema,
  around: (resolve: Resolve, kind: 'operation' | 'subscription') => Resolve,
): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      if (field.resolve) field.resolve = around(field.resolve, 'operation')
    }
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    if (field.subscribe) field.subscribe = around(field.subscribe, 'subscription')
  }
  return schema
}
