import { getNamedType, isLeafType } from 'graphql'
import type { Viewer } from '../../../../src/access/viewer.ts'
import { type Answer, aliasOf, answersTo } from './answers.ts'
import { groupsOf, leavesOf, type Row, types, valuesOf } from './cells.ts'
import type { Scene } from './scene.ts'

/** Every way to every field. */
export const rows = types.flatMap(groupsOf).flatMap((group) => group.rows)
const placeOf = ({ type, field }: Row) => `${type}.${field}`

const given: Readonly<Record<string, string>> = {
  'Balance.spendable': '(rate: "song")',
  'Team.meteredUsage': '(month: "2040-01")',
  'Team.receipt': '(reference: "job-1")',
  'Team.usage': '(from: "2040-02-01T00:00:00Z", to: "2040-02-20T00:00:00Z", groupBy: [DAY])',
}
function selectionOf(row: Row): string {
  const type = types.find(({ name }) => name === row.type)
  const field = type?.getFields()[row.field]
  const inside = isLeafType(getNamedType(field?.type)) ? '' : ' { __typename }'
  return `${aliasOf(row.field)}: ${row.field}${given[placeOf(row)] ?? ''}${inside}`
}

/** The answers to each row alone. */
async function answersOf(scene: Scene, viewer: Viewer | null, kind: Row['route']['kind']): Promise<Map<Row, Answer>> {
  const asked = rows.filter(({ route }) => route.kind === kind)
  const found = new Map<Row, Answer>()
  const ask = async (some: readonly Row[]) => {
    const texts = some.map((row) => row.route.text(scene.ids, selectionOf(row)))
    for (const [index, answer] of (await answersTo(scene.gateway, viewer, kind, texts)).entries())
      found.set(some[index] as Row, answer)
  }
  if (kind !== 'mutation') await ask(asked)
  else
    for (const row of asked) {
      scene.payments.tell({})
      scene.payments.method(true)
      row.route.before?.(scene.payments)
      await ask([row])
    }
  return found
}

/** The fields that show the caller any value on any way, as `Team.name`. */
export async function shownTo(scene: Scene, viewer: Viewer | null): Promise<string[]> {
  const shown = new Set<string>()
  for (const kind of ['query', 'subscription', 'mutation'] as const)
    for (const [row, answer] of await answersOf(scene, viewer, kind))
      if (leavesOf(valuesOf(answer.value, aliasOf(row.field))).length > 0) shown.add(placeOf(row))
  return [...shown].sort()
}

/** `{ Team: 'id name' }` as `Team.id` and `Team.name`. */
export const placesOf = (fields: Readonly<Record<string, string>>): string[] =>
  Object.entries(fields).flatMap(([type, names]) => names.split(' ').map((name) => `${type}.${name}`))
