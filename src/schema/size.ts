import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parseType,
  TypeInfo,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { RequestFault } from '../access/faults.ts'
import { introspectionCosts, requestCost } from './costs.ts'

/** A document with what is executed of it. */
export type Operation = {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

/** `cost` in points: the cost of the fields, without that of the request itself. */
export type Size = { readonly depth: number; readonly breadth: number; readonly cost: number }

/** Points of one operation, the request itself counted. */
export const maxCost = 25_000
/** Each event of a subscription is executed anew. */
export const maxSubscriptionCost = 2_000
export type OperationKind = 'operation' | 'subscription'
const shapes: Readonly<Record<OperationKind, Omit<Size, 'cost'>>> = {
  operation: { depth: 15, breadth: 500 },
  subscription: { depth: 12, breadth: 200 },
}

/**
 * The size of an operation by its document and variables, before anything is executed. The variables have passed
 * `variableFaults`. A document whose variables change no cost is measured once.
 */
export function sizeOf({ schema, document, operationName, variables }: Operation): Size {
  const operation = getOperationAST(document, operationName)
  if (operation == null) return { depth: 0, breadth: 0, cost: 0 }
  const { factors, introspection } = factsOf(schema, document)
  const definitions = operation.variableDefinitions?.filter(({ variable }) => factors.has(variable.name.value)) ?? []
  const known = definitions.length === 0 ? sizes.get(operation) : undefined
  if (known !== undefined) return known
  const given = definitions.map((definition) => asFactor(definition, variables?.[definition.variable.name.value]))
  const bare = { ...operation, variableDefinitions: given.map(({ definition }) => definition) }
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  const values = Object.fromEntries(given.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))
  const measured = complexityFromQuery(
    { kind: Kind.DOCUMENT, definitions: [bare, ...fragments] },
    { schema, variables: values },
  )
  const { depth, breadth, complexity } = measured
  const size = { depth, breadth, cost: Math.ceil(complexity) + introspection }
  if (definitions.length === 0) sizes.set(operation, size)
  return size
}

/** Why nobody may run an operation of this size; null: it is legal. `limit`: points that its caller has in a second. */
export function sizeRefusal(size: Size, kind: OperationKind, limit = Infinity): RequestFault | null {
  for (const measure of ['depth', 'breadth'] as const) {
    const most = shapes[kind][measure]
    if (size[measure] <= most) continue
    const message = `The operation is too large: its ${measure} is ${size[measure]}, and at most ${most} is served.`
    return new RequestFault('BAD_USER_INPUT', `${message} Ask for less at once.`)
  }
  const points = size.cost + requestCost
  const maximum = Math.min(kind === 'subscription' ? maxSubscriptionCost : maxCost, limit)
  if (points <= maximum) return null
  const message = `The operation is too large: it costs ${points} points, and at most ${maximum} are served at once. Ask for shorter ranges, smaller pages or fewer fields, in several requests.`
  return new RequestFault('BAD_USER_INPUT', message, { reason: 'COST_TOO_HIGH', cost: { points, maximum } })
}

type Facts = {
  /** Variables that change a cost. */
  readonly factors: ReadonlySet<string>
  readonly introspection: number
}

const sizes = new WeakMap<OperationDefinitionNode, Size>()
const facts = new WeakMap<DocumentNode, Facts>()

function factsOf(schema: GraphQLSchema, document: DocumentNode): Facts {
  const known = facts.get(document)
  if (known !== undefined) return known
  const factors = new Set<string>()
  let introspection = 0
  const info = new TypeInfo(schema)
  const visitor = visitWithTypeInfo(info, {
    Field: ({ name, arguments: given }) => {
      introspection += introspectionCosts[name.value] ?? 0
      if (typeof info.getFieldDef()?.extensions.complexity !== 'function') return
      for (const argument of given ?? []) visit(argument, { Variable: ({ name }) => void factors.add(name.value) })
    },
  })
  visit(document, visitor)
  const found = { factors, introspection }
  facts.set(document, found)
  return found
}

const ofLengthAlone = parseType('[Int]')

/** Only the length of a list changes a cost. Its items are not coerced a second time. */
function asFactor(definition: VariableDefinitionNode, value: unknown) {
  const name = definition.variable.name.value
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'object')) return { name, definition, value }
  return { name, definition: { ...definition, type: ofLengthAlone }, value: value.map(() => null) }
}
