import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { type OutboxItem, type OutboxStore, SqliteStore } from '../../../web/server/index.ts'
import { MemoryOutbox, sharedItems } from '../../setup/memory-outbox.ts'

const cleaned: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaned.splice(0).reverse()) await clean()
})

function outboxFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'credits-outbox-'))
  cleaned.push(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'outbox.db')
}

/** Opens one more store over the same items. */
type Opener = () => OutboxStore

const stores: Record<string, () => Opener> = {
  SQLite: () => {
    const file = outboxFile()
    return () => new SqliteStore(file)
  },
  memory: () => {
    const shared = sharedItems()
    return () => new MemoryOutbox(shared)
  },
}

const item = (id: string): OutboxItem => ({ id, text: `text of ${id}` })
const items = (...ids: string[]) => ids.map(item)
const waiting = (...ids: string[]) => items(...ids).map((one) => ({ ...one, failures: 0 }))
const refusal = { code: 'UNKNOWN_RATE', message: 'There is no such rate' }
const longMs = 60_000

/** The rules of `OutboxStore`: a store of a caller's own passes the same tests. */
describe.each(Object.entries(stores))('an outbox in %s', (_, make) => {
  function opened() {
    const another = make()
    const open = () => {
      const store = another()
      cleaned.push(() => store.close())
      return store
    }
    return { store: open(), open }
  }

  test('hands out what waits in the order in which it was added, until it is removed', async () => {
    const { store } = opened()
    await store.add(items('c', 'a'))
    await store.add(items('b'))
    expect(await store.take(2, longMs)).toEqual(waiting('c', 'a'))
    expect(await store.take(10, longMs)).toEqual(waiting('c', 'a', 'b'))
    await store.remove(['c', 'b', 'never there'])
    expect(await store.take(10, longMs)).toEqual(waiting('a'))
    expect(await store.counts()).toEqual({ waiting: 1, parked: 0 })
  })

  test('adds all items or none', async () => {
    const { store } = opened()
    await store.add(items('a'))
    await expect(async () => store.add(items('b', 'a'))).rejects.toThrow()
    expect(await store.take(10, longMs)).toEqual(waiting('a'))
  })

  test('parks an item with its reason, and lets it wait again in its old place', async () => {
    const { store } = opened()
    await store.add(items('a', 'b', 'c'))
    await store.park('a', refusal)
    await store.park('never there', refusal)
    expect(await store.take(10, longMs)).toEqual(waiting('b', 'c'))
    expect(await store.parked(10)).toMatchObject([{ ...item('a'), refusal }])
    expect(await store.counts()).toEqual({ waiting: 2, parked: 1 })
    expect(await store.unpark('b')).toBe(false)
    expect(await store.unpark('a')).toBe(true)
    expect(await store.take(10, longMs)).toEqual(waiting('a', 'b', 'c'))
  })

  test('hands out a postponed item when its time has come, and counts its failures', async () => {
    const { store } = opened()
    await store.add(items('a', 'b'))
    await store.postpone('a', Date.now() + longMs)
    await store.postpone('never there', Date.now() + longMs)
    expect(await store.take(1, longMs)).toEqual(waiting('b'))
    expect(await store.counts()).toEqual({ waiting: 2, parked: 0 })
    await store.postpone('a', Date.now() - 1)
    expect(await store.take(10, longMs)).toEqual([{ ...item('a'), failures: 2 }, ...waiting('b')])
    await store.postpone('a', Date.now() + longMs)
    await store.park('a', refusal)
    await store.unpark('a')
    expect(await store.take(10, longMs)).toEqual(waiting('a', 'b'))
  })

  test('drops parked items alone', async () => {
    const { store } = opened()
    await store.add(items('a', 'b'))
    await store.park('a', refusal)
    expect(await store.drop('b')).toBe(false)
    expect(await store.drop('a')).toBe(true)
    expect(await store.drop('a')).toBe(false)
    expect(await store.counts()).toEqual({ waiting: 1, parked: 0 })
  })

  test('removes an item that was parked meanwhile, because it was charged', async () => {
    const { store } = opened()
    await store.add(items('a'))
    await store.park('a', refusal)
    await store.remove(['a'])
    expect(await store.counts()).toEqual({ waiting: 0, parked: 0 })
  })

  test('gives one process the turn at a time, until it closes or its time is over', async () => {
    const { store, open } = opened()
    const other = open()
    await store.add(items('a', 'b'))
    expect(await store.take(1, longMs)).toEqual(waiting('a'))
    expect(await other.take(1, longMs)).toBeNull()
    expect(await other.counts()).toEqual({ waiting: 2, parked: 0 })
    expect(await store.take(1, longMs)).toEqual(waiting('a'))
    await store.close()
    expect(await other.take(1, -1)).toEqual(waiting('a'))
    expect(await open().take(1, longMs)).toEqual(waiting('a'))
  })
})

describe('an outbox in SQLite', () => {
  test('has the same items after it was opened again', () => {
    const file = outboxFile()
    const store = new SqliteStore(file)
    store.add(items('a', 'b'))
    store.park('a', refusal)
    store.close()
    const again = new SqliteStore(file)
    expect(again.take(10, longMs)).toEqual(waiting('b'))
    expect(again.parked(10)).toEqual([{ ...item('a'), refusal }])
    again.close()
  })

  test('leaves the turn of a process that has ended to the next one', () => {
    const file = outboxFile()
    const store = new SqliteStore(file)
    store.add(items('a'))
    store.take(1, longMs)
    const beside = new DatabaseSync(file)
    // Above the largest pid of Linux, so no process has it.
    beside.exec('update turn set pid = 4194305')
    beside.close()
    const next = new SqliteStore(file)
    expect(next.take(1, longMs)).toEqual(waiting('a'))
    next.close()
    store.close()
  })

  test.skipIf(process.platform === 'win32')('is read by its user alone', () => {
    const file = outboxFile()
    const store = new SqliteStore(file)
    store.add(items('a'))
    const modes = ['', '-wal', '-shm'].map((ending) => (statSync(`${file}${ending}`).mode & 0o777).toString(8))
    expect(modes).toEqual(['600', '600', '600'])
    store.close()
  })

  test('has the items of a file of version 1', () => {
    const file = outboxFile()
    const store = new SqliteStore(file)
    store.add(items('a'))
    store.close()
    const old = new DatabaseSync(file)
    old.exec(`alter table item drop column failures; alter table item drop column until_ms; pragma user_version = 1`)
    old.close()
    const upgraded = new SqliteStore(file)
    upgraded.postpone('a', Date.now() - 1)
    expect(upgraded.take(10, longMs)).toEqual([{ ...item('a'), failures: 1 }])
    upgraded.close()
  })

  test('refuses a file of a newer version', () => {
    const file = outboxFile()
    const newer = new DatabaseSync(file)
    newer.exec('pragma user_version = 3')
    newer.close()
    expect(() => new SqliteStore(file)).toThrow(/newer version/)
  })
})
