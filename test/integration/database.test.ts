import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import pg from 'pg'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isConnectionLost } from '../../src/database/errors.ts'
import { DatabaseTooNew, migrate } from '../../src/database/migrate.ts'
import { type Database, DatabaseUnavailable, openDatabase } from '../../src/database/open.ts'
import { migrations } from '../../src/migrations/index.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'

const log = pino({ level: 'silent' })

let home: TestDatabase
let open: Database[] = []

beforeAll(async () => {
  home = await createTestDatabase({ verified: false })
})

afterEach(async () => {
  await Promise.all(open.map((database) => database.close()))
  open = []
})

afterAll(() => home.drop())

describe('a transaction', () => {
  test('is committed when its function returns and undone when it throws', async () => {
    const { transaction, pool } = await database()
    await pool.query('create table kept (n int primary key)')
    expect(await transaction(async (client) => (await client.query('insert into kept values (1)')).rowCount)).toBe(1)
    const failing = transaction(async (client) => {
      await client.query('insert into kept values (2)')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect((await pool.query('select n from kept')).rows).toEqual([{ n: 1 }])
  })

  test('whose failed statement was swallowed does not look committed', async () => {
    const { transaction } = await database()
    const swallowing = transaction((client) => client.query('select 1/0').catch(() => undefined))
    await expect(swallowing).rejects.toThrow('was rolled back')
  })

  test('is run again when two deadlock, and both then happen', async () => {
    const { transaction, pool } = await database()
    await pool.query('create table pair (id int primary key, n int); insert into pair values (1, 0), (2, 0)')
    let runs = 0
    let bothHoldOne = () => {}
    const held = new Promise<void>((resolve) => {
      bothHoldOne = resolve
    })
    const crosswise = (first: number, second: number) =>
      transaction(async (client) => {
        await client.query('update pair set n = n + 1 where id = $1', [first])
        if (++runs === 2) bothHoldOne()
        await held
        await client.query('update pair set n = n + 1 where id = $1', [second])
      })
    await Promise.all([crosswise(1, 2), crosswise(2, 1)])
    expect(runs).toBeGreaterThan(2)
    expect((await pool.query('select n from pair')).rows).toEqual([{ n: 2 }, { n: 2 }])
  })

  test('whose connection is cut says so, and the next one works', async () => {
    const { transaction, pool } = await database()
    const cut = transaction(async (client) => {
      const { rows } = await client.query('select pg_backend_pid() as pid')
      await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
      await client.query('select 1')
    })
    expect(isConnectionLost(await cut.catch((error) => error))).toBe(true)
    expect(await transaction(async (client) => (await client.query('select 1 as one')).rows)).toEqual([{ one: 1 }])
  })
})

test('a transaction that keeps the database waiting, as of a frozen process, loses its locks and its connection', async () => {
  const { transaction, pool } = await database()
  await pool.query('create table locked (n int); insert into locked values (1)')
  const locked = Promise.withResolvers<void>()
  const thawed = Promise.withResolvers<void>()
  const frozen = transaction(async (client) => {
    await client.query('update locked set n = 2')
    locked.resolve()
    await thawed.promise
    await client.query('update locked set n = n + 1')
  })
  await locked.promise
  await pool.query('update locked set n = n + 10')
  thawed.resolve()
  expect(isConnectionLost(await frozen.catch((error) => error))).toBe(true)
  expect((await pool.query('select n from locked')).rows).toEqual([{ n: 11 }])
}, 20_000)

test.each([
  ['purchase', 'ask_at'],
  ['add_on_change', 'ask_at'],
  ['reversed_invoice', 'ask_at'],
  ['metered_bill', 'ask_at'],
])('what is due of %s is found by an index, not by a look at all that waits', async (table, column) => {
  const { pool } = await database()
  const { rows } = await pool.query(`explain select from ${table} where ${column} <= ledger_now() order by ${column}`)
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(`Index Cond: (${column} <= ledger_now())`)
})

describe('the pool', () => {
  test('survives that all its idle connections are cut', async () => {
    const { pool } = await database()
    await Promise.all(Array.from({ length: 5 }, () => pool.query('select pg_sleep(0.01)')))
    expect(pool.totalCount).toBeGreaterThan(1)
    const drained = new Promise<void>((resolve) => {
      pool.on('remove', () => pool.totalCount === 0 && resolve())
    })
    await onServer(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await drained
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })

  test('sends queries without waiting, and the failure of one is its own', async () => {
    const { pool } = await database()
    const client = await pool.connect()
    try {
      const results = await Promise.allSettled([
        client.query('select 1 as n'),
        client.query('select $1::int / 0', [1]),
        client.query('select $1::int as n', [3]),
      ])
      expect(
        results.map((result) => (result.status === 'fulfilled' ? result.value.rows[0].n : result.reason.code)),
      ).toEqual([1, '22012', 3])
    } finally {
      client.release()
    }
  })

  test('serves MikroORM too: concurrent reads and its own transactions', async () => {
    const db = await database()
    const read = async (n: number) => (await db.em()).execute('select ?::int as n', [n])
    expect(await Promise.all([1, 2, 3].map(read))).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
    const inside = (await db.em()).transactional((em) =>
      em.execute('select pg_current_xact_id_if_assigned() is null as readonly'),
    )
    expect(await inside).toEqual([{ readonly: true }])
    expect(await db.em()).not.toBe(await db.em())
  })
})

describe('opening', () => {
  test('waits for a server that is not there yet', async () => {
    const { hostname, port } = new URL(home.url)
    let knocks = 0
    const door = createServer((caller) => {
      if (++knocks <= 2) return caller.destroy()
      const server = connect(Number(port), hostname)
      for (const end of [caller, server]) end.on('error', () => undefined)
      caller.pipe(server).pipe(caller)
    })
    await once(door.listen(0, '127.0.0.1'), 'listening')
    const url = new URL(home.url)
    url.port = String((door.address() as AddressInfo).port)
    const late = await openDatabase({ url: url.href, log })
    expect((await late.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(knocks).toBeGreaterThan(2)
    await late.close()
    door.close()
  })

  test('gives up with what to check, never printing the password', async () => {
    const nowhere = openDatabase({ url: 'postgres://ana:hunter2@127.0.0.1:1/credits', log, patienceMs: 200 })
    const error = await nowhere.catch((fault) => fault)
    expect(error).toBeInstanceOf(DatabaseUnavailable)
    expect(error.message).toMatch(/127\.0\.0\.1:1\/credits.*ECONNREFUSED.*Check that the server runs/)
    expect(error.message).not.toContain('hunter2')
  })

  test.each([
    ['a wrong password', { password: 'wrong' }, /Check user and password in DATABASE_URL/],
    ['a database that is not there', { pathname: '/nowhere' }, /Create that database/],
  ])('%s is reported at once', async (_, change, expected) => {
    const url = Object.assign(new URL(home.url), change)
    await expect(openDatabase({ url: url.href, log })).rejects.toThrow(expected)
  })
})

describe('migrating', () => {
  test('four gateways that start together run each migration once', async () => {
    await onServer('drop schema public cascade; create schema public')
    const gateways = await Promise.all([database(), database(), database(), database()])
    const ran = await Promise.all(gateways.map(migrate))
    expect(ran.flat()).toEqual(migrations.map(({ name }) => name))
    expect(await migrate(await database())).toEqual([])
  })

  test('takes the rate cards of before for catalogs that came from files, each from its first appearance on', async () => {
    await onServer('drop schema public cascade; create schema public')
    const db = await database()
    await (await db.orm()).migrator.up({ to: 'Migration20261121090000Products' })
    await onServer(`insert into rate_card values
      ('one', '2026-01-01T00:00:00Z', 'name: One'), ('two', '2026-02-01T00:00:00.123Z', 'name: Two'),
      ('also', '2026-02-01T00:00:00.123Z', 'name: Also')`)
    await migrate(db)
    const published = await onServer(
      'select version, origin, effective_from from catalog_publication order by effective_from',
    )
    expect(published).toEqual([
      { version: 'one', origin: 'FILE', effective_from: new Date('2026-01-01T00:00:00Z') },
      { version: 'two', origin: 'FILE', effective_from: new Date('2026-02-01T00:00:00.123Z') },
    ])
    expect(await onServer('select version from rate_card')).toHaveLength(3)
  })

  test('a pool of a single connection is enough', async () => {
    await onServer('drop schema public cascade; create schema public')
    expect(await migrate(await database(1))).toEqual(migrations.map(({ name }) => name))
  })

  test('a database that is newer than this build is refused', async () => {
    const db = await database()
    await migrate(db)
    await db.pool.query(`insert into mikro_orm_migrations (name) values ('Migration29990101000000Future')`)
    const refusal = await migrate(db).catch((error) => error)
    expect(refusal).toBeInstanceOf(DatabaseTooNew)
    expect(refusal.message).toMatch(/Migration29990101000000Future: deploy the version/)
  })

  test('a migration that fails changes nothing and fails the start', async () => {
    await onServer('drop schema public cascade; create schema public; create table entry (mine int)')
    await expect(migrate(await database())).rejects.toThrow(/could not be migrated and is as it was before.*entry/)
    const tables = await onServer(`select table_name from information_schema.tables where table_schema = 'public'`)
    expect(tables.map(({ table_name }) => table_name).sort()).toEqual(['entry', 'mikro_orm_migrations'])
  })
})

async function database(poolSize?: number): Promise<Database> {
  const opened = await openDatabase({ url: home.url, log, poolSize })
  open.push(opened)
  return opened
}

async function onServer(sql: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: home.url })
  await client.connect()
  return (await client.query(sql).finally(() => client.end())).rows
}
