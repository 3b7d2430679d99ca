import pg from 'pg'
import type { Stripe } from 'stripe'
import { expect, vi } from 'vitest'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { parseDecimal } from '../../../src/domain/amounts/decimal.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import { moveClock } from '../../../src/ledger/clock/move-clock.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { openPaying, type Paying } from './scene.ts'

export const at = (text: string) => Date.parse(text)
export const wevion = loadCatalog('catalogs/wevion-2026-04.yaml')
/** No bill becomes overdue while a test looks at something else. */
export const patient = parseCatalog(`${wevion.source}\nmeteredBills: { graceDays: 365 }\n`, 'patient.yaml')
export const inZone = (timeZone: string): WholeCatalog =>
  parseCatalog(patient.source.replace('timeZone: UTC', `timeZone: ${timeZone}`), 'zoned.yaml')

export const use = (rate: string, quantity: string, count = 1): Usage => ({
  rate,
  quantity: parseDecimal(quantity) ?? 0n,
  count,
})
export const image = use('image.flux-2-pro', '1')
/** $1.00, which is more than the least that Stripe charges. */
export const avatar = use('avatar.talking-head', '45')

export type Bill = {
  month: string
  amount: string
  state: string
  invoice: string | null
  carried: string
  carried_to: string | null
  lines: { rate: string; amount: string }[]
}

/** A database whose clock stands in a year to come, so that every month is one that the test has chosen. */
async function beginning(now: string): Promise<TestDatabase> {
  const home = await createTestDatabase()
  const client = new pg.Client({ connectionString: home.url })
  await client.connect()
  await client.query(`update clock set ahead = $1::timestamptz - clock_timestamp()`, [now])
  await client.end()
  return home
}

/** Some gateways on one database and one Stripe, and what a test asks of them. */
export async function openBilling(
  now: string,
  { catalog = wevion, gateways = 1 }: { catalog?: WholeCatalog; gateways?: number } = {},
) {
  const home = await beginning(now)
  const sandbox: Sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  const paying: Paying[] = []
  for (let i = 0; i < gateways; i += 1) paying.push(await openPaying({ catalog, sandbox, databaseUrl: home.url }))
  const [first] = paying
  if (first === undefined) throw new Error('There is no gateway')
  const { database, stripe } = first
  const opened = async () => (await database.pool.query('select from metered_month')).rowCount ?? 0
  await vi.waitUntil(async () => (await opened()) === 1, 5_000)

  const bills = async (team: TeamId): Promise<Bill[]> =>
    (await database.pool.query('select * from metered_bill where team_id = $1 order by month', [team])).rows

  return {
    ...first,
    home,
    paying,
    bills,
    async spend(team: TeamId, ...usage: Usage[]): Promise<void> {
      const { outcome } = await first.submit(team, {
        kind: 'charge-usage',
        usage,
        reference: null,
        memberId: null,
        caller: { id: null, role: 'PLATFORM' },
      })
      expect(outcome.kind).toBe('charge')
    },
    move: (to: string | number) => moveClock(database, typeof to === 'string' ? at(to) : to),
    /** Moves the clock and has every gateway look. */
    async pass(to: string | number): Promise<void> {
      await this.move(to)
      for (const gateway of paying) gateway.poke()
    },
    /** Passes minutes until no bill is due. */
    async settled(): Promise<void> {
      const open = async () => {
        const { rows } = await database.pool.query(
          `select (select count(*)::int from metered_bill where state = 'DUE')
            + (select count(*)::int from metered_month where ends_at is not null and not found) as open,
            extract(epoch from ledger_now())::float8 * 1000 as now`,
        )
        if (rows[0].open > 0) await this.pass(Math.ceil(rows[0].now) + 61_000)
        return rows[0].open
      }
      await expect.poll(open, { timeout: 30_000, interval: 100 }).toBe(0)
    },
    /** Passes hours until the newest bill of the team has this state. */
    async reaches(team: TeamId, state: string): Promise<void> {
      const now = async (): Promise<number> =>
        (await database.pool.query('select extract(epoch from ledger_now())::float8 * 1000 as now')).rows[0].now
      const found = async () => {
        const found = (await bills(team)).at(-1)?.state
        if (found !== state) await this.pass(Math.ceil(await now()) + 3_660_000)
        return found
      }
      await expect.poll(found, { timeout: 30_000, interval: 200 }).toBe(state)
    },
    /** Once all months up to this one are looked through and billed, and the ledger knows of their bills. */
    async billed(month: string): Promise<void> {
      const open = async () =>
        (
          await database.pool.query(
            `select (select count(*)::int from metered_month where month <= $1 and not found)
              + (select count(*)::int from metered_bill where state = 'DUE' or told < facts) as open`,
            [month],
          )
        ).rows[0].open
      await expect.poll(open).toBe(0)
    },
    /** All that Stripe has for a team, the oldest first. */
    async invoices(team: TeamId): Promise<Stripe.Invoice[]> {
      const { rows } = await database.pool.query('select id from customer where team_id = $1', [team])
      if (rows[0] === undefined) return []
      return (await stripe.invoices.list({ customer: rows[0].id, limit: 100 })).data.reverse()
    },
    async close(): Promise<void> {
      for (const gateway of paying) await gateway.close()
      await sandbox.close()
      await home.drop()
    },
  }
}
export type Billing = Awaited<ReturnType<typeof openBilling>>
