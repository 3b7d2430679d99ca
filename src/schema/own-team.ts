import type { GraphQLSchema } from 'graphql'
import { ownTeamBegun } from '../resolvers/own-team.ts'
import { aroundRootFields } from './root-fields.ts'

/** Lets every root field find the caller's own team begun; what a subscription's is, whoever begins it has asked. */
export const withOwnTeam = (schema: GraphQLSchema): GraphQLSchema =>
  aroundRootFields(schema, (resolve, kind) => {
    if (kind === 'subscription') return resolve
    return (root, args, context, info) => {
      const begun = ownTeamBegun(context.caller(), context.services)
      return begun === null ? resolve(root, args, context, info) : begun.then(() => resolve(root, args, context, info))
    }
  })
