import type { Pool } from 'pg'
import type { TeamId } from '../domain/identity.ts'

/** Whether a team is new now: none of its paid purchases is `days` old. Source: docs/payments.md. */
export const isNew = (teamId: string, days: string): string => `not exists (select from purchase q
  where q.team_id = ${teamId} and q.state = 'PAID' and q.payment_intent is not null and q.created_at <= ledger_now() - ${days} * interval '1 day')`

const readIsNew = `select ${isNew('$1', '$2')} as is_new`

/** Whether a purchase that the team begins now is one of a new team. */
export async function isNewTeam(pool: Pool, teamId: TeamId, newTeamDays: number): Promise<boolean> {
  const { rows } = await pool.query<{ is_new: boolean }>({
    name: 'is-new-team',
    text: readIsNew,
    values: [teamId, newTeamDays],
  })
  return rows[0]?.is_new === true
}
