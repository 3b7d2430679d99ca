import type { PoolClient } from 'pg'
import { countedInWords } from '../catalog/words.ts'
import type { Database } from '../database/open.ts'
import { formatDecimal } from '../domain/amounts/decimal.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { billAmount, billLines } from '../domain/metered-bill.ts'
import { dayOf, monthSpan } from '../domain/period.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import type { BillLine } from './metered-bill-rows.ts'

const most = 100
const waitMs = 50

const readRunning = `select month from metered_month where ends_at is null`
const openFirst = `
  insert into metered_month (month, starts_at) values ($1, ${instant('$2::float8')}) on conflict do nothing`
const closeMonth = `
  update metered_month set ends_at = ${instant('$2::float8')}, closed_at = clock_timestamp()
  where month = $1 and ends_at is null`
const openNext = `insert into metered_month (month, starts_at) values ($1, ${instant('$2::float8')})`

// A team that is being created has no row to be found by: what was under way when the month ended is waited for.
const readUnfound = `
  select month, ${ms('starts_at')}, ${ms('ends_at')}, looked,
    closed_at > clock_timestamp() - interval '5 minutes' and exists (
      select from pg_stat_activity a where a.datname = current_database() and a.backend_type = 'client backend'
        and a.pid <> pg_backend_pid() and a.xact_start < m.closed_at) as unsettled
  from metered_month m where not found and ends_at is not null order by month limit 1`
const readTeams = `
  select team_id, last_at < ${instant('$2::float8')} as behind from account
  where team_id > $1 and created_at < ${instant('$2::float8')} order by team_id limit ${most}`

const lookOn = `
  update metered_month set looked = $3, found = $4 where month = $1 and looked = $2 and not found`
const readBehind = `select team_id from account where team_id = any($1) and last_at < ${instant('$2::float8')} limit 1`
const readSums = `
  select t.team_id, u.rate, u.currency, sum(u.quantity)::text as quantity, sum(u.money)::text as money
  from unnest($1::text[]) t(team_id)
  cross join lateral usage_between(t.team_id, ${instant('$2::float8')}, ${instant('$3::float8')}) u
  where u.currency <> '' group by 1, 2, 3 order by 1, 3, sum(u.money) desc, 2`
const writeBills = `
  insert into metered_bill (team_id, month, currency, amount, lines, state, created_at, ask_at)
  select team_id, $1, currency, amount, lines, case amount when 0 then 'NOTHING' else 'DUE' end, ledger_now(),
    case amount when 0 then null else ledger_now() end
  from jsonb_to_recordset($2::jsonb) as bill(team_id text, currency text, amount numeric, lines jsonb)
  on conflict do nothing`

type UnfoundMonth = { month: string; starts_at: number; ends_at: number; looked: string; unsettled: boolean }
type SumRow = { team_id: TeamId; rate: string; currency: string; quantity: string; money: string }

export type MeteredMonths = {
  /** Does what is due, or a part of it; resolves to how many milliseconds may pass before the next call. */
  look(): Promise<number>
}

/**
 * Writes down, once a month of the catalog's time zone is over by the ledger's clock, what each team owes for its metered
 * usage: one bill a currency. Every team is rolled forward past the month's end first, so that nothing is posted into the
 * month afterwards. A month begins where the one before it ended, also where a catalog changes the time zone: no instant
 * is billed twice or left out. Several gateways may look at once. Source: facts V9.
 */
export function createMeteredMonths(
  database: Database,
  ledger: Pick<Ledger, 'submitAll'>,
  catalogs: Catalogs,
): MeteredMonths {
  const { pool } = database

  /** Closes the months that are over; resolves to how long the running one still lasts. */
  async function closeOver(): Promise<number> {
    const now = await readClock(database)
    const { timeZone } = (await catalogs.at(now)).catalog
    const { rows } = await pool.query<{ month: string }>({ name: 'running-month', text: readRunning })
    const month = rows[0]?.month ?? monthOf(now, timeZone)
    const span = monthSpan(month, timeZone)
    if (span === undefined) throw new Error(`${month} is no month`)
    if (rows.length === 0) await pool.query(openFirst, [month, span.startsAt])
    if (now < span.endsAt) return span.endsAt - now
    await database.transaction(async (client) => {
      const { rowCount } = await client.query(closeMonth, [month, span.endsAt])
      if (rowCount === 1) await client.query(openNext, [monthOf(span.endsAt, timeZone), span.endsAt])
    })
    return 0
  }

  /** Whether anything may have been metered; a catalog that can't be read may have. */
  async function mayHaveMetered(before: Instant): Promise<boolean> {
    const published = (await catalogs.publications()).filter(({ effectiveFrom }) => effectiveFrom < before)
    const found = await Promise.all(published.map(({ version }) => catalogs.find(version)))
    return found.some(
      (catalog) =>
        catalog === null || [...catalog.rateCard.rates.values()].some(({ settlement }) => settlement === 'METERED'),
    )
  }

  /** Looks through some more teams. */
  async function lookThrough({ month, starts_at: startsAt, ends_at: endsAt, looked }: UnfoundMonth): Promise<void> {
    const page = (await mayHaveMetered(endsAt))
      ? (await pool.query<{ team_id: TeamId; behind: boolean }>(readTeams, [looked, endsAt])).rows
      : []
    const behind = page.flatMap(({ team_id, behind }) => (behind ? [team_id] : []))
    const rolled = await ledger.submitAll(behind.map((teamId) => keyless(teamId, { kind: 'roll-forward' })))
    const failed = rolled.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    const teams = page.map(({ team_id }) => team_id)
    await database.transaction(async (client) => {
      const { rowCount } = await client.query(lookOn, [month, looked, teams.at(-1) ?? looked, page.length < most])
      if (rowCount === 0 || teams.length === 0) return
      const { rows } = await client.query<{ team_id: TeamId }>(readBehind, [teams, endsAt])
      if (rows[0] !== undefined) throw new Error(`${rows[0].team_id} has not passed the end of ${month}`)
      await client.query(writeBills, [month, JSON.stringify(await bills(client, teams, startsAt, endsAt))])
    })
  }

  async function bills(client: PoolClient, teams: readonly TeamId[], startsAt: Instant, endsAt: Instant) {
    const { rows } = await client.query<SumRow>(readSums, [teams, startsAt, endsAt])
    const groups = Map.groupBy(rows, ({ team_id, currency }) => `${currency} ${team_id}`)
    return [...groups.values()].flatMap((group) => {
      const [{ team_id, currency } = { team_id: '', currency: '' }] = group
      const used = group.filter(({ money }) => money !== '0')
      const amounts = billLines(
        used.map(({ money }) => BigInt(money)),
        currency,
      )
      const lines = used.map((sum, index) => lineOf(sum, amounts[index] ?? 0n, endsAt))
      return { team_id, currency, amount: `${billAmount(amounts, currency)}`, lines }
    })
  }

  function lineOf({ rate, quantity }: SumRow, amount: bigint, endsAt: Instant): BillLine {
    const priced = catalogs.rulesAt(endsAt).card.rates.get(rate)
    return {
      ...{ rate, name: catalogs.nameOf(rate) ?? rate, quantity: formatDecimal(BigInt(quantity)), amount: `${amount}` },
      counted: priced === undefined ? null : countedInWords(priced),
    }
  }

  return {
    async look() {
      const lastsMs = await closeOver()
      const { rows } = await pool.query<UnfoundMonth>({ name: 'unfound-month', text: readUnfound })
      const [month] = rows
      if (month === undefined) return lastsMs
      if (month.unsettled) return waitMs
      await lookThrough({ ...month, starts_at: Math.round(month.starts_at), ends_at: Math.round(month.ends_at) })
      return 0
    },
  }
}

const monthOf = (at: Instant, timeZone: string): string => dayOf(at, timeZone).slice(0, '2026-11'.length)
