import type { GraphQLSchema } from 'graphql'
import { ownTeamBegun } from '../resolvers/own-team.ts'
import { aroundRootFields } from './root-fields.ts'

/** Lets every root field find the caller's own team begun. */
export const withOwnTeam = (schema: GraphQLSchema): GraphQLSchema =>
  aroundRootFields(schema, (resolve) => (root, args, context, info) => {
    const begun = ownTeamBegun(context)
    return begun === null ? resolve(root, args, context, info) : begun.then(() => resolve(root, args, context, info))
  })
