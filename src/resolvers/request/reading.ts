import type { Reading, ReadingClient } from '../../database/readings.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { isBehindTime } from '../../ledger/background/is-behind-time.ts'
import { keyless } from '../../ledger/deciding/team-state.ts'
import type { GatewayContext } from './context.ts'
import { served } from './submit.ts'

/**
 * Reads one state of the database, when it is the caller's turn. Ends with the request, or at a deadline.
 *
 * @throws {RequestFault} OVERLOADED, READING_TOO_LONG or LEDGER_UNAVAILABLE.
 */
export const readSnapshot = <T>(context: GatewayContext, run: (client: ReadingClient) => Promise<T>): Promise<T> =>
  readInTurn(context, ({ snapshot }) => snapshot(run))

/**
 * Like the reading above, after the effects of time are posted. So a reading of postings does not depend on when
 * somebody last read them. If the ledger's clock has passed the instant `passed`, nothing effective before it is posted
 * later.
 */
export const readCaughtUp = <T>(
  context: GatewayContext,
  teamId: TeamId,
  run: (client: ReadingClient) => Promise<T>,
  passed?: Instant,
): Promise<T> =>
  readInTurn(context, async ({ snapshot }) => {
    const first = await snapshot(async (client) =>
      (await isBehindTime(client, teamId, passed)) ? null : { value: await run(client) },
    )
    if (first !== null) return first.value
    await context.services.ledger.submit(keyless(teamId, { kind: 'roll-forward' }))
    return snapshot(run)
  })

/** Several snapshots in one turn of the caller. Throws as `readSnapshot` does. */
export const readInTurn = <T>(
  { reader, services }: GatewayContext,
  run: (reading: Reading) => Promise<T>,
): Promise<T> => served(() => services.database.readings.read(reader, run))
