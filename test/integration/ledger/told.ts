import { parseCatalog } from '../../../src/catalog/load.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import type { Scene } from './scene.ts'

/** A catalog with these plans, one rate at a credit a use, and `settings` in the place of their defaults. */
export const catalogWith = (plans: string, settings = 'timeZone: UTC') =>
  parseCatalog(
    `
name: Plans
currency: USD
lowThreshold: 1
rounding: { to: 0.000001, mode: half-up }
burnPriority: { INCLUDED: 0 }
notices:
  exhausted: Exhausted until {date}
  exhaustedNoGrant: Exhausted
  low: Low
  insufficient: Insufficient
  creditsAdded: Credits added
packages: []
categories:
  - { id: all, name: All, rates: [{ id: credit, name: Credit, credits: 1, unit: TOKEN }] }
${settings}
plans:
${plans}`,
    'plans.yaml',
  )

const inCredits = (micro: string) => Number(BigInt(micro)) / 1e6
/** The instant to the minute: a process may take its clock to be some milliseconds ahead of the database's. */
const instant = (at: string | null) => (at === null ? 'never' : `${new Date(at).toISOString().slice(0, 16)}Z`)

/** The team's deposits, expiries and clawbacks, each as `GRANT 500 at 2026-11-16T00:00Z: plan:free:2026-11-16`. */
export async function told({ database }: Scene, team: TeamId): Promise<string[]> {
  const { rows } = await database.pool.query(
    `select type, change::text, effective_at, reference from entry
      where team_id = $1 and type in ('GRANT', 'EXPIRY', 'CLAWBACK') order by revision`,
    [team],
  )
  return rows.map((row) => `${row.type} ${inCredits(row.change)} at ${instant(row.effective_at)}: ${row.reference}`)
}

/** Every grant that a team ever had, in the order of their deposit: `500 from 2026-11-16T00:00Z to 2026-11-23T00:00Z`. */
export async function windows({ database }: Scene, team: TeamId): Promise<string[]> {
  const { rows } = await database.pool.query(
    'select granted::text, starts_at, expires_at from credit_grant where team_id = $1 order by id',
    [team],
  )
  return rows.map((row) => `${inCredits(row.granted)} from ${instant(row.starts_at)} to ${instant(row.expires_at)}`)
}
