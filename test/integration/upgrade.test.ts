import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { describeSchema } from '../../src/database/describe-schema.ts'
import { migrate } from '../../src/database/migrate.ts'
import type { Database } from '../../src/database/open.ts'
import { migrationNames } from '../../src/migrations/names.ts'
import { brokenInvariants, withDatabase } from '../setup/database.ts'

const snapshot = () => readFile(new URL('../../docs/schema.sql', import.meta.url), 'utf8')

test('docs/schema.sql is what the migrations make', () =>
  withDatabase(async (database) => {
    expect(await describeSchema(database), 'run `npm run print-db-schema`').toBe(await snapshot())
  }))

/** A team that was given 100, of which 30 are held and 20 were charged. */
const sound = `
  insert into account (team_id, name, seats, version, revision, available, held, owed, alert, next_hold_deadline, next_boundary,
      last_at, created_at)
    values ('acme', 'Acme', 3, 7, 3, 50, 30, 0, 'OK', '2026-11-20T13:00Z', '2026-11-20T13:00Z', '2026-11-20T12:10Z',
      '2026-11-20T11:00Z');
  insert into credit_grant (team_id, id, kind, priority, starts_at, granted, available, held, spent, expired, revoked, source, open)
    values ('acme', 1, 'PROMOTION', 50, '2026-11-20T11:00Z', 100, 50, 30, 20, 0, 0, 'welcome', true);
  insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
      effective_at, posting, size, type, change, member_id, reference, hold_id, rate_card_version, line, rate, quantity, count)
    values
      ('acme', 1, 1, 'none', 'available', 100, 100, 0, 0, '2026-11-20T11:00Z', 1, 1, 'GRANT', 100, null, 'welcome', null, null,
        null, null, null, null),
      ('acme', 2, 1, 'available', 'held', 30, 70, 30, 0, '2026-11-20T12:00Z', 2, 1, 'HOLD', 0, 'ana', 'run-1', 2, 'v1', null,
        null, null, null),
      ('acme', 3, 1, 'available', 'spent', 20, 50, 30, 0, '2026-11-20T12:10Z', 3, 1, 'CHARGE', -20, 'ana', 'run-2', null, 'v1', 0,
        'chat', 1000000, 1);
  insert into member (team_id, id, name, role, seen_at) values ('acme', 'ana', 'Ana', 'MEMBER', '2026-11-20T12:10Z');`

const hold =
  'team_id, id, state, amount, captured, remaining, expires_at, reference, member_id, rate_card_version, lines, slices'
const held = `'acme', 2, 'OPEN', 30, 0, 30, '2026-11-20T13:00Z', 'run-1', 'ana', 'v1', '[]', '[{"grantId": 1, "amount": "30"}]'`
const command = 'team_id, key, fingerprint, revision, decided_at, outcome'
const charged = `'acme', 'charge-run-2', '\\x01', 3, '2026-11-20T12:10Z', '{"kind": "charge", "id": 3}'`

/** Where keys without a namespace were found, the database refuses to use them again. Source: the migration Placers. */
const formerKeys =
  'CREATE TRIGGER command_key_is_new BEFORE INSERT ON command FOR EACH ROW EXECUTE FUNCTION refuse_former_key();\n'

const releases = [
  {
    last: 'Migration20261121000000Ledger',
    rows: `${sound}
      insert into rate_card (version, effective_from, catalog) values ('v1', '2026-11-01T00:00Z', 'product: demo');
      insert into hold (${hold}) values (${held});
      insert into command (${command}) values (${charged})`,
    onlyThere: formerKeys,
    placer: 'PLATFORM',
  },
  {
    last: 'Migration20261121190000Placers',
    rows: `${sound}
      insert into rate_card (version, catalog) values ('v1', 'product: demo');
      insert into catalog_publication (effective_from, version, origin, published_at)
        values ('2026-11-01T00:00Z', 'v1', 'FILE', '2026-11-01T00:00Z');
      insert into hold (${hold}, placed_at, caller_id, caller_role) values (${held}, '2026-11-20T12:00Z', 'ana', 'MEMBER');
      insert into command (${command}, caller_class, mutation, caller_id, caller_role)
        values (${charged}, 'TEAM', 'chargeUsage', 'ana', 'MEMBER')`,
    onlyThere: '',
    placer: 'MEMBER',
  },
] as const

type Rows = Record<string, Record<string, unknown>[]>

async function rowsOf({ pool }: Database): Promise<Rows> {
  const tables = ['account', 'credit_grant', 'entry', 'hold', 'command', 'member', 'rate_card']
  const found = tables.map(async (table): Promise<[string, Record<string, unknown>[]]> => {
    const { rows } = await pool.query(`select to_jsonb(t) as row from ${table} t order by 1`)
    return [table, rows.map(({ row }) => row)]
  })
  return Object.fromEntries(await Promise.all(found))
}

test.each(releases)('a ledger of $last is upgraded to the newest schema and keeps its rows', ({ last, ...release }) =>
  withDatabase(async (database) => {
    const { pool } = database
    await pool.query('drop schema public cascade; create schema public')
    await (await database.orm()).migrator.up({ to: last })
    await pool.query(release.rows)
    const before = await rowsOf(database)
    for (const card of before.rate_card ?? []) delete card.effective_from

    expect(await migrate(database)).toEqual(migrationNames.slice(migrationNames.indexOf(last) + 1))
    const schema = await describeSchema(database)
    if (release.onlyThere) expect(schema).toContain(release.onlyThere)
    expect(schema.replace(release.onlyThere, '')).toBe(await snapshot())
    expect(await rowsOf(database)).toMatchObject(before)
    const holds = await pool.query("select caller_role, placed_at = '2026-11-20T12:00Z' as placed from hold")
    expect(holds.rows).toEqual([{ caller_role: release.placer, placed: true }])
    const published = await pool.query('select version, origin from catalog_publication')
    expect(published.rows).toEqual([{ version: 'v1', origin: 'FILE' }])
    expect(await brokenInvariants(database.url)).toEqual([])
  }),
)
