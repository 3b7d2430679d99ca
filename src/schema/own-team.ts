import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { GatewayContext } from '../resolvers/context.ts'
import { ownTeamBegun } from '../resolvers/own-team.ts'

type Resolve = GraphQLFieldResolver<unknown, GatewayContext>

/** Lets every root field find the caller's own team begun. */
export function withOwnTeam(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      if (field.resolve) field.resolve = afterOpening(field.resolve)
    }
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    if (field.subscribe) field.subscribe = afterOpening(field.subscribe)
  }
  return schema
}

const afterOpening =
  (resolve: Resolve): Resolve =>
  (root, args, context, info) => {
    const begun = ownTeamBegun(context)
    return begun === null ? resolve(root, args, context, info) : begun.then(() => resolve(root, args, context, info))
  }
