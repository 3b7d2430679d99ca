import type { PoolClient } from 'pg'
import type { TeamId } from '../domain/identity.ts'
import type { AccountNotice } from '../domain/notice.ts'
import type { EventPosition } from './account-events.ts'
import { ms } from './instants.ts'

const noticesBehind = `
  select revision::float8, number, type, ${ms('effective_at', 'at')}, amount::text
  from account_notice where team_id = $1 and (revision, number) > ($2, $3) order by revision, number`

/** All notices behind a position, in order. They are few: what moves credits is none. */
export async function readNotices(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  { revision, number }: EventPosition,
): Promise<AccountNotice[]> {
  const values = [teamId, revision, number]
  const { rows } = await client.query({ name: 'account-notices', text: noticesBehind, values })
  return rows.map((row: NoticeRow) => ({ ...row, amount: row.amount === null ? null : BigInt(row.amount) }))
}

type NoticeRow = Omit<AccountNotice, 'amount'> & { amount: string | null }
