import { instant } from '../rows/instants.ts'
import { type Columns, unnest, value } from './sql-rows.ts'
import { type TableName, tables } from './written-tables.ts'

const accountUpdate = (columns: Columns, guarded: boolean) => `
  update account a set version = u.next_version, ${columns
    .slice(4)
    .map((column) => `${column[0]} = ${value('u', column)}`)
    .join(', ')}
  from ${unnest(columns, 'u', guarded ? 2 : 1)}${guarded ? ', moment m' : ''}
  where a.team_id = u.team_id and a.version = u.version${guarded ? guard : ''}
  returning u.ix, a.team_id`

/** Decided without reading first: valid only while no boundary has passed, on either clock, and the two are close. */
const guard = `
    and m.close_enough and m.now < coalesce(a.next_boundary, 'infinity')`

const moment = `moment as materialized (
  select greatest(now, ${instant('$1::float8')}) as now,
    abs(extract(epoch from now) * 1000 - $1::float8) < 1000 as close_enough from ledger_now() as now
)`

/** The rows for one table: its rows without the columns that none of them fills. */
export type Written = { readonly table: TableName; readonly columns: Columns }

function write({ table, columns }: Written, first: number): string {
  const { name, aside, updatedBy, set, end } = tables[table]
  const rows = `${unnest(columns, 'u', first)} join team t on t.ix = u.ix`
  const own = columns.slice(aside)
  if (updatedBy !== null) {
    const changed = own.filter(([column]) => column !== updatedBy)
    const values = changed.map((column) => `${column[0]} = ${set[column[0]] ?? value('u', column)}`)
    return `update ${name} g set ${values.join(', ')} from ${rows}
      where g.team_id = t.team_id and g.${updatedBy} = u.${updatedBy}`
  }
  return `insert into ${name} (team_id, ${own.map(([column]) => column).join(', ')})
    select t.team_id, ${own.map((column) => value('u', column)).join(', ')}
    from ${rows}${end}`
}

const maxPrepared = 200
const statements = new Map<string, { name: string; text: string }>()

/**
 * The statement that writes an account and these tables; made once for each combination, prepared once a connection.
 * Its name is a number: PostgreSQL tells prepared statements apart by no more than 63 characters.
 */
export function writeStatement(
  combination: string,
  guarded: boolean,
  account: Columns,
  filled: readonly Written[],
): { name?: string; text: string } {
  const known = statements.get(combination)
  if (known !== undefined) return known
  let next = (guarded ? 2 : 1) + account.length
  const parts = filled.map((written) => {
    const part = `wrote_${written.table} as (${write(written, next)})`
    next += written.columns.length
    return part
  })
  const team = `team as (${accountUpdate(account, guarded)})`
  const text = `with ${[...(guarded ? [moment] : []), team, ...parts].join(',\n')}\nselect team_id from team`
  // Callers decide which columns are empty: what they could make grow without end is not prepared.
  if (statements.size >= maxPrepared) return { text }
  const made = { name: `write${guarded ? '-guarded' : ''}-${statements.size}`, text }
  statements.set(combination, made)
  return made
}
