import type { Database } from './database.ts'

/** Data of an object that the API never shows. Each user of the store defines the type of its data. */
export type Secrets<T> = {
  get(id: string): T | undefined
  set(id: string, secret: T): void
}

/** The data is stored beside the object, which must be stored before. */
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
