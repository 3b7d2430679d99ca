import type { SQLInputValue, StatementSync } from 'node:sqlite'
import type { Database } from './database.ts'
import type { Kind, Kinds } from './kinds.ts'

export type Range = { gt?: number; gte?: number; lt?: number; lte?: number }

export type Page = {
  limit: number
  starting_after?: string
  ending_before?: string
  created?: Range
}

/** Values that fields have, `metadata.team` among them; undefined: any. */
export type Filter = Readonly<Record<string, string | number | boolean | null | readonly string[] | undefined>>

export type Objects = {
  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined
  /** The object of whatever kind. */
  find(id: string): unknown
  /** Adds it, or stores its new state in its old place. */
  put<K extends Kind>(kind: K, object: Kinds[K]): void
  remove(id: string): void
  /** All that match, newest first. */
  all<K extends Kind>(kind: K, filter?: Filter): Kinds[K][]
  /** One page, newest first, and whether there are more in its direction. */
  page<K extends Kind>(kind: K, page: Page, filter?: Filter): { data: Kinds[K][]; more: boolean }
}

type Selection = {
  readonly created: Range
  readonly seq: Range
  readonly order: 'ASC' | 'DESC'
  /** -1: all. */
  readonly limit: number
}

const bounds = [
  ['>', 'gt'],
  ['>=', 'gte'],
  ['<', 'lt'],
  ['<=', 'lte'],
] as const

export function openObjects({ sql }: Database): Objects {
  const read = sql.prepare('SELECT json FROM object WHERE type = ? AND id = ?')
  const readAny = sql.prepare('SELECT json FROM object WHERE id = ?')
  const position = sql.prepare('SELECT seq FROM object WHERE type = ? AND id = ?')
  const write = sql.prepare(
    'INSERT INTO object (type, id, json) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
  )
  const remove = sql.prepare('DELETE FROM object WHERE id = ?')
  /** Few, because their texts differ only by the fields and the bounds that a call filters by. */
  const selects = new Map<string, StatementSync>()
  const selectBy = (text: string): StatementSync => {
    const statement = selects.get(text) ?? sql.prepare(text)
    selects.set(text, statement)
    return statement
  }

  const select = (kind: string, filter: Filter, { created: range, seq, order, limit }: Selection) => {
    const conditions = ['type = ?']
    const values: SQLInputValue[] = [kind]
    const add = (condition: string, ...given: SQLInputValue[]) => {
      conditions.push(condition)
      values.push(...given)
    }
    for (const [path, value] of Object.entries(filter)) {
      if (value === undefined) continue
      const field = `json ->> '$.${path}'`
      if (value === null) add(`${field} IS NULL`)
      else if (typeof value === 'object') add(`${field} IN (${value.map(() => '?').join()})`, ...value)
      else add(`${field} = ?`, typeof value === 'boolean' ? Number(value) : value)
    }
    for (const [sign, name] of bounds) {
      const created = range[name]
      if (created !== undefined) add(`json ->> '$.created' ${sign} ?`, created)
      const place = seq[name]
      if (place !== undefined) add(`seq ${sign} ?`, place)
    }
    return selectBy(`SELECT json FROM object WHERE ${conditions.join(' AND ')} ORDER BY seq ${order} LIMIT ?`)
      .all(...values, limit)
      .map((row) => JSON.parse(String(row.json)))
  }
  const seqOf = (kind: string, id: string) => Number(position.get(kind, id)?.seq ?? 0)

  return {
    get(kind, id) {
      const row = read.get(kind, id)
      return row === undefined ? undefined : JSON.parse(String(row.json))
    },
    find(id) {
      const row = readAny.get(id)
      return row === undefined ? undefined : JSON.parse(String(row.json))
    },
    put: (kind, object) => void write.run(kind, object.id, JSON.stringify(object)),
    remove: (id) => void remove.run(id),
    all: (kind, filter = {}) => select(kind, filter, { created: {}, seq: {}, order: 'DESC', limit: -1 }),
    page(kind, { limit, starting_after, ending_before, created = {} }, filter = {}) {
      const backwards = ending_before !== undefined
      const seq: Range = {}
      if (starting_after !== undefined) seq.lt = seqOf(kind, starting_after)
      if (backwards) seq.gt = seqOf(kind, ending_before)
      const rows = select(kind, filter, { created, seq, order: backwards ? 'ASC' : 'DESC', limit: limit + 1 })
      const data = rows.slice(0, limit)
      return { data: backwards ? data.reverse() : data, more: rows.length > limit }
    },
  }
}
