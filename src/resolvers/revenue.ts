import { z } from 'zod'
import { grantKinds } from '../domain/grant.ts'
import type { Instant } from '../domain/identity.ts'
import { teamId } from '../domain/identity.ts'
import { monthSpan } from '../domain/period.ts'
import type { RevenueRow } from '../ledger/history/revenue.ts'
import { firstPlace, type RevenuePlace, readRevenuePage } from '../ledger/revenue-pages.ts'
import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { decodePlace, encodePlace, filterMark, type TextList } from './request/cursors.ts'
import { badInput } from './request/inputs.ts'
import { badCursor, type Connection, type PageArguments, sizeOf } from './request/pages.ts'
import { readInTurn } from './request/reading.ts'

export type RevenueArguments = Pick<PageArguments, 'first' | 'after'> & { readonly month: string }

/** One calendar month in the catalog's time zone. */
export type RevenueReport = Omit<Connection<RevenueRow>, 'edges'> & {
  readonly month: string
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly final: boolean
}

/** A transaction that began before the month's end has ended by then. */
const settlingMs = 300_000

export async function revenueReport(
  _: unknown,
  { month, ...given }: RevenueArguments,
  context: GatewayContext,
): Promise<RevenueReport> {
  callerWithRole(context, 'PLATFORM')
  const { catalogs, ledger, now } = context.services
  const at = await now()
  const span = monthSpan(month, catalogs.wholeAt(at).timeZone)
  if (span === undefined) throw badInput('month', 'not usable: give a calendar month, as "2026-11"')
  if (span.startsAt > at) throw badInput('month', 'it has not begun: give the running month, or an earlier one')
  const list = { kind: 'revenue', filter: filterMark({ month }) } as const
  const page = { after: placeOf(list, given.after), size: sizeOf(given) }
  const { rows, rest } = await readInTurn(context, (reading) => readRevenuePage(reading, ledger, span, page))
  const cursorAt = (row: RevenueRow | undefined) => row && cursorOf(list, { teamId: row.teamId, row })
  const onward = rest === null ? null : cursorOf(list, rest)
  return {
    month,
    ...span,
    final: span.endsAt + settlingMs <= at,
    nodes: rows,
    pageInfo: {
      hasNextPage: rest !== null,
      hasPreviousPage: given.after != null,
      startCursor: cursorAt(rows[0]) ?? null,
      endCursor: (page.size > 0 ? onward : null) ?? cursorAt(rows.at(-1)) ?? null,
    },
  }
}

const cursorOf = (list: TextList, { teamId, row }: RevenuePlace): string =>
  encodePlace(list, JSON.stringify(row === null ? [teamId] : [teamId, row.kind, row.currency]))

/** The text was encoded by `cursorOf`, or it is no cursor of the list. */
function placeOf(list: TextList, cursor: string | null | undefined): RevenuePlace {
  if (cursor == null) return firstPlace
  const text = decodePlace(list, cursor) ?? badCursor('after')
  const [team, kind, currency] = partsOf(text) ?? badCursor('after')
  return { teamId: teamId(team), row: kind === undefined || currency === undefined ? null : { kind, currency } }
}

const parts = z.union([z.tuple([z.string()]), z.tuple([z.string(), z.enum(grantKinds), z.string()])])

function partsOf(text: string): z.infer<typeof parts> | null {
  try {
    return parts.parse(JSON.parse(text))
  } catch {
    return null
  }
}
