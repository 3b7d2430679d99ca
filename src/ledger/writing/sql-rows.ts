import { instant } from '../rows/instants.ts'

/**
 * Rows as columns of PostgreSQL array literals: one parameter a column, however many rows, unnested by the server.
 * Literals are written here because the driver's own array writer takes longer than the server takes to insert.
 */
export type ColumnType = 'bigint' | 'numeric' | 'integer' | 'text' | 'boolean' | 'instant' | 'json' | 'bytes'
export type Cell = string | number | bigint | boolean | null
export type Columns = readonly (readonly [name: string, type: ColumnType])[]

/** How a row is made: `columns` begin with `ix`, the place of the row's team in the batch; `cells` make the others. */
export type RowMaker<Source, Context> = {
  readonly columns: Columns
  readonly cells: readonly ((source: Source, context: Context) => Cell)[]
}

/** Rows of one table in the making. */
export class Rows<Source, Context> {
  readonly columns: Columns
  readonly #made: RowMaker<Source, Context>['cells']
  readonly #cells: string[][]
  /** Whether the column has a value in any row. */
  readonly #filled: boolean[]
  length = 0

  constructor({ columns, cells }: RowMaker<Source, Context>) {
    this.columns = columns
    this.#cells = columns.map(() => [])
    this.#filled = columns.map(() => false)
    this.#made = cells
  }

  push(source: Source, context: Context, ix: number): void {
    this.#cells[0]?.push(`${ix}`)
    this.#filled[0] = true
    const { columns } = this
    for (let i = 1; i < columns.length; i += 1) {
      const cell = this.#made[i - 1]?.(source, context) ?? null
      if (cell !== null) this.#filled[i] = true
      this.#cells[i]?.push(literal(cell, columns[i]?.[1] ?? 'text'))
    }
    this.length += 1
  }

  /** One array literal a column, in the columns' order. */
  parameters(): string[] {
    return this.#cells.map((cells) => `{${cells.join(',')}}`)
  }

  whole(): { columns: Columns; parameters: string[]; name: string } {
    return { columns: this.columns, parameters: this.parameters(), name: '' }
  }

  /** The same without columns that are null in every row: an insert leaves them out. */
  compact(): { columns: Columns; parameters: string[]; name: string } {
    const filled = (_: unknown, index: number) => this.#filled[index] === true
    return {
      columns: this.columns.filter(filled),
      parameters: this.parameters().filter(filled),
      name: Number.parseInt(this.#filled.map((has) => (has ? '1' : '0')).join(''), 2).toString(36),
    }
  }
}

const arrayType: Record<ColumnType, string> = {
  bigint: 'bigint[]',
  numeric: 'numeric[]',
  integer: 'integer[]',
  text: 'text[]',
  boolean: 'boolean[]',
  instant: 'float8[]',
  json: 'text[]',
  bytes: 'text[]',
}

const cast: Partial<Record<ColumnType, (column: string) => string>> = {
  instant,
  json: (column) => `${column}::jsonb`,
  bytes: (column) => `decode(${column}, 'hex')`,
}

/** `unnest($3::bigint[], …) as alias(name, …)`, its parameters starting at `$first`. */
export function unnest(columns: Columns, alias: string, first: number): string {
  const parameters = columns.map(([, type], i) => `$${first + i}::${arrayType[type]}`)
  return `unnest(${parameters.join(', ')}) as ${alias}(${columns.map(([name]) => name).join(', ')})`
}

/** The column of an unnested row as its table wants it. */
export const value = (alias: string, [name, type]: Columns[number]): string =>
  cast[type]?.(`${alias}.${name}`) ?? `${alias}.${name}`

const quotable = /["\\]/g

function literal(cell: Cell, type: ColumnType): string {
  if (cell === null) return 'NULL'
  if (type === 'text' || type === 'json' || type === 'bytes') return `"${`${cell}`.replace(quotable, '\\$&')}"`
  return `${cell}`
}
