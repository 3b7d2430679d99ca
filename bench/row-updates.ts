import type { Ground } from './bench-ledger.ts'
import { load } from './load.ts'

/** One-row updates a second, spread over so many rows by 32 connections. */
export async function updatesOverRows({ database }: Ground, count: number, seconds: number): Promise<number> {
  await database.pool.query(
    'create table if not exists many_rows (id int primary key, n bigint) with (fillfactor = 50)',
  )
  await database.pool.query(
    `insert into many_rows select i, 0 from generate_series(1, ${count}) i on conflict do nothing`,
  )
  const clients = await Promise.all(Array.from({ length: 32 }, () => database.pool.connect()))
  try {
    const rates = await Promise.all(
      clients.map((client) =>
        load(1, seconds, () =>
          client.query({
            name: 'many-rows',
            text: 'update many_rows set n = n + 1 where id = $1',
            values: [1 + Math.floor(Math.random() * count)],
          }),
        ),
      ),
    )
    return rates.reduce((sum, { perSecond }) => sum + perSecond, 0)
  } finally {
    for (const client of clients) client.release()
  }
}
