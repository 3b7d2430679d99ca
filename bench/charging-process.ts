import { migrate } from '../src/database/migrate.ts'
import { openDatabase } from '../src/database/open.ts'
import { teamId } from '../src/domain/identity.ts'
import { createLedger } from '../src/ledger/ledger.ts'
import { charge, log, submit, timeline } from './bench-ledger.ts'
import { load } from './load.ts'

/** One of several gateway processes: charges one team with 256 in flight for the requested time, and counts. */
const [, , url = '', team = ''] = process.argv
const database = await openDatabase({ url, log })
await migrate(database)
const ledger = createLedger(database, timeline)
process.send?.({ ready: true })
process.on('message', async ({ seconds }: { seconds: number }) => {
  const { perSecond } = await load(256, seconds, () => submit(ledger, teamId(team), charge))
  process.send?.({ perSecond })
})
process.on('disconnect', () => void database.close())
