import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type {
  OutboxCounts,
  OutboxItem,
  OutboxStore,
  ParkedOutboxItem,
  Refusal,
  WaitingOutboxItem,
} from './outbox-store.ts'

const version = 2

const schema = `
  create table item (
    position integer primary key autoincrement,
    id text not null unique,
    text text not null,
    refusal text,
    failures integer not null default 0,
    until_ms integer not null default 0
  ) strict;
  create index item_waiting on item (position) where refusal is null;
  create table turn (
    one integer primary key check (one = 1),
    pid integer not null,
    holder text not null,
    until_ms integer not null
  ) strict;
  pragma user_version = ${version};`

/** Adds what files of version 1 lack. */
const upgrade = `
  alter table item add column failures integer not null default 0;
  alter table item add column until_ms integer not null default 0;
  pragma user_version = ${version};`

/** How long a write waits for another process, while this process does nothing else. */
const lockedMs = 2_000

/**
 * An outbox in one SQLite file, for the processes of one machine: not on a network drive. Each write is on the disk when it returns
 * (write-ahead log, `synchronous = FULL`). Only the user who made the file may read it. A full disk and a file that stays locked for two seconds are errors of the call.
 */
export class SqliteStore implements OutboxStore {
  readonly #database: DatabaseSync
  readonly #holder = crypto.randomUUID()
  readonly #statements = new Map<string, StatementSync>()

  /** Makes the file where there is none. @throws where a newer version of this package has made it. */
  constructor(file: string) {
    makeFile(file)
    this.#database = new DatabaseSync(file, { timeout: lockedMs })
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full')
    this.#transaction(() => {
      const { user_version: found } = this.#get('pragma user_version') as { user_version: number }
      if (found > version) throw new Error(`${file} belongs to a newer version of @credits-gateway/server: update it`)
      if (found === 0) this.#database.exec(schema)
      if (found === 1) this.#database.exec(upgrade)
    })
  }

  add(items: readonly OutboxItem[]): void {
    this.#transaction(() => {
      for (const { id, text } of items) this.#run('insert into item (id, text) values (?, ?)', id, text)
    })
  }

  take(limit: number, turnMs: number): WaitingOutboxItem[] | null {
    return this.#transaction(() => {
      const items = this.#all(
        'select id, text, failures from item where refusal is null and until_ms <= ? order by position limit ?',
        Date.now(),
        limit,
      )
      if (items.length === 0) return []
      if (this.#isTaken()) return null
      const turn = 'insert or replace into turn (one, pid, holder, until_ms) values (1, ?, ?, ?)'
      this.#run(turn, process.pid, this.#holder, Date.now() + turnMs)
      return items as WaitingOutboxItem[]
    })
  }

  postpone(id: string, untilMs: number): void {
    this.#run('update item set failures = failures + 1, until_ms = ? where id = ?', Math.ceil(untilMs), id)
  }

  remove(ids: readonly string[]): void {
    this.#transaction(() => {
      for (const id of ids) this.#run('delete from item where id = ?', id)
    })
  }

  park(id: string, refusal: Refusal): void {
    this.#run('update item set refusal = ? where id = ?', JSON.stringify(refusal), id)
  }

  parked(limit: number): ParkedOutboxItem[] {
    const rows = this.#all(
      'select id, text, refusal from item where refusal is not null order by position limit ?',
      limit,
    ) as (OutboxItem & { refusal: string })[]
    return rows.map(({ id, text, refusal }) => ({ id, text, refusal: JSON.parse(refusal) as Refusal }))
  }

  unpark(id: string): boolean {
    return this.#run(
      'update item set refusal = null, failures = 0, until_ms = 0 where id = ? and refusal is not null',
      id,
    )
  }

  drop(id: string): boolean {
    return this.#run('delete from item where id = ? and refusal is not null', id)
  }

  counts(): OutboxCounts {
    const { all, parked } = this.#get('select count(*) "all", count(refusal) parked from item') as {
      all: number
      parked: number
    }
    return { waiting: all - parked, parked }
  }

  close(): void {
    if (!this.#database.isOpen) return
    this.#run('delete from turn where holder = ?', this.#holder)
    this.#database.close()
  }

  /** A process that has ended leaves its turn to the next one. */
  #isTaken(): boolean {
    const turn = this.#get('select pid, holder, until_ms from turn') as
      | { pid: number; holder: string; until_ms: number }
      | undefined
    return turn !== undefined && turn.holder !== this.#holder && turn.until_ms > Date.now() && isAlive(turn.pid)
  }

  #transaction<Result>(act: () => Result): Result {
    this.#database.exec('begin immediate')
    try {
      const result = act()
      this.#database.exec('commit')
      return result
    } catch (error) {
      // A full disk may have rolled it back already.
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }

  #run = (sql: string, ...values: SQLInputValue[]): boolean => this.#statement(sql).run(...values).changes !== 0
  #get = (sql: string, ...values: SQLInputValue[]): unknown => this.#statement(sql).get(...values)
  #all = (sql: string, ...values: SQLInputValue[]): unknown[] => this.#statement(sql).all(...values)

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, known)
    return known
  }
}

/** SQLite gives the mode of the file to the files that it makes beside it. */
function makeFile(file: string): void {
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
