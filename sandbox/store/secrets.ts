import type { Database } from './database.ts'

/** What the sandbox knows of an object and never shows: each user brings the type of what it keeps. */
export type Secrets<T> = {
  get(id: string): T | undefined
  set(id: string, secret: T): void
}

/** Kept beside the object, which must be stored before. */
export function openSecrets<T>({ sql }: Database): Secrets<T> {
  const read = sql.prepare(`SELECT secret FROM object WHERE id = ? AND secret <> '{}'`)
  const write = sql.prepare('UPDATE object SET secret = ? WHERE id = ?')
  return {
    get(id) {
      const row = read.get(id)
      return row === undefined ? undefined : JSON.parse(String(row.secret))
    },
    set: (id, secret) => void write.run(JSON.stringify(secret), id),
  }
}
