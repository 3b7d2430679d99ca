import type { Posting } from './activity.ts'
import { csvOf } from './csv.ts'

const head = [
  'time',
  'type',
  'kind',
  'credits',
  'balance_after',
  'member',
  'member_name',
  'reference',
  'reason',
  'rates',
  'revision',
  'id',
]

/** Postings for a spreadsheet: exact amounts, instants in UTC, the newest first. */
export function activityCsv(rows: readonly Posting[]): string {
  return csvOf([
    head,
    ...rows.map((row) => [
      row.at,
      row.type,
      row.grantKind,
      row.amount,
      row.balanceAfter,
      row.member?.memberId ?? null,
      row.member?.name ?? null,
      row.reference,
      row.reason,
      row.lines.map(({ rate }) => rate).join(' '),
      row.revision,
      row.id,
    ]),
  ])
}
