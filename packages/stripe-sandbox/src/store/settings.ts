import type { Database } from './database.ts'

export type Settings = {
  get(name: string): string | undefined
  set(name: string, value: string): void
  remove(name: string): void
  /** The stored value; without one, the value that `make` returns is stored, and every process then sees it. */
  once(name: string, make: () => string): string
}

export function openSettings({ sql }: Database): Settings {
  const read = sql.prepare('SELECT value FROM setting WHERE name = ?')
  const write = sql.prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
  const add = sql.prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO NOTHING')
  const remove = sql.prepare('DELETE FROM setting WHERE name = ?')
  const get = (name: string) => {
    const row = read.get(name)
    return row === undefined ? undefined : String(row.value)
  }
  return {
    get,
    set: (name, value) => void write.run(name, value),
    remove: (name) => void remove.run(name),
    once(name, make) {
      add.run(name, make())
      return get(name) ?? ''
    },
  }
}
