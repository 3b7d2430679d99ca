import { describe, expect, it } from 'vitest'
import { account } from '../../src/schema/descriptions/account.ts'
import { operations } from '../../src/schema/descriptions/operations.ts'
import { prices } from '../../src/schema/descriptions/prices.ts'
import { describedElements } from '../../src/schema/descriptions/with-descriptions.ts'
import { schema } from '../../src/schema/schema.ts'

const elements = [...describedElements(schema)]
const builtIn = new Set(['String', 'Int', 'Float', 'Boolean', 'ID'])

describe('the description', () => {
  it('of every type, field, argument, enum value and input is there, and ends with a full stop', () => {
    const bare = elements.flatMap(([place, { description }]) =>
      builtIn.has(place) || /\S[.`?)»"]$/.test(description ?? '') ? [] : [place],
    )
    expect(bare).toEqual([])
  })

  it('says more than the name', () => {
    const words = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '')
    const restated = elements.filter(([place, { description }]) => {
      const name = words(/(\w+)\)?$/.exec(place)?.[1] ?? '')
      return ['', 'the', 'a', 'an'].some((article) => words(description ?? '') === `${article}${name}`)
    })
    expect(restated.map(([place]) => place)).toEqual([])
  })

  it('in a table is used, and stands in one place', () => {
    const known = new Map(elements)
    const tables = [account, prices, operations]
    const places = tables.flatMap((table) => Object.keys(table))
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([])
    const unused = tables.flatMap((table) =>
      Object.entries(table).filter(([place, description]) => known.get(place)?.description !== description),
    )
    expect(unused.map(([place]) => place)).toEqual([])
  })
})
