import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { schema } from '../../../../src/schema/schema.ts'
import { type Answer, aliasOf } from './answers.ts'
import type { Column } from './columns.ts'
import { asItsObject, expectedOf, type PlacedRoute, places, type Rule, ruleOf } from './places.ts'
import type { Outcome } from './routes.ts'

type WithFields = GraphQLObjectType | GraphQLInterfaceType
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]

/** Every type of the schema that has fields, below the root. */
export const types = Object.values(schema.getTypeMap()).filter(
  (type): type is WithFields =>
    (isObjectType(type) || isInterfaceType(type)) &&
    !type.name.startsWith('__') &&
    !roots.some((root) => root?.name === type.name),
)

/** A field of one type, seen through one route. */
export type Row = { readonly type: string; readonly field: string; readonly route: PlacedRoute; readonly rule: Rule }
/** Fields that one selection has. */
export type Group = { readonly route: PlacedRoute; readonly rows: readonly Row[]; readonly selection: string }

/** The required arguments of fields. */
const given: Readonly<Record<string, string>> = {
  'Balance.spendable': '(rate: "song")',
  'Team.meteredUsage': '(month: "2040-01")',
  'Team.receipt': '(reference: "job-1")',
  'Team.usage': '(from: "2040-02-01T00:00:00Z", to: "2040-02-20T00:00:00Z", groupBy: [DAY, MEMBER])',
}

/** The fields that everyone sees who reaches the object; for a page also its items. */
function selectionOf(type: WithFields): string {
  const isPage = /(Connection|Edge)$/.test(type.name)
  const rules = places[type.name]?.rules
  const selected = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument) || (rules?.[field.name] ?? asItsObject) !== asItsObject) return []
    if (isLeafType(getNamedType(field.type))) return [field.name]
    return isPage ? [selectionOfField(type.name, field)] : []
  })
  return selected.length === 0 ? '__typename' : selected.join(' ')
}

function selectionOfField(type: string, field: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(field.type)
  const selection = `${field.name}${given[`${type}.${field.name}`] ?? ''}`
  return isObjectType(named) || isInterfaceType(named) ? `${selection} { ${selectionOf(named)} }` : selection
}

/**
 * The fields of a type through each of its routes. A field that an error may hide from somebody has a group of its own.
 */
export const groupsOf = (type: WithFields): Group[] =>
  (places[type.name]?.routes ?? []).flatMap((route) => {
    const rows = Object.keys(type.getFields()).map((field) => ({
      type: type.name,
      field,
      route,
      rule: ruleOf(places[type.name], route, field),
    }))
    const alone = rows.filter(({ rule }) => rule.refuses)
    const together = rows.filter(({ rule }) => !rule.refuses)
    return [together, ...alone.map((row) => [row])].map((group) => ({
      route,
      rows: group,
      selection: group
        .map(({ field }) => {
          const found = type.getFields()[field]
          return found === undefined ? '' : `${aliasOf(field)}: ${selectionOfField(type.name, found)}`
        })
        .join(' '),
    }))
  })

/** The values of one field in all objects of an answer. */
export function valuesOf(value: unknown, alias: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, alias))
  return Object.entries(value).flatMap(([key, one]) => (key === alias ? [one] : valuesOf(one, alias)))
}

export const leavesOf = (value: unknown): unknown[] => {
  if (value === null || value === undefined) return []
  return typeof value === 'object' ? Object.values(value).flatMap(leavesOf) : [value]
}

/** Whether a value is the other with fewer items in its lists. */
function isPart(value: unknown, whole: unknown): boolean {
  if (JSON.stringify(value) === JSON.stringify(whole)) return true
  if (typeof value !== 'object' || typeof whole !== 'object' || value === null || whole === null) return false
  if (Array.isArray(value) && Array.isArray(whole)) {
    return value.every((item) => whole.some((one) => isPart(item, one)))
  }
  return Object.entries(value).every(([key, one]) => isPart(one, (whole as Record<string, unknown>)[key]))
}

/** `most`: the answer for the column that sees the most. */
export function outcomeOf({ field }: Row, answer: Answer, most: Answer): Outcome {
  const code = answer.codeOf(aliasOf(field))
  if (code !== null) return code
  const values = valuesOf(answer.value, aliasOf(field))
  const whole = valuesOf(most.value, aliasOf(field))
  const leaves = leavesOf(values)
  if (leaves.length === 0) return 'nothing'
  if (JSON.stringify(values) === JSON.stringify(whole)) return 'told'
  if (leaves.every((leaf) => leaf === false)) return 'false'
  return isPart(values, whole) ? 'part' : 'other'
}

/** Whether the column that sees the most gets anything. */
export const isShown = ({ field }: Row, most: Answer): boolean =>
  leavesOf(valuesOf(most.value, aliasOf(field))).length > 0

/** The expected outcome of a field for a caller of the team; nothing through a route that shows nobody anything. */
export function expectedAt({ route, rule }: Row, column: Column, shown: boolean): Outcome {
  const expected = expectedOf(route, rule, column)
  return shown || /^[A-Z]/.test(expected) ? expected : 'nothing'
}
