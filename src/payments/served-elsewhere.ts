import type { Pool } from 'pg'
import type { TeamId } from '../domain/identity.ts'
import { paymentRefused } from './stripe-faults.ts'

/* A team that another system serves pays there. Source: decision 42. */

const readSystem = `select move ->> 'system' as system from account where team_id = $1 and move ->> 'stage' <> 'CUT_OVER'`

/** The name of the system that serves the team in place of the gateway; null: the gateway does. */
export async function servedElsewhere(pool: Pick<Pool, 'query'>, teamId: TeamId): Promise<string | null> {
  const { rows } = await pool.query<{ system: string }>({
    name: 'served-elsewhere',
    text: readSystem,
    values: [teamId],
  })
  return rows[0]?.system ?? null
}

/** One row if the gateway serves the team. A cut back waits until the statement is committed, or counts in it. */
export const servedHere = (teamId: string): string => `(
  select from account where team_id = ${teamId} and (move is null or move ->> 'stage' = 'CUT_OVER') for share) served`

/** Why such a team is not charged. */
export const paysElsewhere = (system: string) => ({
  declineCode: paymentRefused,
  reason: `The team is served by ${system}: buy there, or ask the operator to cut the team over.`,
})
