import type { PoolClient } from 'pg'
import { eventTypeOf } from '../../domain/event-type.ts'
import { teamId } from '../../domain/identity.ts'
import { readEntriesBehind, readTeamsBehind } from '../../ledger/history/exported-rows.ts'
import {
  isPlatformEvent,
  type PlatformPlace,
  platformStart,
  readPlatformEvents,
} from '../../ledger/history/platform-events.ts'
import { decodePlatformPlace, encodePlatformPlace } from '../../resolvers/request/ids.ts'
import type { Column, Row } from './column.ts'

type Client = Pick<PoolClient, 'query'>

export type ExportPage = {
  readonly rows: readonly Row[]
  /** The cursor behind the page; null: the page is empty. */
  readonly cursor: string | null
  /** Whether there was nothing behind the page. */
  readonly isLast: boolean
}

/** A list that can be exported. */
export type Kind = {
  readonly name: string
  readonly columns: readonly Column[]
  /** Events, postings or teams of a page. */
  readonly pageSize: number
  /** Whether rows change: a run after a complete one begins again. */
  readonly changes: boolean
  /** Whether an export can continue behind this cursor. */
  readonly accepts: (client: Client, cursor: string) => Promise<boolean>
  readonly read: (client: Client, after: string | null, limit: number) => Promise<ExportPage>
}

const text = (name: string): Column => ({ name, type: 'text' })
const integer = (name: string): Column => ({ name, type: 'integer' })
const credits = (name: string): Column => ({ name, type: 'credits' })
const instant = (name: string): Column => ({ name, type: 'instant' })

const placeBehind = (cursor: string | null): PlatformPlace => {
  const place = cursor === null ? platformStart() : decodePlatformPlace(cursor)
  if (place === null) throw new Error(`${cursor} is no cursor`)
  return place
}

async function isPlace(client: Client, cursor: string): Promise<boolean> {
  const place = decodePlatformPlace(cursor)
  return place !== null && (await isPlatformEvent(client, place))
}

const exact = (amount: string | null): bigint | null => (amount === null ? null : BigInt(amount))

const events: Kind = {
  name: 'events',
  columns: [
    ...[text('id'), text('team'), integer('revision'), integer('number'), text('type'), instant('at')],
    ...[credits('amount'), text('reason')],
  ],
  pageSize: 5_000,
  changes: false,
  accepts: isPlace,
  async read(client, after, limit) {
    const { events } = await readPlatformEvents(client, placeBehind(after), limit)
    const rows = events.map((event) => [
      ...[encodePlatformPlace(event), event.teamId, event.revision, event.number, eventTypeOf(event.type), event.at],
      ...[event.amount, event.reason],
    ])
    const last = events.at(-1)
    return { rows, cursor: last === undefined ? null : encodePlatformPlace(last), isLast: events.length < limit }
  },
}

const entries: Kind = {
  name: 'entries',
  columns: [
    ...[text('event'), text('team'), integer('revision'), integer('posting'), text('type'), instant('at')],
    ...[
      instant('posted_at'),
      integer('grant'),
      text('from'),
      text('to'),
      credits('amount'),
      credits('available_after'),
    ],
    ...[
      credits('held_after'),
      credits('owed_after'),
      text('member'),
      text('caller'),
      text('reference'),
      text('reason'),
    ],
    ...[integer('hold'), integer('charge'), text('catalog'), integer('line'), text('rate')],
    { name: 'quantity', type: 'quantity' },
    integer('count'),
    { name: 'money', type: 'money' },
    text('currency'),
    text('tags'),
  ],
  pageSize: 2_000,
  changes: false,
  accepts: isPlace,
  async read(client, after, limit) {
    const found = await readEntriesBehind(client, placeBehind(after), limit)
    const eventOf = ({ platformPosition, teamId, posting }: (typeof found)[number]) =>
      encodePlatformPlace({ platformPosition, teamId, revision: posting, number: 0 })
    const rows = found.map((entry) => [
      ...[eventOf(entry), entry.teamId, entry.revision, entry.posting, entry.type, entry.at, entry.postedAt],
      ...[entry.grantId, entry.fromState, entry.toState, exact(entry.amount), exact(entry.availableAfter)],
      ...[
        exact(entry.heldAfter),
        exact(entry.owedAfter),
        entry.memberId,
        entry.callerId,
        entry.reference,
        entry.reason,
      ],
      ...[
        entry.holdId,
        entry.chargeId,
        entry.rateCardVersion,
        entry.line,
        entry.rate,
        exact(entry.quantity),
        entry.count,
      ],
      ...[exact(entry.moneyAmount), entry.moneyCurrency, entry.tags],
    ])
    const last = found.at(-1)
    const postings = found.filter(({ revision, posting }) => revision === posting).length
    return { rows, cursor: last === undefined ? null : eventOf(last), isLast: postings < limit }
  },
}

const teams: Kind = {
  name: 'teams',
  columns: [
    ...[text('team'), text('name'), text('plan'), integer('seats'), credits('available'), credits('held')],
    ...[credits('owed'), text('state'), integer('revision'), instant('created_at')],
  ],
  pageSize: 5_000,
  changes: true,
  accepts: async (_, cursor) => cursor !== '',
  async read(client, after, limit) {
    const found = await readTeamsBehind(client, teamId(after ?? ''), limit)
    const rows = found.map((team) => [
      ...[team.teamId, team.name, team.planId, team.seats, exact(team.available), exact(team.held), exact(team.owed)],
      ...[team.state, team.revision, team.createdAt],
    ])
    return { rows, cursor: found.at(-1)?.teamId ?? null, isLast: found.length < limit }
  },
}

export const kinds: Readonly<Record<string, Kind>> = { events, entries, teams }
