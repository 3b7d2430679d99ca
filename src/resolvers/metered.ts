import type { ReadingClient } from '../database/readings.ts'
import type { Decimal } from '../domain/amounts/decimal.ts'
import { addMoney, type Money } from '../domain/amounts/money.ts'
import { roundToPayable } from '../domain/amounts/payable.ts'
import type { Instant } from '../domain/identity.ts'
import { monthSpan } from '../domain/period.ts'
import { readMetered } from '../ledger/history/metered-usage.ts'
import { readInvoiceUrl } from '../payments/metered-bill-rows.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput } from './request/inputs.ts'
import { readCaughtUp } from './request/reading.ts'
import type { TeamView } from './request/results.ts'

export type MeteredRow = {
  readonly rate: string
  readonly name: string
  readonly category: string | null
  readonly quantity: Decimal
  readonly count: number
  readonly money: Money
}

/** One calendar month in the catalog's time zone. `total` and `billable`: one amount for each currency. */
export type MeteredReport = {
  readonly month: string
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly final: boolean
  readonly rows: readonly MeteredRow[]
  readonly total: readonly Money[]
  readonly billable: readonly Money[]
  /** Null until the month is billed, and if there is nothing to bill. */
  readonly invoiceUrl: string | null
}

/**
 * The usage of a month that is billed in money. A month is final once the team's own time has passed its end: a request
 * that was under way then is either in the report or counted in the next month. The refund of a failed hold that was
 * charged at its start takes back its metered money. A refund by hand gives back only credits: money that should not be
 * paid is credited on the invoice.
 *
 * Source: facts V9.
 */
export async function teamMeteredUsage(
  { account: { teamId }, at }: TeamView,
  { month }: { month: string },
  context: GatewayContext,
): Promise<MeteredReport> {
  const { catalogs } = context.services
  const span = monthSpan(month, catalogs.wholeAt(at).timeZone)
  if (span === undefined) throw badInput('month', 'not usable: give a calendar month, as "2026-11"')
  const report = (client: ReadingClient) =>
    Promise.all([readMetered(client, teamId, span), readInvoiceUrl(client, teamId, month)])
  const [{ sums, through }, invoiceUrl] = await readCaughtUp(context, teamId, report, span.endsAt)
  const total = totals(sums.map(({ money }) => money))
  return {
    month,
    ...span,
    final: through >= span.endsAt,
    rows: sums.map((sum) => ({
      ...sum,
      name: catalogs.nameOf(sum.rate) ?? sum.rate,
      category: catalogs.categoryOf(sum.rate),
    })),
    total,
    billable: total.map(roundToPayable),
    invoiceUrl,
  }
}

function totals(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, Money>()
  for (const money of amounts) {
    const known = sums.get(money.currency)
    sums.set(money.currency, known ? addMoney(known, money) : money)
  }
  return [...sums.values()]
}
