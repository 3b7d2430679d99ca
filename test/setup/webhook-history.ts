import pg from 'pg'
import { expect, vi } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { readEvents } from '../../src/ledger/history/account-events.ts'
import { encodeId } from '../../src/resolvers/request/ids.ts'
import type { WebhookReceiver } from './webhook-receiver.ts'

/** The ids of all events of a team behind the first `known`, in the ledger's order. */
export async function eventsOf(databaseUrl: string, team: string, known = 0): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  try {
    const events = await readEvents(pool, teamId(team), { revision: 0, number: 0 }, 1_000_000)
    return events.slice(known).map(({ revision, number }) => encodeId('Event', `${revision}.${number}`, teamId(team)))
  } finally {
    await pool.end()
  }
}

/**
 * Compares what a receiver got of a team, after all writes, with the ledger: every event from the first one on is there,
 * none is of another team, and the order is kept. An event may come again, but then all behind it come again, too: the
 * sequence only ever steps forward by one, or back.
 */
export async function expectDelivered(
  databaseUrl: string,
  receiver: WebhookReceiver,
  { team, known, path }: { readonly team: string; readonly known: number; readonly path: string },
): Promise<void> {
  const expected = await eventsOf(databaseUrl, team, known)
  const received = () =>
    receiver.received.filter((event) => event.path === path && event.body.data.team === team).map(({ id }) => id)
  await vi.waitFor(() => expect(received().at(-1)).toBe(expected.at(-1)), { timeout: 60_000, interval: 50 })
  expect(new Set(received())).toEqual(new Set(expected))
  let place = -1
  for (const id of received()) {
    const next = expected.indexOf(id)
    expect(next, `${team}: the event after number ${place} is number ${next}`).toBeLessThanOrEqual(place + 1)
    place = next
  }
}
