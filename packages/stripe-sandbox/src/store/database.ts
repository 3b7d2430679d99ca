import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const schema = `
  CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, id TEXT NOT NULL UNIQUE, json TEXT NOT NULL,
    secret TEXT NOT NULL DEFAULT '{}') STRICT;
  CREATE INDEX IF NOT EXISTS object_by_type ON object (type, seq);
  CREATE INDEX IF NOT EXISTS object_by_customer ON object (type, json ->> '$.customer', seq);
  CREATE INDEX IF NOT EXISTS object_by_payment_intent ON object (type, json ->> '$.payment_intent', seq);
  CREATE INDEX IF NOT EXISTS object_by_invoice ON object (type, json ->> '$.invoice', seq);
  CREATE INDEX IF NOT EXISTS object_by_invoice_payment ON object (type, json ->> '$.payment.payment_intent', seq);
  CREATE INDEX IF NOT EXISTS object_by_subscription ON object (type, json ->> '$.subscription', seq);
  CREATE TABLE IF NOT EXISTS alarm (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS alarm_by_time ON alarm (at, seq);
  CREATE TABLE IF NOT EXISTS idempotency_key (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL UNIQUE, type TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (seq) WHERE state = 'waiting';
  CREATE TABLE IF NOT EXISTS delivery_attempt (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, at_ms INTEGER NOT NULL, status INTEGER, failure TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_attempt_by_event ON delivery_attempt (event, seq);
`

export type Database = {
  readonly sql: DatabaseSync
  /** Runs it as one transaction, which is undone where it throws. */
  transaction<T>(run: () => T): T
  /** Undoes what `run` did where it throws, inside a transaction. */
  attempt<T>(run: () => T): T
}

/** Opens the sandbox's file in the directory, or in memory where there is none. Processes may share one. */
export function openDatabase(dir: string | null): Database {
  const sql = new DatabaseSync(dir === null ? ':memory:' : ownFile(dir), { timeout: 10_000 })
  sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
  sql.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`)
  const around = <T>(begin: string, commit: string, undo: string, run: () => T): T => {
    sql.exec(begin)
    try {
      const result = run()
      sql.exec(commit)
      return result
    } catch (error) {
      sql.exec(undo)
      throw error
    }
  }
  return {
    sql,
    transaction: (run) => around('BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', run),
    attempt: (run) => around('SAVEPOINT attempt', 'RELEASE attempt', 'ROLLBACK TO attempt; RELEASE attempt', run),
  }
}

/** The path of the file, which its owner alone can read, as its directory: keys and payers are in it. */
function ownFile(dir: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
  const path = join(dir, 'sandbox.sqlite')
  // SQLite gives its other files the mode of this one. A file that is there is never opened here: closing it would drop
  // the locks that this process has on it (POSIX).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600)
  return path
}
