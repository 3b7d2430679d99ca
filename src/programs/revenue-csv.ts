import { stringify } from 'csv-stringify'
import { formatCredits } from '../domain/amounts/credits.ts'
import { formatMoney } from '../domain/amounts/money.ts'
import type { Revenue } from '../domain/revenue.ts'
import type { RevenueRow } from '../ledger/history/revenue.ts'

const amounts = {
  open_at_start: 'openAtStart',
  sold: 'sold',
  earned: 'earned',
  expired: 'expired',
  refunded: 'refunded',
  open_at_end: 'openAtEnd',
} as const satisfies Readonly<Record<string, keyof Revenue>>

const creditsPrefix = 'credits_'

/** The lines of a report as CSV: money in the main unit of the row's currency, then credits, all exact. */
export const revenueCsv = () =>
  stringify({
    header: true,
    columns: [
      ...['month', 'team', 'kind', 'currency'],
      ...Object.keys(amounts),
      ...Object.keys(amounts).map((name) => `${creditsPrefix}${name}`),
    ],
    // A team's id could begin as a formula of a spreadsheet. Amounts are bigint, whose minus sign stays.
    escape_formulas: true,
    cast: {
      bigint: (amount, { column }) =>
        `${column}`.startsWith(creditsPrefix) ? formatCredits(amount) : formatMoney({ amount, currency: '' }),
    },
  })

/** One line, by the names of its columns. */
export function revenueLine(month: string, { teamId, kind, currency, money, credits }: RevenueRow) {
  const line: Record<string, string | bigint> = { month, team: teamId, kind, currency }
  for (const [name, field] of Object.entries(amounts)) {
    line[name] = money[field]
    line[`${creditsPrefix}${name}`] = credits[field]
  }
  return line
}
