import { type GraphQLResolveInfo, type GraphQLSchema, getNullableType, isUnionType } from 'graphql'
import { Forbidden, InputFault, UnknownTeam } from '../access/faults.ts'
import { type ExpectedError, InvalidInput, NotAllowed, NotFound } from '../domain/errors.ts'
import { aroundRootFields } from './root-fields.ts'

/**
 * One shape for one fault: bad input, a role that does not suffice and an unknown team are members of the result where the
 * root field has a union, and errors with a code where it has none.
 */
export const withExpectedFaults = (schema: GraphQLSchema): GraphQLSchema =>
  aroundRootFields(schema, (resolve, kind) => {
    if (kind === 'subscription') return resolve
    return async (root, args, context, info) => {
      try {
        return await resolve(root, args, context, info)
      } catch (error) {
        const failure = failureOf(error)
        if (failure !== null && isMember(failure, info)) return failure
        throw error
      }
    }
  })

function failureOf(error: unknown): ExpectedError | null {
  if (error instanceof InputFault) return new InvalidInput({ path: error.at, reason: error.reason })
  if (error instanceof Forbidden) return new NotAllowed({ reason: error.reason })
  return error instanceof UnknownTeam ? new NotFound({ what: 'team' }) : null
}

function isMember({ name }: ExpectedError, { returnType }: GraphQLResolveInfo): boolean {
  const result = getNullableType(returnType)
  return isUnionType(result) && result.getTypes().some((type) => type.name === name)
}
