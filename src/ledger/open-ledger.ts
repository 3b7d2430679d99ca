import { closing } from '../concurrency/pauses.ts'
import type { Database } from '../database/open.ts'
import type { Catalogs } from './catalogs/catalogs.ts'
import { openCatalogs } from './catalogs/open-catalogs.ts'
import { refreshCatalogs } from './catalogs/refresh-catalogs.ts'
import { createCheckpoints } from './history/checkpoints.ts'
import { continuePlatformOrder } from './history/platform-events.ts'
import { createLedger, type WrittenLedger } from './ledger.ts'
import { createMembers, type Members } from './members.ts'
import { createTeamReader, type TeamReader } from './team-reader.ts'

/** Everything that decides about teams and reads them, on one database. */
export type OpenLedger = {
  readonly catalogs: Catalogs
  readonly ledger: WrittenLedger
  readonly teams: TeamReader
  readonly members: Members
  /** Answers what was accepted, then ends the work in the background; within some seconds where the database is silent. */
  close(): Promise<void>
}

/** `patienceMs`: how long a command is tried again while the database is out of reach. */
export async function openLedger(database: Database, patienceMs?: number): Promise<OpenLedger> {
  if (await continuePlatformOrder(database.pool)) {
    database.log.warn('The database was restored into another cluster: the order of platformEvents continues behind it')
  }
  const catalogs = await openCatalogs(database)
  const freshness = refreshCatalogs(catalogs, database)
  const checkpoints = createCheckpoints(database)
  const members = createMembers(database)
  const ledger = createLedger(database, catalogs, patienceMs)
  ledger.onCommitted((change) => checkpoints.consider(change))
  return {
    catalogs,
    ledger,
    teams: createTeamReader(database, catalogs),
    members,
    async close() {
      await closing(ledger.idle())
      await closing(freshness.stop())
      await closing(catalogs.close())
      await closing(members.idle())
      await closing(checkpoints.stop())
    },
  }
}
