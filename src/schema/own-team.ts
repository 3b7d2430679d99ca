import type { GraphQLSchema } from 'graphql'
import { ownTeamBegun } from '../resolvers/own-team.ts'
import { aroundRootFields } from './root-fields.ts'

/**
 * Begins the caller's own team before every root field of a query or mutation. For a subscription, the team is begun
 * before its stream is looked up (server/subscriptions.ts).
 */
export const withOwnTeam = (schema: GraphQLSchema): GraphQLSchema =>
  aroundRootFields(schema, (resolve, kind) => {
    if (kind === 'subscription') return resolve
    return (root, args, context, info) => {
      const begun = ownTeamBegun(context.caller(), context.services)
      return begun === null ? resolve(root, args, context, info) : begun.then(() => resolve(root, args, context, info))
    }
  })
