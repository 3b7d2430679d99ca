import { lastEvent } from '../ledger/history/account-events.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import type { GatewayContext } from './request/context.ts'
import { encodeId } from './request/ids.ts'
import { readSnapshot } from './request/reading.ts'

/** The id that `accountEvents(after:)` continues from, for a client that has seen no event yet. */
export async function teamLastEventId(
  { account: { teamId } }: TeamNow,
  _: unknown,
  context: GatewayContext,
): Promise<string> {
  const last = await readSnapshot(context, (client) => lastEvent(client, teamId))
  if (last === null) throw new Error(`${teamId} has begun without an event`)
  return encodeId('Event', `${last.revision}.${last.number}`, teamId)
}
