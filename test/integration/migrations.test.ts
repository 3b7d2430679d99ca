import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import type { Database } from '../../src/database/open.ts'
import { grantId, teamId } from '../../src/domain/identity.ts'
import { readGrantUses } from '../../src/ledger/history/grant-uses.ts'
import { readMetered } from '../../src/ledger/history/metered-usage.ts'
import { platformStart, readPlatformEvents } from '../../src/ledger/history/platform-events.ts'
import { readReceipt } from '../../src/ledger/history/receipts.ts'
import { readUsageSums } from '../../src/ledger/history/usage.ts'
import { wholeSpan } from '../../src/ledger/rows/span.ts'
import { verifyLedger } from '../../src/ledger/verify/verify-ledger.ts'
import { withDatabase } from '../setup/database.ts'

/** A database whose last migration is this one. */
const since = (last: string, run: (database: Database) => Promise<void>): Promise<void> =>
  withDatabase(async (database) => {
    await database.pool.query('drop schema public cascade; create schema public')
    await (await database.orm()).migrator.up({ to: last })
    await run(database)
  })

test('hours of usage from before they kept money are counted again from their entries', () =>
  since('Migration20261121090000Products', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
      effective_at, posting, size, type, change, rate, quantity, count, money_amount, money_currency)
    select 'acme', i, case when credits then 1 end, case when credits then 'available' else 'none' end,
      case when credits then 'spent' else 'none' end, case when credits then 5 else 0 end, 0, 0, 0,
      timestamptz '2026-11-18T12:00Z' + i * interval '7 minutes', i, 1, 'CHARGE', case when credits then -5 else 0 end,
      case when credits then 'chat' else 'image' end, 2000000, 3,
      case when not credits then 120000000 end, case when not credits then 'USD' end
    from generate_series(1, 100) i cross join lateral (select i % 2 = 0 as credits) c;
    insert into checkpoint (team_id, revision, effective_at, grants)
      select team_id, revision, effective_at, '[]' from entry where revision = 60;
    insert into usage_hour (team_id, hour, rate, member_id, credits, count)
      select 'acme', hour, rate, member_id, credits, count from usage_of_entries('acme', 0, 60)`)
    const usage = async () =>
      (await pool.query('select hour, rate, member_id, credits, count from usage_hour order by 1, 2')).rows
    const before = await usage()
    expect(before.length).toBeGreaterThan(10)

    await migrate(database)
    expect(await usage()).toEqual(before)
    const window = { startsAt: 0, endsAt: Date.parse('2027-01-01T00:00:00Z') }
    const { sums } = await database.snapshot((client) => readMetered(client, teamId('acme'), window))
    const money = { amount: 50n * 120_000_000n, currency: 'USD' }
    expect(sums).toEqual([{ rate: 'image', quantity: 300_000_000n, count: 150, money }])
    const verdict = (await verifyLedger(database)).find(({ name }) => name === 'usage-equals-entries')
    expect(verdict?.violations).toBe(0)
  }))

test('holds and keys from before they told whose they are get the placer and the rule that the data allows', () =>
  since('Migration20261121180000Access', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into hold (team_id, id, state, amount, captured, remaining, placed_at, expires_at, caller_id, rate_card_version,
        lines, slices)
      select 'acme', i, 'OPEN', 0, 0, 0, now(), now() + interval '1 hour', caller, 'v', '[]', '[]'
      from unnest(array['ana', 'boss', 'backend', 'cg_spending', 'cg_buying', 'stranger', null]) with ordinality c(caller, i);
    insert into member (team_id, id, role, seen_at)
      values ('acme', 'ana', 'MEMBER', now()), ('acme', 'boss', 'ADMIN', now()), ('acme', 'backend', 'PLATFORM', now()),
        ('acme', 'cg_spending', 'KEY', now()), ('globex', 'stranger', 'MEMBER', now());
    insert into api_key (team_id, id, name, prefix, hash, scopes, created_at)
      values ('acme', 1, 'one', 'cg_spending', sha256('one'), '{SPEND}', now()),
        ('acme', 2, 'two', 'cg_buying', sha256('two'), '{SPEND,BILLING}', now());
    insert into command (team_id, key, fingerprint, revision, decided_at, outcome)
      values ('acme', 'had', '', 1, now(), '{"kind": "charge", "id": 1}'),
        ('acme', 'refused', '', 1, now(), '{"kind": "refused", "failure": {"code": "NOT_FOUND", "what": "hold"}}')`)

    await migrate(database)
    const holds = await pool.query('select caller_role from hold order by id')
    const roles = ['MEMBER', 'ADMIN', 'PLATFORM', 'MEMBER', 'ADMIN', 'PLATFORM', 'PLATFORM']
    expect(holds.rows.map((row) => row.caller_role)).toEqual(roles)
    expect((await pool.query('select key, caller_class from command')).rows).toEqual([
      { key: 'had', caller_class: 'FORMER' },
    ])
    const insert = (key: string) =>
      pool.query(
        `insert into command (team_id, key, caller_class, mutation, fingerprint, revision, decided_at, outcome)
       values ('acme', $1, 'TEAM', 'chargeUsage', '', 2, now(), '{"kind": "charge", "id": 2}')`,
        [key],
      )
    await expect(insert('had')).rejects.toMatchObject({ code: '23505' })
    await insert('refused')
  }))

test('periods whose seats changed before they had a total count as having come to what they gave', () =>
  since('Migration20261121190000Placers', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into account (team_id, name, plan_id, seats, version, revision, available, held, owed, alert, last_at, created_at)
      select team, team, 'team', 2, 1, 9, 0, 0, 0, 'OK', '2027-01-20', '2027-01-10' from unnest(array['turned', 'plain']) t(team);
    insert into allowance (team_id, id, kind, plan_id, cadence, anchor, time_zone, credits, per_seat, rollover, first_period,
        next_period, next_at)
      select team, 'month', 'INCLUDED', 'team', 'MONTH', '2027-01-10', 'UTC', 150, true, 'none', 2, 3, '2027-02-10'
      from unnest(array['turned', 'plain']) t(team);
    insert into credit_grant (team_id, id, kind, priority, starts_at, expires_at, granted, available, held, spent, expired,
        revoked, source, allowance_id, allowance_period, open)
      values ('turned', 1, 'INCLUDED', 0, '2027-01-10', '2027-02-10', 150, 0, 0, 110, 0, 40, 'plan:team:month:2027-01-10:2',
          'month', 2, true),
        ('turned', 2, 'INCLUDED', 0, '2027-01-12', '2027-02-10', 150, 0, 0, 150, 0, 0, 'plan:team:month:2027-01-10:change:2',
          null, null, true),
        ('turned', 3, 'INCLUDED', 0, '2027-01-13', '2027-02-10', 70, 70, 0, 0, 0, 0, 'plan:personal:month:2027-01-10:change:3',
          null, null, true),
        ('turned', 4, 'PROMOTION', 0, '2027-01-13', '2027-02-10', 9, 9, 0, 0, 0, 0, 'gift', null, null, true),
        ('plain', 1, 'INCLUDED', 0, '2027-01-10', '2027-02-10', 300, 300, 0, 0, 0, 0, 'plan:team:month:2027-01-10:2', 'month', 2,
          true)`)

    await migrate(database)
    const { rows } = await pool.query('select team_id, total from allowance order by team_id')
    const day = 86_400_000
    expect(rows).toEqual([
      { team_id: 'plain', total: null },
      {
        team_id: 'turned',
        total: {
          from: Date.parse('2027-01-10T00:00:00Z'),
          base: '150',
          covered: '300',
          given: '180',
          highest: '330',
          ...{ due: `${180 * 31 * day}`, former: [{ id: 'month', period: 2, changes: ':month:2027-01-10:change:' }] },
        },
      },
    ])
    const verdict = (await verifyLedger(database)).find(({ name }) => name === 'period-within-plan')
    expect(verdict?.violations).toBe(0)
  }))

test('bills from before they had a state are open, and their grace begins at the upgrade', () =>
  since('Migration20261130090000Losses', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into metered_bill (team_id, month, currency, amount, lines, state, created_at, ask_at, customer, collection,
        asked_at, invoice)
      select 'acme', month, 'USD', amount, '[]', state, now() - interval '1 year',
        case state when 'DUE' then now() end, customer, collection, case when customer is not null then asked end, invoice
      from (values
        ('2026-07', 10000000, 'INVOICED', 'cus_1', 'CHARGE', now() - interval '90 days', 'in_1'),
        ('2026-08', 10000000, 'INVOICED', 'cus_1', 'SEND', now() - interval '10 days', 'in_2'),
        ('2026-09', 0, 'NOTHING', null, null, now(), null),
        ('2026-10', 10000000, 'DUE', null, null, now(), null))
        bill(month, amount, state, customer, collection, asked, invoice)`)

    await migrate(database)
    const { rows } = await pool.query(`
    select month, state, facts - told as untold, ask_at is not null as asked,
      round(extract(epoch from overdue_at - ledger_now()) / 86400)::integer as days
    from metered_bill order by month`)
    expect(rows).toEqual([
      { month: '2026-07', state: 'OPEN', untold: 1, asked: true, days: 14 },
      { month: '2026-08', state: 'OPEN', untold: 1, asked: true, days: 34 },
      { month: '2026-09', state: 'NOTHING', untold: 0, asked: false, days: null },
      { month: '2026-10', state: 'DUE', untold: 0, asked: true, days: null },
    ])
  }))

test('grants from before they kept what was paid for them have the price of their purchase, and what is taken back of them', () =>
  since('Migration20261130130000BillStates', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into credit_grant (team_id, id, kind, priority, starts_at, granted, available, held, spent, expired, revoked,
        clawed_back, source, open)
      select 'acme', id, 'PACKAGE', 0, now(), 100, 100 - taken, 0, 0, 0, taken, taken, source, true
      from (values (1, 0, 'stripe:pi_1'), (2, 30, 'stripe:pi_2'), (3, 0, 'stripe:cs_3'), (4, 0, 'gift'), (5, 0, 'stripe:pi_5'))
        g(id, taken, source);
    insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
        effective_at, posting, size, type, change, reference)
      values ('acme', 6, 2, 'available', 'revoked', 30, 370, 0, 0, '2026-11-20T12:00:00Z', 6, 1, 'CLAWBACK', -30, 'stripe:pi_2');
    insert into purchase (team_id, id, cause, package_id, catalog_version, credits, price_amount, price_currency, pay, created_at,
        state, payment_intent, checkout_session)
      select 'acme', id, 'PURCHASE', 'p', 'v', 100, 1000 * id, 'EUR', 'AUTO', now(), state, intent, session
      from (values (1, 'PAID', 'pi_1', null), (2, 'PAID', 'pi_2', null), (3, 'PAID', null, 'cs_3'), (5, 'PENDING', 'pi_5', null))
        p(id, state, intent, session)`)

    await migrate(database)
    const grants = await pool.query('select id, cost_amount, cost_currency from credit_grant order by id')
    expect(
      grants.rows.map(({ cost_amount, cost_currency }) => cost_amount && `${cost_amount} ${cost_currency}`),
    ).toEqual(['1000 EUR', '2000 EUR', null, null, null])
    const { rows } = await pool.query('select grant_id, revision, total, frozen, effective_at from clawback')
    expect(rows).toEqual([
      { grant_id: '2', revision: '6', total: '30', frozen: false, effective_at: '2026-11-20 12:00:00+00' },
    ])
  }))

test('a purchase from before promotion codes that was paid without a payment cost nothing, and no other one has a discount', () =>
  since('Migration20261130190000Currencies', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into purchase (team_id, id, cause, package_id, catalog_version, credits, price_amount, price_currency, pay, created_at,
        state, payment_intent, checkout_session)
      select 'acme', id, 'PURCHASE', 'p', 'v', 100, 1000, 'EUR', 'AUTO', now(), state, intent, session
      from (values (1, 'PAID', 'pi_1', 'cs_1'), (2, 'PAID', null, 'cs_2'), (3, 'PENDING', null, 'cs_3')) p(id, state, intent, session)`)

    await migrate(database)
    const { rows } = await pool.query('select id, discount_amount from purchase order by id')
    expect(rows).toEqual([
      { id: 1, discount_amount: null },
      { id: 2, discount_amount: '1000' },
      { id: 3, discount_amount: null },
    ])
    await expect(pool.query('update purchase set discount_amount = 1001')).rejects.toThrow(/discount_amount_check/)
  }))

test('a team from before currencies has chosen none, and a currency is a code of three letters', () =>
  since('Migration20261130180000ReturnCodes', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into account (team_id, name, seats, version, revision, available, held, owed, alert, last_at, created_at)
      values ('acme', 'Acme', 1, 0, 0, 0, 0, 0, 'OK', now(), now())`)

    await migrate(database)
    expect((await pool.query('select team_id, currency from account')).rows).toEqual([
      { team_id: 'acme', currency: null },
    ])
    await pool.query("update account set currency = 'USD'")
    await expect(pool.query("update account set currency = 'usd'")).rejects.toThrow(/account_currency_check/)
  }))

test('grants from before locks have none, and a lock is the rest of its grant, which ends later', () =>
  since('Migration20261130190000Currencies', async (database) => {
    const { pool } = database
    const grant = (id: number, available: number, columns = '', values = '') => `
    insert into credit_grant (team_id, id, kind, priority, starts_at, expires_at, granted, available, held, spent, expired, revoked,
        source, open${columns})
      values ('acme', ${id}, 'PACKAGE', 0, '2026-12-01T12:00:00Z', '2026-12-31T12:00:00Z', 100, ${available}, 0, 0, 0, 0, 's${id}', true${values})`
    const locked = (id: number, available: number, until: string) =>
      grant(id, available, ', lock_amount, unlocks_at', `, 75, '${until}'`)
    await pool.query(grant(1, 100))
    await pool.query(`
    insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
        effective_at, posting, size, type, change)
      values ('acme', 1, 1, 'none', 'available', 100, 100, 0, 0, '2026-12-01T12:00:00Z', 1, 1, 'GRANT', 100)`)

    await migrate(database)
    const { rows } = await pool.query('select id, lock_amount, unlocks_at from credit_grant')
    expect(rows).toEqual([{ id: '1', lock_amount: null, unlocks_at: null }])
    const day = '2026-12-02T12:00:00Z'
    await pool.query(locked(2, 25, day))
    for (const [id, row] of [
      [3, grant(3, 99)],
      [4, locked(4, 26, day)],
      [5, grant(5, 25)],
    ] as const) {
      await expect(pool.query(row), `${id}`).rejects.toThrow(/credit_grant_conserved_check/)
    }
    for (const until of ['2026-12-01T12:00:00Z', '2026-12-31T12:00:00Z']) {
      await expect(pool.query(locked(6, 25, until)), until).rejects.toThrow(/credit_grant_lock_check/)
    }
    await expect(pool.query('update credit_grant set frozen = true where id = 2')).rejects.toThrow(/check/)
    await expect(pool.query('update credit_grant set unlocks_at = null where id = 2')).rejects.toThrow(/lock_check/)
  }))

test('postings from before references were facets are found by them, and holds tell the callers of their charges', () =>
  since('Migration20261130190000Currencies', async (database) => {
    const { pool } = database
    await pool.query(`
    insert into hold (team_id, id, state, amount, captured, remaining, expires_at, reference, rate_card_version, lines, slices,
        placed_at, caller_id)
      values ('acme', 2, 'SETTLED', 10, 10, 0, '2026-11-19T12:00Z', 'job-2', 'v1', '[]', '[]', '2026-11-18T12:00Z', 'robot');
    insert into credit_grant (team_id, id, kind, priority, starts_at, granted, available, held, spent, expired, revoked,
        source, open)
      values ('acme', 1, 'PROMOTION', 0, '2026-11-18T12:00Z', 1000, 1000, 0, 0, 0, 0, 'welcome', true);
    insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
      effective_at, posting, size, type, change, reference, hold_id, charge_id, rate_card_version, line, rate, quantity, count)
    select 'acme', i, 1, 'available', 'spent', 5, 0, 0, 0, timestamptz '2026-11-18T12:00Z' + i * interval '1 minute', i, 1,
      'CHARGE', -5, 'job-' || i % 5, case when i % 5 = 2 then 2 end, null, 'v1', 0, 'chat', 1000000, 1
    from generate_series(1, 100) i;
    insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
      effective_at, posting, size, type, change, reference, charge_id, line, rate)
    values ('acme', 101, 1, 'spent', 'available', 3, 0, 0, 0, '2026-11-18T15:00Z', 101, 1, 'REFUND', 3, 'job-2', 42, 0, 'chat');
    insert into account (team_id, name, seats, version, revision, available, held, owed, alert, last_at, created_at)
      values ('acme', 'Acme', 1, 101, 101, 0, 0, 0, 'OK', now(), now());
    insert into checkpoint (team_id, revision, effective_at, grants)
      select team_id, revision, effective_at, '[]' from entry where revision = 60;
    insert into posting_facet (team_id, facet, value, posting) select 'acme', f.* from facets_of_entries('acme', 0, 60) f`)

    await migrate(database)
    const acme = teamId('acme')
    const receipt = await readReceipt(pool, acme, 'job-2')
    expect(receipt).toMatchObject({ charged: 100n, refunded: 3n, held: 0n, holds: [{ callerId: 'robot' }] })
    expect(receipt?.charges).toHaveLength(20)
    const paid = await readGrantUses(pool, acme, grantId(1), { span: wholeSpan, limit: 1_000 })
    expect(paid.map(({ amount }) => amount)).toEqual(Array.from({ length: 100 }, () => 5n))
    const window = { startsAt: 0, endsAt: Date.parse('2027-01-01T00:00:00Z') }
    const sums = await readUsageSums(pool, acme, [window], { byCaller: true })
    expect(new Map(sums.map(({ callerId, credits, count }) => [callerId, [credits, count]]))).toEqual(
      new Map([
        ['robot', [97n, 20]],
        [null, [400n, 80]],
      ]),
    )
    const verdict = (await verifyLedger(database)).find(({ name }) => name === 'facets-equal-entries')
    expect(verdict?.violations).toBe(0)
  }))

test('events from before the order of all teams stand at its beginning, by team; a release before writes behind them', () =>
  since('Migration20261201040000StableClock', async (database) => {
    const { pool } = database
    const insert = (teams: string, from: number) =>
      pool.query(`
        insert into entry (team_id, revision, from_state, to_state, amount, available_after, held_after, owed_after,
          effective_at, posting, size, type, change)
        select team, i, 'none', 'none', 0, 0, 0, 0, now(), i, 1, 'CHARGE', 0
        from unnest('{${teams}}'::text[]) team, generate_series(${from}, ${from + 1}) i;
        insert into account_notice (team_id, revision, number, type, effective_at)
        select team, ${from}, 1, 'PLAN_CHANGED', now() from unnest('{${teams}}'::text[]) team`)
    await insert('globex,acme', 1)
    const files = async () => (await pool.query(`select pg_relation_filenode('entry') as file`)).rows
    const before = await files()

    await migrate(database)
    expect(await files()).toEqual(before)
    await insert('acme', 3)
    const shown = async () => {
      const { events } = await database.snapshot((client) => readPlatformEvents(client, platformStart(), 100))
      return events.map((event) => `${event.teamId} ${event.revision}.${event.number}`)
    }
    // Transactions in the databases of other tests hold the order back, too.
    while ((await shown()).length < 9) await delay(20)
    const old = ['acme', 'globex'].flatMap((team) => ['1.0', '1.1', '2.0'].map((place) => `${team} ${place}`))
    expect(await shown()).toEqual([...old, 'acme 3.0', 'acme 3.1', 'acme 4.0'])
  }))
