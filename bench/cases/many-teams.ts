import { type Case, rate } from '../figure.ts'
import { charge, type Ground, makeTeams, submit, withGround } from '../ground.ts'
import { load } from '../load.ts'

const count = 10_000

/** Charges spread over many teams, beside one-row updates spread over as many rows. */
export const manyTeams: Case = {
  name: 'many-teams',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      progress(`making ${count} teams`)
      const teams = await makeTeams(ground.ledger, count)
      const pick = () => teams[Math.floor(Math.random() * count)] ?? (teams[0] as (typeof teams)[number])
      progress('warming up')
      await load(256, 2, () => submit(ground.ledger, pick(), charge))
      progress(`one-row updates over ${count} rows, 32 connections`)
      const before = await updatesOverRows(ground, seconds / 2)
      progress(`charges over ${count} teams, 256 in flight`)
      const charges = await load(256, seconds, () => submit(ground.ledger, pick(), charge))
      progress('one-row updates again')
      const after = await updatesOverRows(ground, seconds / 2)
      const rows = (before + after) / 2
      return [
        {
          what: `charges over ${count.toLocaleString('en')} teams ÷ one-row updates over as many rows, 32 connections`,
          measured: rate(charges.perSecond),
          baseline: rate(rows),
          ratio: charges.perSecond / rows,
          goal: { kind: 'at-least', floor: 1.2, aim: 2 },
        },
        {
          what: 'p99 of those charges, in ms',
          measured: `${charges.p99Ms.toFixed(1)} ms`,
          baseline: '–',
          ratio: charges.p99Ms,
          goal: { kind: 'below', floor: 25, aim: 10 },
        },
      ]
    }),
}

async function updatesOverRows({ database }: Ground, seconds: number): Promise<number> {
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
