import { readFileSync } from 'node:fs'
import { buildSchema, introspectionFromSchema, isAbstractType, isObjectType } from 'graphql'

const schema = buildSchema(readFileSync('web/client/dist/schema.graphql', 'utf8'))
const types = Object.values(schema.getTypeMap())

/** The types of each interface and union, for Apollo's cache. */
export const possibleTypes = Object.fromEntries(
  types.filter(isAbstractType).map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
)

/** The schema, for urql's cache. */
export const introspection = introspectionFromSchema(schema, { descriptions: false })

/** In urql's cache, an object without an id is a part of its parent. */
export const keys = Object.fromEntries(
  types
    .filter((type) => isObjectType(type) && !type.name.startsWith('__') && !('id' in type.getFields()))
    .map(({ name }) => [name, () => null]),
)
