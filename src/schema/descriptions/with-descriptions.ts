import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from 'graphql'
import type { Descriptions } from './descriptions.ts'

type Described = { description?: string | null | undefined }

/** Every type, field, argument, enum value and input field by its place: `Team`, `Team.usage`, `Team.usage(from)`. */
export function* describedElements(schema: GraphQLSchema): Generator<[place: string, element: Described]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    yield [type.name, type]
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value]
    if (!isInputObjectType(type) && !isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field]
      for (const arg of 'args' in field ? field.args : []) yield [`${type.name}.${field.name}(${arg.name})`, arg]
    }
  }
}

/** Describes what the file of its noun leaves undescribed: first by place, then as all elements of that name are. */
export function withDescriptions(schema: GraphQLSchema, { byPlace, byName }: Descriptions): GraphQLSchema {
  for (const [place, element] of describedElements(schema)) {
    element.description ??= byPlace[place] ?? usual(schema, place, byName) ?? null
  }
  return schema
}

const isNode = (type: unknown): boolean =>
  isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node')

function usual(schema: GraphQLSchema, place: string, byName: Descriptions['byName']): string | undefined {
  const [typeName = '', rest] = place.split('.')
  const type = schema.getType(typeName)
  if (rest === undefined) {
    if (isUnionType(type)) return byName.union
    if (typeName.endsWith('Connection')) return byName.connection
    if (typeName.endsWith('Edge')) return byName.edge
    return isInputObjectType(type) ? byName.input : undefined
  }
  const [, name = rest] = /\((\w+)\)$/.exec(rest) ?? []
  if (isInputObjectType(type) || rest.endsWith(')')) return byName.inputs[name]
  return byName.fields[name] ?? (name === 'id' && isNode(type) ? byName.id : undefined)
}
