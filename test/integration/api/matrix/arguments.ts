import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql'
import { schema } from '../../../../src/schema/schema.ts'
import type { Column } from './columns.ts'
import { literalFor, namesObject, type Operation, operations } from './operations.ts'
import type { Route } from './routes.ts'
import type { Ids } from './scene.ts'

type Given = GraphQLArgument | GraphQLInputField
/** An argument or a field of one, by the names that lead to it; `required` where the field can't be asked without it. */
type Leaf = { readonly path: readonly Given[]; readonly name: string; readonly required: boolean }
export type Field = {
  readonly name: string
  readonly kind: Route['kind']
  readonly field: GraphQLField<unknown, unknown>
  readonly leaves: readonly Leaf[]
}
/** A field with one argument, or without any. */
export type ArgumentRow = {
  readonly field: Field
  readonly operation: Operation | undefined
  readonly argument: string
}

const roots = { Query: 'query', Mutation: 'mutation', Subscription: 'subscription' } as const
/** All of an input is the one argument, and an event has the names of a charge. */
const silent = new Set(['input', 'events'])
const isRequired = (path: readonly Given[]) =>
  path.every((given, index) =>
    index === 0 ? isRequiredArgument(given as GraphQLArgument) : isRequiredInputField(given as GraphQLInputField),
  )

function leavesOf(path: readonly Given[]): Leaf[] {
  const type = getNamedType(path.at(-1)?.type)
  if (isInputObjectType(type)) return Object.values(type.getFields()).flatMap((field) => leavesOf([...path, field]))
  const name = path
    .map((given) => given.name)
    .filter((part) => !silent.has(part))
    .join('.')
  return [{ path, name, required: isRequired(path) }]
}

const kinds: readonly Route['kind'][] = ['query', 'subscription', 'mutation']

/** Every field of the root, and every field that takes arguments; those that change the scene come last. */
export const fieldsWithArguments: readonly Field[] = Object.values(schema.getTypeMap())
  .flatMap(fieldsOf)
  .sort((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind))

function fieldsOf(type: GraphQLNamedType): Field[] {
  if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__')) return []
  const kind = roots[type.name as keyof typeof roots]
  return Object.values(type.getFields())
    .filter(({ args }) => kind !== undefined || args.length > 0)
    .map((field) => ({
      ...{ name: `${type.name}.${field.name}`, kind: kind ?? 'query', field },
      leaves: field.args.flatMap((argument) => leavesOf([argument])),
    }))
}

export const argumentRows: readonly ArgumentRow[] = fieldsWithArguments.flatMap((field) =>
  (field.leaves.length === 0 ? [''] : field.leaves.map(({ name }) => name)).map((argument) => ({
    field,
    operation: operations[field.name],
    argument,
  })),
)

/** The names that are given beside the argument, and it. */
function namesOf({ field, operation, argument }: ArgumentRow, column: Column): Set<string> {
  const names = new Set(operation?.always?.split(' ') ?? [])
  for (const { name, required } of field.leaves) if (required) names.add(name)
  names.delete(operation?.instead?.[argument] ?? '')
  if (column.foreign && namesObject(argument)) names.delete('teamId')
  if (argument !== '') names.add(argument)
  const parent = argument.split('.').slice(0, -1).join('.')
  // A line of usage names its rate, and a tag its key and its value.
  if (/^(usage(\.tags)?|fit)$/.test(parent)) names.add('usage.rate')
  if (parent === 'fit') names.add('fit.atLeast').add('fit.atMost')
  if (parent === 'usage.tags') for (const part of ['key', 'value']) names.add(`usage.tags.${part}`)
  return names
}

/** The object that `id` names, where it is not the revoked API key. */
const namedBy = (ids: Ids): Readonly<Record<string, string>> => ({
  'Query.team': ids.team,
  'Query.node': ids.hold,
  'Mutation.deleteWebhookEndpoint': ids.endpoint,
  'Mutation.rotateApiKey': ids.liveKey,
})

/** The literal of an argument with those of its fields that are given; undefined: none is. */
function literalOf(row: ArgumentRow, path: readonly Given[], names: ReadonlySet<string>, ids: Ids): string | undefined {
  const given = path.at(-1)
  const type = getNamedType(given?.type)
  if (!isInputObjectType(type)) {
    const leaf = row.field.leaves.find(({ path: other }) => other.every((one, index) => one === path[index]))
    if (leaf === undefined || row.operation === undefined || !names.has(leaf.name)) return undefined
    if (leaf.name === 'id') return JSON.stringify(namedBy(ids)[row.field.name] ?? ids.key)
    return literalFor(row.operation, leaf.name, ids)
  }
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const literal = literalOf(row, [...path, field], names, ids)
    return literal === undefined ? [] : [`${field.name}: ${literal}`]
  })
  if (fields.length === 0) return undefined
  const object = `{ ${fields.join(', ')} }`
  return /^\[/.test(String(given?.type)) ? `[${object}]` : object
}

/** A selection of the root that gives the argument. */
export function textOf(row: ArgumentRow, column: Column, ids: Ids): string {
  const { field, operation, argument } = row
  const names = namesOf(row, column)
  const given = field.field.args.flatMap((arg) => {
    const literal = literalOf(row, [arg], names, ids)
    return literal === undefined ? [] : [`${arg.name}: ${literal}`]
  })
  const type = getNamedType(field.field.type)
  const reason = isUnionType(type) ? ' ... on Error { message }' : ''
  const selection = isLeafType(type) ? '' : ` { __typename${reason} }`
  const text = `${field.field.name}${given.length === 0 ? '' : `(${given.join(', ')})`}${selection}`
  const team = column.foreign && namesObject(argument) ? '' : `(id: "${ids.team}")`
  return operation?.inside?.(text, team) ?? text
}

/** The type of what was answered, `served` for a value without one. */
export function typeOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return typeOf(value[0] ?? null)
  return typeof value === 'object' && '__typename' in value ? `${value.__typename}` : 'served'
}
