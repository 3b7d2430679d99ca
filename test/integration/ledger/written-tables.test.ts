import { expect, test } from 'vitest'
import { accountWhole } from '../../../src/ledger/writing/tables/account.ts'
import { tables } from '../../../src/ledger/writing/written-tables.ts'
import { withDatabase } from '../../setup/database.ts'

const types = {
  bigint: ['bigint'],
  numeric: ['numeric'],
  integer: ['integer', 'smallint'],
  text: ['text'],
  boolean: ['boolean'],
  instant: ['timestamp with time zone'],
  json: ['jsonb'],
  bytes: ['bytea'],
}

test('every column that a batch writes has the type of its table', () =>
  withDatabase(async ({ pool }) => {
    const { rows } = await pool.query(
      `select table_name || '.' || column_name as name, data_type as type from information_schema.columns where table_schema = 'public'`,
    )
    const stored = new Map<string, string>(rows.map(({ name, type }) => [name, type]))
    const account = {
      name: 'account',
      columns: accountWhole.columns.filter(([name]) => name !== 'next_version'),
      aside: 1,
    }
    const wrong = [account, ...Object.values(tables)].flatMap(({ name, columns, aside }) =>
      columns
        .slice(aside)
        .filter(([column, type]) => !types[type].includes(stored.get(`${name}.${column}`) ?? ''))
        .map(([column, type]) => `${name}.${column} is no ${type}`),
    )
    expect(wrong).toEqual([])
  }))
