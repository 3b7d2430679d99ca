import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/open.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'

const maxReadingMs = 1_500
let home: TestDatabase
let database: Database

beforeAll(async () => {
  home = await createTestDatabase()
})
afterAll(() => home?.drop())
beforeEach(async () => {
  const readingLimits = { maxReadingConnections: 3, maxRunningReadings: 2, maxWaitingReadings: 2, maxReadingMs }
  database = await openDatabase({ url: home.url, poolSize: 2, log: pino({ level: 'silent' }), readingLimits })
})
afterEach(() => database.close())

const sleep = (seconds: number, caller = 'vera', signal?: AbortSignal) =>
  database.readings.read({ caller, signal }, ({ snapshot }) =>
    snapshot((client) => client.query({ text: 'select pg_sleep($1)', values: [seconds] })),
  )
const nameOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    ({ name }: Error) => name,
  )

/** Statements of the test that sleep in the database now. */
async function sleeping(): Promise<number> {
  const { rows } = await database.pool.query(
    `select count(*)::int as sleeping from pg_stat_activity
     where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`,
  )
  return rows[0].sleeping
}

test('a reading whose client hangs up ends in the database', async () => {
  const leaving = new AbortController()
  const reading = nameOf(sleep(60, 'vera', leaving.signal))
  await expect.poll(sleeping).toBe(1)
  leaving.abort()
  expect(await reading).toBe('ReadingAbandoned')
  await expect.poll(sleeping).toBe(0)
})

test('a reading that takes too long ends in the database', async () => {
  expect(await nameOf(sleep(60))).toBe('ReadingOverdue')
  await expect.poll(sleeping).toBe(0)
})

test('a reading that loops asks nothing more after its client has hung up', async () => {
  const leaving = new AbortController()
  let rounds = 0
  const looping = database.readings.read({ caller: 'vera', signal: leaving.signal }, ({ snapshot }) =>
    snapshot(async (client) => {
      for (;;) {
        await client.query({ text: 'select 1' })
        rounds += 1
        if (rounds === 10) leaving.abort()
      }
    }),
  )
  expect(await nameOf(looping)).toBe('ReadingAbandoned')
  expect(rounds).toBeLessThanOrEqual(11)
})

test('two readings of a caller run, two wait, a fifth is refused; another caller is served meanwhile', async () => {
  let most = 0
  let running = 0
  const one = () =>
    database.readings.read({ caller: 'vera' }, async ({ snapshot }) => {
      running += 1
      most = Math.max(most, running)
      await snapshot((client) => client.query({ text: 'select pg_sleep(0.2)' }))
      running -= 1
    })
  const mine = Array.from({ length: 5 }, () => nameOf(one()))
  expect(await mine[4]).toBe('ReadingLineFull')
  expect(await nameOf(sleep(0, 'ben'))).toBe('done')
  expect(await Promise.all(mine.slice(0, 4))).toEqual(['done', 'done', 'done', 'done'])
  expect(most).toBe(2)
})

test('a reading that waits until its deadline is told to come back', async () => {
  const { promise: until, resolve: end } = Promise.withResolvers<void>()
  const running = [1, 2].map(() => nameOf(database.readings.read({ caller: 'vera' }, () => until)))
  expect(await nameOf(sleep(0))).toBe('ReadingLineFull')
  end()
  expect(await Promise.all(running)).toEqual(['done', 'done'])
  expect(await nameOf(sleep(0))).toBe('done')
})

test('readings that use all their connections leave those of the ledger', async () => {
  const leaving = new AbortController()
  const readings = ['ana', 'ben', 'cleo', 'dora'].map((caller) => nameOf(sleep(60, caller, leaving.signal)))
  await expect.poll(sleeping).toBe(3)
  await database.transaction((client) => client.query('select 1'))
  leaving.abort()
  expect(await Promise.all(readings)).toEqual(readings.map(() => 'ReadingAbandoned'))
  await expect.poll(sleeping).toBe(0)
})
