import { type GraphQLResolveInfo, type GraphQLSchema, Kind } from 'graphql'
import { aroundRootFields } from './root-fields.ts'
import { type OperationKind, sizeOf, sizeRefusal } from './size.ts'

const measured = new WeakSet<object>()

/** The operation of this context has been measured. The server does so before it executes anything. */
export const markMeasured = (context: object): unknown => measured.add(context)

/** Refuses an operation that is too large at its first root field, where nobody has measured it before. */
export const withLimits = (schema: GraphQLSchema): GraphQLSchema =>
  aroundRootFields(schema, (resolve, kind) => (root, args, context, info) => {
    if (!measured.has(context)) check(info, kind)
    return resolve(root, args, context, info)
  })

function check({ schema, operation, fragments, variableValues }: GraphQLResolveInfo, kind: OperationKind): void {
  const definitions = [operation, ...Object.values(fragments)]
  const variables = Object.fromEntries(
    Object.entries(variableValues.sources).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  )
  const refusal = sizeRefusal(sizeOf({ schema, document: { kind: Kind.DOCUMENT, definitions }, variables }), kind)
  if (refusal !== null) throw refusal
}
