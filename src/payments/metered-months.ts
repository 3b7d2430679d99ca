import type { Database } from '../database/open.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { dayOf, monthOf, monthSpan } from '../domain/period.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import { writeBills } from './write-metered-bills.ts'

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

type TeamRow = { team_id: TeamId; behind: boolean }
type UnfoundMonth = { month: string; starts_at: number; ends_at: number; looked: string; unsettled: boolean }

/**
 * Writes down, once a month of the catalog's time zone is over by the ledger's clock, what each team owes for its metered
 * usage: one bill a currency. Every team is rolled forward past the month's end first, so that nothing is posted into the
 * month afterwards. A month begins where the one before it ended, also where a catalog changes the time zone: no instant
 * is billed twice or left out. Several gateways may look at once. Source: facts V9.
 */
export class MeteredMonths {
  readonly #database: Database
  readonly #ledger: Pick<Ledger, 'submitAll'>
  readonly #catalogs: Catalogs

  constructor(database: Database, ledger: Pick<Ledger, 'submitAll'>, catalogs: Catalogs) {
    this.#database = database
    this.#ledger = ledger
    this.#catalogs = catalogs
  }

  /** Does what is due, or a part of it; resolves to how many milliseconds may pass before the next call. */
  async look(): Promise<number> {
    const lastsMs = await this.#closeOver()
    const { rows } = await this.#database.pool.query<UnfoundMonth>({ name: 'unfound-month', text: readUnfound })
    const [month] = rows
    if (month === undefined) return lastsMs
    if (month.unsettled) return waitMs
    await this.#lookThrough({ ...month, starts_at: Math.round(month.starts_at), ends_at: Math.round(month.ends_at) })
    return 0
  }

  /** Closes the months that are over; resolves to how long the running one still lasts. */
  async #closeOver(): Promise<number> {
    const { pool } = this.#database
    const now = await readClock(this.#database)
    const { timeZone } = (await this.#catalogs.at(now)).catalog
    const { rows } = await pool.query<{ month: string }>({ name: 'running-month', text: readRunning })
    const month = rows[0]?.month ?? monthOf(dayOf(now, timeZone))
    const span = monthSpan(month, timeZone)
    if (span === undefined) throw new Error(`${month} is no month`)
    if (rows.length === 0) await pool.query(openFirst, [month, span.startsAt])
    if (now < span.endsAt) return span.endsAt - now
    await this.#database.transaction(async (client) => {
      const { rowCount } = await client.query(closeMonth, [month, span.endsAt])
      if (rowCount === 1) await client.query(openNext, [monthOf(dayOf(span.endsAt, timeZone)), span.endsAt])
    })
    return 0
  }

  /** Looks through some more teams. */
  async #lookThrough({ month, starts_at: startsAt, ends_at: endsAt, looked }: UnfoundMonth): Promise<void> {
    const page = (await this.#mayHaveMetered(endsAt)) ? await this.#teamsAfter(looked, endsAt) : []
    await this.#rollForward(page.flatMap(({ team_id, behind }) => (behind ? [team_id] : [])))
    const teams = page.map(({ team_id }) => team_id)
    await this.#database.transaction(async (client) => {
      const { rowCount } = await client.query(lookOn, [month, looked, teams.at(-1) ?? looked, page.length < most])
      if (rowCount === 0 || teams.length === 0) return
      const { rows } = await client.query<{ team_id: TeamId }>(readBehind, [teams, endsAt])
      if (rows[0] !== undefined) throw new Error(`${rows[0].team_id} has not passed the end of ${month}`)
      await writeBills(client, this.#catalogs, teams, { name: month, startsAt, endsAt })
    })
  }

  /** Whether anything may have been metered; a catalog that can't be read may have. */
  async #mayHaveMetered(before: Instant): Promise<boolean> {
    const published = (await this.#catalogs.publications()).filter(({ effectiveFrom }) => effectiveFrom < before)
    const found = await Promise.all(published.map(({ version }) => this.#catalogs.find(version)))
    return found.some(
      (catalog) =>
        catalog === null ||
        catalog.creditLine !== null ||
        [...catalog.rateCard.rates.values()].some(({ settlement }) => settlement === 'METERED'),
    )
  }

  async #teamsAfter(looked: string, endsAt: Instant): Promise<TeamRow[]> {
    return (await this.#database.pool.query<TeamRow>(readTeams, [looked, endsAt])).rows
  }

  async #rollForward(teams: readonly TeamId[]): Promise<void> {
    const rolled = await this.#ledger.submitAll(teams.map((teamId) => keyless(teamId, { kind: 'roll-forward' })))
    const failed = rolled.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
