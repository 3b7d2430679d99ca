import type { InferEntity } from '@mikro-orm/core'
import type { Cell, Columns, ColumnType } from './sql-rows.ts'

/** A column's type, and its value in the row of a source. `context`: what a row needs besides, such as an instant. */
export type Column<Source, Context> = {
  readonly type: ColumnType
  readonly of: (source: Source, context: Context) => Cell
  /** Tells whether the column has changed sooner than its text would. */
  readonly compared?: (source: Source) => unknown
}

/** Every property of an entity but `Left`, as a column: the compiler misses none. Types only, so that a start loads no MikroORM. */
export type Described<Entity, Source, Context = unknown, Left = never> = Readonly<
  Record<Exclude<keyof InferEntity<Entity> & string, Left>, Column<Source, Context>>
>

const column =
  <Value extends Cell>(type: ColumnType) =>
  <Source, Context>(of: (source: Source, context: Context) => Value | null): Column<Source, Context> => ({ type, of })

export const bigint = column<bigint | number>('bigint')
export const numeric = column<bigint>('numeric')
export const integer = column<number>('integer')
export const text = column<string>('text')
export const boolean = column<boolean>('boolean')
export const instant = column<number>('instant')
/** In hexadecimal digits. */
export const bytes = column<string>('bytes')
export const jsonText = column<string>('json')

/** A value, stored as JSON in the form that `store` gives it. */
export const json = <Value, Source, Context>(
  of: (source: Source) => Value | null,
  store: (value: Value) => unknown,
): Column<Source, Context> => ({
  type: 'json',
  of: (source) => {
    const value = of(source)
    const stored = value === null ? null : store(value)
    return stored === null ? null : JSON.stringify(stored)
  },
  compared: of,
})

/** How the rows of a batch get into a table. */
export type Table<Source, Context> = {
  readonly name: string
  /** First those that are not stored: `ix`, the place of the row's team in the batch, and what only orders rows. */
  readonly columns: Columns
  /** How many columns are not stored. */
  readonly aside: number
  readonly cells: readonly Column<Source, Context>['of'][]
  /** Whether rows may exist, so that a null is a value there. */
  readonly overwrites: boolean
  /** The column that finds the row to update; null: rows are inserted. */
  readonly updatedBy: string | null
  /** The value of an updated column in SQL, where it is not simply the row's own one. */
  readonly set: Readonly<Record<string, string>>
  /** The end of the statement that inserts. */
  readonly end: string
}

export const columnName = (property: string) => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export function listed<Source, Context>(description: Readonly<Record<string, Column<Source, Context>>>) {
  const described = Object.entries(description)
  return {
    columns: described.map(([property, { type }]) => [columnName(property), type] as const),
    cells: described.map(([, { of }]) => of),
  }
}

/** A table whose rows are inserted, or overwritten where their `key` exists, except for the columns in `keep`. */
export function table<Source, Context>(
  name: string,
  description: Readonly<Record<string, Column<Source, Context>>>,
  options: { key?: readonly string[]; keep?: readonly string[]; order?: Column<Source, Context> } = {},
): Table<Source, Context> {
  const { key = [], keep = [], order } = options
  const { columns, cells } = listed(description)
  return {
    name,
    columns: [['ix', 'integer'], ...(order ? [['number', order.type] as const] : []), ...columns],
    aside: order ? 2 : 1,
    cells: [...(order ? [order.of] : []), ...cells],
    overwrites: key.length > 0,
    updatedBy: null,
    set: {},
    end: order ? ' order by u.ix, u.number' : overwrite(columns, key.map(columnName), keep.map(columnName)),
  }
}

function overwrite(columns: Columns, key: readonly string[], keep: readonly string[]): string {
  if (key.length === 0) return ''
  const names = columns.map(([name]) => name).filter((name) => !key.includes(name) && !keep.includes(name))
  return `
    on conflict (${['team_id', ...key].join(', ')}) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`
}

/** A table of whose existing rows these columns are updated; the first one finds the row. In SQL, `g` is that row and `u` the new one. */
export function updated<Source, Context>(
  name: string,
  description: Readonly<Record<string, Column<Source, Context>>>,
  set: Readonly<Record<string, string>> = {},
): Table<Source, Context> {
  const inserted = table(name, description)
  return { ...inserted, overwrites: true, updatedBy: inserted.columns[1]?.[0] ?? null, set }
}
