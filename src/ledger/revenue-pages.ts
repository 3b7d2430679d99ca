import type { Reading, ReadingClient } from '../database/readings.ts'
import { type Instant, type TeamId, teamId } from '../domain/identity.ts'
import { keyless } from './deciding/team-state.ts'
import { findPayingTeams, type Month, type RevenueRow, readRevenue } from './history/revenue.ts'
import type { Ledger } from './ledger.ts'
import { instant } from './rows/instants.ts'

/** A place in the list: behind a row, or without a kind behind all rows of a team. */
export type RevenuePlace = {
  readonly teamId: TeamId
  readonly row: Pick<RevenueRow, 'kind' | 'currency'> | null
}

/** Before every team: no id is empty. */
export const firstPlace: RevenuePlace = { teamId: teamId(''), row: null }

export type RevenuePage = {
  /** Ordered by team, kind and currency. */
  readonly rows: readonly RevenueRow[]
  /** The list continues behind this place; null: it is complete. */
  readonly rest: RevenuePlace | null
}

/**
 * Up to `size` rows of a month, behind a place. The teams of the page first pass the month's end, or the present, so that
 * the answer does not depend on who had read them. A page searches one team more than it may have rows, and may be short.
 */
export async function readRevenuePage(
  { snapshot }: Reading,
  ledger: Pick<Ledger, 'submitAll'>,
  month: Month,
  span: { readonly after: RevenuePlace; readonly size: number },
): Promise<RevenuePage> {
  const first = await snapshot(async (client) => {
    const teams = await findPayingTeams(client, span.after.teamId, month.endsAt, span.size + 2)
    const behind = await findBehind(client, teams, month.endsAt)
    return behind.length > 0 ? behind : { page: await readPage(client, teams, month, span) }
  })
  if ('page' in first) return first.page
  const rolled = await ledger.submitAll(first.map((team) => keyless(team, { kind: 'roll-forward' })))
  const failed = rolled.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return snapshot(async (client) => {
    const teams = await findPayingTeams(client, span.after.teamId, month.endsAt, span.size + 2)
    return readPage(client, teams, month, span)
  })
}

async function readPage(
  client: ReadingClient,
  teams: readonly TeamId[],
  month: Month,
  { after, size }: { readonly after: RevenuePlace; readonly size: number },
): Promise<RevenuePage> {
  const searched = teams.slice(0, size + 1)
  const place = new Map(searched.map((team, index) => [team, index]))
  const placeOf = ({ teamId }: RevenueRow) => place.get(teamId) ?? 0
  const rows = (await readRevenue(client, searched, month))
    .filter((row) => row.teamId !== after.teamId || (after.row !== null && nameOf(row) > nameOf(after.row)))
    .sort((one, other) => placeOf(one) - placeOf(other) || (nameOf(one) < nameOf(other) ? -1 : 1))
  if (rows.length > size) {
    const shown = rows.slice(0, size)
    const last = shown.at(-1)
    return { rows: shown, rest: last === undefined ? after : { teamId: last.teamId, row: last } }
  }
  const last = searched.at(-1)
  return { rows, rest: teams.length > searched.length && last !== undefined ? { teamId: last, row: null } : null }
}

const nameOf = ({ kind, currency }: Pick<RevenueRow, 'kind' | 'currency'>): string => `${kind} ${currency}`

const readBehind = `
  select a.team_id from account a, ledger_now() now, ${instant('$2::float8')} passed
  where a.team_id = any($1) and (a.next_boundary <= now or (a.last_at < passed and passed <= now))`

/** The teams for which something effective before the instant may still be posted. */
async function findBehind(client: ReadingClient, teams: readonly TeamId[], passed: Instant): Promise<TeamId[]> {
  const values = [teams, passed]
  const { rows } = await client.query<{ team_id: TeamId }>({ name: 'teams-behind', text: readBehind, values })
  return rows.map(({ team_id }) => team_id)
}
