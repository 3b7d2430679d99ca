import { defineEntity, LockMode, sql } from '@mikro-orm/core'
import { charge, type Ground, makeTeams, submit, withGround } from '../bench-ledger.ts'
import { type Case, rate } from '../figure.ts'
import { load } from '../load.ts'

/** Durable charges on one team, beside the speed of the database and the ORM on one row without a ledger. */
export const oneTeam: Case = {
  name: 'one-team',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      const { ledger } = ground
      const [team] = await makeTeams(ledger, 1)
      if (team === undefined) throw new Error('No team')
      progress('warming up')
      await load(256, 2, () => submit(ledger, team, charge))
      progress('one-row updates, one connection')
      const rowBefore = await oneRowUpdates(ground, seconds / 2)
      progress('charges on one team, 256 in flight')
      const charges = await load(256, seconds, () => submit(ledger, team, charge))
      progress('one-row updates again')
      const rowAfter = await oneRowUpdates(ground, seconds / 2)
      progress('plain MikroORM transactions')
      const plain = await plainTransactions(ground, seconds)
      const row = (rowBefore + rowAfter) / 2
      const measured = `${rate(charges.perSecond)}, p99 ${charges.p99Ms.toFixed(1)} ms`
      return [
        {
          what: 'charges on one team, 256 in flight ÷ one-row UPDATE, one connection',
          measured,
          baseline: rate(row),
          ratio: charges.perSecond / row,
          goal: { kind: 'at-least', floor: 6, aim: 10 },
        },
        {
          what: 'the same ÷ a plain MikroORM transaction a charge',
          measured,
          baseline: rate(plain),
          ratio: charges.perSecond / plain,
          goal: { kind: 'at-least', floor: 25, aim: 40 },
        },
      ]
    }),
}

async function oneRowUpdates({ database }: Ground, seconds: number): Promise<number> {
  const client = await database.pool.connect()
  try {
    await client.query('create table if not exists one_row (id int primary key, n bigint) with (fillfactor = 50)')
    await client.query('insert into one_row values (1, 0) on conflict do nothing')
    const update = { name: 'one-row', text: 'update one_row set n = n + 1 where id = $1', values: [1] }
    return (await load(1, seconds, () => client.query(update))).perSecond
  } finally {
    client.release()
  }
}

const PlainAccount = defineEntity({
  name: 'PlainAccount',
  tableName: 'plain_account',
  properties: (p) => ({ id: p.integer().primary(), available: p.bigint() }),
})
const PlainCharge = defineEntity({
  name: 'PlainCharge',
  tableName: 'plain_charge',
  properties: (p) => ({
    id: p.integer().primary().autoincrement(),
    key: p.string().unique(),
    accountId: p.integer(),
    rate: p.string(),
    amount: p.bigint(),
    availableAfter: p.bigint(),
    at: p.datetime(3).default(sql.now()),
  }),
})

/**
 * The first implementation of most products: lock the row, check, take, note, commit; with the same key and amounts as
 * a charge.
 */
async function plainTransactions({ database }: Ground, seconds: number): Promise<number> {
  const { MikroORM } = await import('@mikro-orm/postgresql')
  const orm = await MikroORM.init({
    clientUrl: database.url,
    entities: [PlainAccount, PlainCharge],
    pool: { min: 0, max: 16 },
  })
  try {
    const connection = orm.em.getConnection()
    await connection.execute('create table if not exists plain_account (id int primary key, available bigint not null)')
    await connection.execute(`create table if not exists plain_charge (id serial primary key, key text unique not null,
      account_id int not null, rate text not null, amount bigint not null, available_after bigint not null,
      at timestamptz(3) not null default now())`)
    await connection.execute('insert into plain_account values (1, 900000000000000000) on conflict do nothing')
    const result = await load(16, seconds, (index) =>
      orm.em.fork().transactional(async (em) => {
        const account = await em.findOneOrFail(PlainAccount, 1, { lockMode: LockMode.PESSIMISTIC_WRITE })
        const amount = 1_500_000n
        if (account.available < amount) throw new Error('Insufficient')
        account.available -= amount
        em.create(PlainCharge, {
          key: `plain-${index}-${process.hrtime.bigint()}`,
          accountId: 1,
          rate: 'tts.openai',
          amount,
          availableAfter: account.available,
        })
      }),
    )
    return result.perSecond
  } finally {
    await orm.close(true)
  }
}
