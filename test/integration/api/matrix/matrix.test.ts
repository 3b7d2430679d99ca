import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, answersTo } from './answers.ts'
import { type ArgumentRow, argumentRows, fieldsWithArguments, textOf, typeOf } from './arguments.ts'
import { expectedAt, type Group, groupsOf, isShown, outcomeOf, type Row, types } from './cells.ts'
import { type Column, columns } from './columns.ts'
import { operations } from './operations.ts'
import { places, withoutValue } from './places.ts'
import { type Ids, openScene, type Scene, unknownIds } from './scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene?.close())

const fieldsOf = (type: (typeof types)[number]) => Object.keys(type.getFields())
const fields = types.flatMap((type) => fieldsOf(type).map((field) => `${type.name}.${field}`))
const groups = types.flatMap(groupsOf)

describe(`${fields.length} fields below the root, of ${types.length} types, for ${columns.length} callers`, () => {
  /** The answers by selection, then by caller. `unknown`: the answer about a team that does not exist. */
  const answers = new Map<Group, Map<Column, { known: Answer; unknown: Answer | null }>>()
  const executed = new Set<string>()

  const ask = async (column: Column, asked: readonly Group[], ids: Ids) => {
    const viewer = scene.viewers.get(column.name) ?? null
    const kind = asked[0]?.route.kind ?? 'query'
    return answersTo(
      scene.gateway,
      viewer,
      kind,
      asked.map(({ route, selection }) => route.text(ids, selection)),
    )
  }

  async function askAll(asked: readonly Group[]): Promise<void> {
    scene.payments.tell({})
    scene.payments.method(true)
    asked[0]?.route.before?.(scene.payments)
    await Promise.all(
      columns.map(async (column) => {
        const known = await ask(column, asked, scene.ids)
        const unknown = column.foreign ? await ask(column, asked, unknownIds) : []
        for (const [index, group] of asked.entries()) {
          const one = known[index]
          if (one === undefined) continue
          const ofGroup = answers.get(group) ?? new Map()
          answers.set(group, ofGroup.set(column, { known: one, unknown: unknown[index] ?? null }))
        }
      }),
    )
  }

  beforeAll(async () => {
    for (const kind of ['query', 'subscription'] as const)
      await askAll(groups.filter(({ route }) => route.kind === kind))
    for (const group of groups.filter(({ route }) => route.kind === 'mutation')) await askAll([group])
  })

  const answerTo = (group: Group, column: Column) => {
    const found = answers.get(group)?.get(column)
    if (found === undefined) throw new Error(`${column.name} was not asked`)
    return found
  }

  /** The outcome for another team's caller: its own object, or the same answer as about a team that does not exist. */
  function foreignOutcome(row: Row, group: Group, column: Column): string {
    const { known, unknown } = answerTo(group, column)
    if (row.route.foreign === 'own') return known.codeOf() ?? (/acme/i.test(JSON.stringify(known)) ? 'acme' : 'own')
    return known.without(scene.ids) === unknown?.without(unknownIds) ? 'unknown' : known.without(scene.ids)
  }

  it('are placed, each of them', () => {
    const placed = Object.entries(places).flatMap(([type, place]) =>
      place.fields.split(' ').map((field) => `${type}.${field}`),
    )
    expect(placed.sort()).toEqual([...fields].sort())
  })

  const named = types.map((type) => [type.name, fieldsOf(type).length * columns.length, type] as const)
  it.each(named)('%s: %i cells', (name, cells, type) => {
    const found: Record<string, string> = {}
    const expected: Record<string, string> = {}
    const shown = new Set<string>()
    const seen = new Set<string>()
    for (const group of groups.filter(({ rows }) => rows.some((row) => row.type === name))) {
      const place = places[name]?.routes.indexOf(group.route)
      const [top] = columns.filter((column) => column.name === group.route.most)
      for (const row of group.rows) {
        const most = answerTo(group, top as Column).known
        if (isShown(row, most)) shown.add(row.field)
        for (const column of columns) {
          const cell = `${row.field} through route ${place} to ${column.name}`
          seen.add(`${name}.${row.field} ${column.name}`)
          if (column.foreign) {
            found[cell] = foreignOutcome(row, group, column)
            expected[cell] = row.route.foreign
            continue
          }
          const outcome = outcomeOf(row, answerTo(group, column).known, most)
          found[cell] = row.rule.varies && /other|part/.test(outcome) ? 'told' : outcome
          expected[cell] = expectedAt(row, column, isShown(row, most))
        }
      }
    }
    expect(found).toEqual(expected)
    const valued = fieldsOf(type).filter((field) => !withoutValue.has(`${name}.${field}`))
    expect([...shown].sort()).toEqual(valued.sort())
    expect(seen.size).toBe(cells)
    for (const cell of seen) executed.add(cell)
  })

  it(`have ${fields.length * columns.length} cells, each of them executed`, () => {
    expect(executed.size).toBe(fields.length * columns.length)
  })
})

const argumentCells = argumentRows.length * columns.length

describe(`${argumentRows.length} arguments, and root fields without one, for ${columns.length} callers`, () => {
  const executed = new Set<string>()

  async function outcomeFor(row: ArgumentRow, column: Column): Promise<string> {
    const viewer = scene.viewers.get(column.name) ?? null
    const ask = async (ids: Ids) =>
      (await answersTo(scene.gateway, viewer, row.field.kind, [textOf(row, column, ids)]))[0]
    const { closesHold, deletesEndpoint } = row.operation ?? {}
    const ids = {
      ...scene.ids,
      ...(closesHold && { hold: await scene.newHold() }),
      ...(deletesEndpoint && { endpoint: await scene.newEndpoint() }),
    }
    const known = await ask(ids)
    executed.add(`${row.field.name} ${row.argument} ${column.name}`)
    if (known === undefined) return 'UNASKED'
    if (!column.foreign) return known.codeOf() ?? typeOf(known.value)
    if (row.operation?.ownAlone) return known.codeOf() ?? 'own'
    const told = known.codeOf() ?? typeOf(known.value)
    // A foreign cursor must be refused, too, although it would tell nothing.
    if (!/^([A-Z_]+|InvalidInput|NotAllowed|NotFound|QuoteExpired|nothing)$/.test(told)) return told
    const unknown = (await ask(unknownIds))?.without(unknownIds)
    return known.without(ids) === unknown ? 'unknown' : `${known.without(ids)}, not ${unknown}`
  }

  const expectedFor = ({ operation, argument }: ArgumentRow, column: Column) => {
    if (!column.foreign) return operation?.expected(column, argument)
    return operation?.ownAlone ? 'own' : 'unknown'
  }

  it('are placed, each of them', () => {
    const placed = Object.entries(operations).flatMap(([field, { arguments: names }]) =>
      names.split(' ').map((name) => `${field} ${name}`),
    )
    expect(placed.sort()).toEqual(argumentRows.map(({ field, argument }) => `${field.name} ${argument}`).sort())
  })

  const named = fieldsWithArguments.map((field) => {
    const rows = argumentRows.filter((row) => row.field === field)
    return [field.name, rows.length * columns.length, rows] as const
  })
  it.each(named)('%s: %i cells', async (_, cells, rows) => {
    scene.payments.tell({})
    scene.payments.method(true)
    const pairs = rows.flatMap((row) => columns.map((column) => ({ row, column })))
    const outcomes = await Promise.all(
      pairs.map(
        async ({ row, column }) => [`${row.argument} by ${column.name}`, await outcomeFor(row, column)] as const,
      ),
    )
    const expected = pairs.map(({ row, column }) => [`${row.argument} by ${column.name}`, expectedFor(row, column)])
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected))
    expect(outcomes).toHaveLength(cells)
  })

  it(`have ${argumentCells} cells, each of them executed`, () => {
    expect(executed.size).toBe(argumentCells)
  })
})
