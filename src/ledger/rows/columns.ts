import type { InferEntity } from '@mikro-orm/core'
import type { Instant } from '../../domain/identity.ts'
import { ms } from './instants.ts'

/** A column of a select, and the value that its row has: amounts as text and instants in milliseconds, so that neither loses a digit. */
type Selected = { readonly sql: (column: string, name: string) => string }
type Column<Value> = Selected & { readonly value?: Value }

const column =
  <Base>(sql: Selected['sql']) =>
  <Value extends Base | null = Base>(): Column<Value> => ({ sql })

const asItIs = (name: string): string => name

export const asText = column<string>(asItIs)
export const asInteger = column<number>(asItIs)
export const asBoolean = column<boolean>(asItIs)
export const asJson = <Value>(): Column<Value> => ({ sql: asItIs })
/** A whole number beyond 32 bits that a double holds exactly. */
export const asNumber = column<number>((name) => `${name}::float8`)
export const asAmount = column<string>((name) => `${name}::text`)
export const asInstant = column<Instant>(ms)

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : ''

type NameIn<Entity> = Snake<keyof InferEntity<Entity> & string>

/** Columns of an entity by their names in the database. The compiler knows a name that the entity does not have. */
export const columnsOf =
  <Entity>() =>
  <Columns extends Readonly<Record<string, Selected>>>(
    columns: Columns & { readonly [Name in Exclude<keyof Columns, NameIn<Entity>>]: never },
  ): Columns =>
    columns

/** The list of a select from a table of this alias. */
export const listOf = (alias: string, columns: Readonly<Record<string, Selected>>): string =>
  Object.entries(columns)
    .map(([name, { sql }]) => sql(`${alias}.${name}`, name))
    .join(', ')

/** The row that a select of these columns has. */
export type RowOf<Columns> = {
  -readonly [Name in keyof Columns]: Columns[Name] extends Column<infer Value> ? Value : never
}
