import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql'
import { RequestFault } from '../access/faults.ts'
import { aroundRootFields } from './root-fields.ts'

type Size = { readonly depth: number; readonly breadth: number; readonly complexity: number }

/** Lists count ten items, pages their size. Each event of a subscription is executed anew. */
const most: Record<'operation' | 'subscription', Size> = {
  operation: { depth: 15, breadth: 500, complexity: 25_000 },
  subscription: { depth: 12, breadth: 200, complexity: 2_000 },
}

/**
 * Refuses an operation that asks for too much before its first field resolves or its source starts. The plugin's own
 * limit measures each execution anew, which costs as much as all else of a charge, and a subscription only at its events.
 */
export const withLimits = (schema: GraphQLSchema): GraphQLSchema =>
  aroundRootFields(schema, (resolve, kind) => (root, args, context, info) => {
    check(info, most[kind])
    return resolve(root, args, context, info)
  })

function check(info: GraphQLResolveInfo, limit: Size): void {
  const size = sizeOf(info)
  for (const kind of ['depth', 'breadth', 'complexity'] as const) {
    if (size[kind] <= limit[kind]) continue
    const message = `The operation is too large: its ${kind} is ${size[kind]}, and at most ${limit[kind]} is served.`
    throw new RequestFault('BAD_USER_INPUT', `${message} Ask for less at once.`)
  }
}

const sizes = new WeakMap<OperationDefinitionNode | GraphQLResolveInfo['variableValues'], Size>()

/** Only the sizes of pages change what an operation costs, and only an Int can be one: without it, once is for ever. */
function sizeOf(info: GraphQLResolveInfo): Size {
  const { schema, operation, fragments, variableValues } = info
  const variableDefinitions = operation.variableDefinitions?.filter(isInt) ?? []
  const key = variableDefinitions.length === 0 ? operation : variableValues
  const known = sizes.get(key)
  if (known) return known
  const definitions = [{ ...operation, variableDefinitions }, ...Object.values(fragments)]
  const names = variableDefinitions.map(({ variable }) => variable.name.value)
  const variables = Object.fromEntries(names.map((name) => [name, variableValues.coerced[name]]))
  const size = complexityFromQuery({ kind: Kind.DOCUMENT, definitions }, { schema, variables })
  sizes.set(key, size)
  return size
}

function isInt({ type }: VariableDefinitionNode): boolean {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type
  return named.kind === Kind.NAMED_TYPE && named.name.value === 'Int'
}
