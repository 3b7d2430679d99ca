import type { Database } from './database.ts'

export type Alarm = { readonly seq: number; readonly at: number; readonly kind: string; readonly id: string }

/** Alarms: an action on an object at an instant (seconds since 1970). */
export type Alarms = {
  /** An alarm that is already set is not set twice. */
  add(at: number, kind: string, id: string): void
  isDue(now: number): boolean
  /** The earliest due alarm, which is removed. */
  take(now: number): Alarm | undefined
}

export function openAlarms({ sql }: Database): Alarms {
  const insert = sql.prepare(
    `INSERT INTO alarm (at, kind, id) SELECT :at, :kind, :id
     WHERE NOT EXISTS (SELECT 1 FROM alarm WHERE at = :at AND kind = :kind AND id = :id)`,
  )
  const first = sql.prepare('SELECT 1 FROM alarm WHERE at <= ? LIMIT 1')
  const take = sql.prepare(
    `DELETE FROM alarm WHERE seq = (SELECT seq FROM alarm WHERE at <= ? ORDER BY at, seq LIMIT 1)
     RETURNING seq, at, kind, id`,
  )
  return {
    isDue: (now) => first.get(now) !== undefined,
    add: (at, kind, id) => void insert.run({ at, kind, id }),
    take(now) {
      const row = take.get(now)
      if (row === undefined) return undefined
      return { seq: Number(row.seq), at: Number(row.at), kind: String(row.kind), id: String(row.id) }
    },
  }
}
