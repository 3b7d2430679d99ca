import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'

/**
 * The relay rules of graphql-eslint 4.4, written out: its plugin takes graphql 16 alone, and this is graphql 17. One of its
 * options is left off (`listTypeCanWrapOnlyEdgeType`): lists that are bounded and read whole, such as packages or the lines
 * of a charge, are plain lists.
 */
const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__'))
const objects = types.filter(isObjectType)
const connections = objects.filter(({ name }) => name.endsWith('Connection'))
const edgeTypes = new Set<GraphQLNamedType>(
  connections.flatMap((type) => {
    const edges = type.getFields().edges
    return edges === undefined ? [] : [getNamedType(edges.type)]
  }),
)
/** They are no objects of their own: the object that they are a part of is. */
const partsOfOthers = new Set(['GrantUse', 'PlatformEvent', 'TeamRehearsal'])
const isOf = (type: GraphQLOutputType | undefined, text: string) => `${type}` === text

describe('Relay', () => {
  it('finds the lists that are read in pages', () => {
    const names = connections.map(({ name }) => name).sort()
    expect(names).toEqual(
      expect.arrayContaining(['ActivityConnection', 'AuditConnection', 'HoldConnection', 'PurchaseConnection']),
    )
    expect(types.filter(({ name }) => name.endsWith('Connection'))).toHaveLength(connections.length)
  })

  it.each(connections.map((type) => [type.name, type] as const))('%s has edges and pageInfo', (_, type) => {
    const { edges, pageInfo } = type.getFields()
    expect(edges && isListType(getNullableType(edges.type))).toBe(true)
    expect(isOf(pageInfo?.type, 'PageInfo!')).toBe(true)
  })

  it('has edges of a Node with a cursor', () => {
    for (const edge of edgeTypes) {
      if (!isObjectType(edge)) throw new Error(`${edge} is no object`)
      expect(edge.name).toMatch(/Edge$/)
      const { node, cursor } = edge.getFields()
      expect(isOf(cursor?.type, 'String!'), edge.name).toBe(true)
      const named = node === undefined ? null : getNamedType(node.type)
      if (named !== null && partsOfOthers.has(named.name)) continue
      expect(isObjectType(named) && named.getInterfaces().map(({ name }) => name), edge.name).toContain('Node')
    }
    expect(objects.filter((type) => type.name.endsWith('Edge') && !edgeTypes.has(type))).toEqual([])
  })

  it('has the PageInfo of the specification', () => {
    const fields = objects.find(({ name }) => name === 'PageInfo')?.getFields()
    expect(fields && Object.fromEntries(Object.values(fields).map(({ name, type }) => [name, `${type}`]))).toEqual({
      hasNextPage: 'Boolean!',
      hasPreviousPage: 'Boolean!',
      startCursor: 'String',
      endCursor: 'String',
    })
  })

  it('has fields of connections that page both ways, and may be refused', () => {
    for (const type of objects) {
      for (const field of Object.values(type.getFields())) {
        if (!connections.includes(getNamedType(field.type) as never)) continue
        const args = Object.fromEntries(field.args.map((arg) => [arg.name, `${arg.type}`]))
        expect(args, `${type}.${field.name}`).toMatchObject({
          first: 'Int',
          after: 'String',
          last: 'Int',
          before: 'String',
        })
        expect(isNonNullType(field.type), `${type}.${field.name}`).toBe(false)
      }
    }
  })
})
