import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { loadCatalog } from '../../src/catalog/load.ts'
import { rulesOf } from '../../src/catalog/rules.ts'
import { openDatabase } from '../../src/database/open.ts'
import type { Command } from '../../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../../src/domain/identity.ts'
import { moveClock } from '../../src/ledger/clock/move-clock.ts'
import { keyless } from '../../src/ledger/deciding/team-state.ts'
import { createLedger } from '../../src/ledger/ledger.ts'

const keepLease = `update lease set holder = $1, until = clock_timestamp() + interval '1.4 s' where name = 'sweeper'`

export type SilentLedger = Awaited<ReturnType<typeof openSilentLedger>>

/** A process that writes a gateway's database and tells nobody: as one that is killed right after each commit. */
export async function openSilentLedger(databaseUrl: string, catalogFile = 'catalogs/wevion.yaml') {
  const database = await openDatabase({ url: databaseUrl, poolSize: 4, log: pino({ level: 'silent' }) })
  const catalog = loadCatalog(catalogFile)
  const rules = rulesOf(catalog)
  const world = {
    in: () => ({ rulesAt: () => rules, cardOf: () => catalog.rateCard }),
    knows: () => true,
    reach: async () => undefined,
  }
  const ledger = createLedger(database, world)

  const holder = randomUUID()
  let hung: NodeJS.Timeout | undefined

  return {
    database,
    async submit(teams: readonly string[], command: Command): Promise<void> {
      const results = await ledger.submitAll(teams.map((team) => keyless(teamId(team), command)))
      for (const result of results) if (result.status === 'rejected') throw result.reason
    },
    /** When time alone changes the team next. */
    async nextBoundary(team: string): Promise<number> {
      const text = `select (extract(epoch from next_boundary) * 1000)::float8 as at from account where team_id = $1`
      return (await database.pool.query(text, [team])).rows[0].at
    },
    async setClock(to: number): Promise<void> {
      await moveClock(database, to)
    },
    /** From then on somebody has the sweepers' lease who sweeps nothing; the gateway's own is kept from it. */
    async hangSweeper(): Promise<void> {
      const keep = () => database.pool.query(keepLease, [holder])
      await keep()
      hung ??= setInterval(() => void keep().catch(() => undefined), 200)
    },
    letSweep(): void {
      clearInterval(hung)
      hung = undefined
    },
    /** The teams whose time has come and is not posted. */
    async due(): Promise<TeamId[]> {
      const text = 'select team_id from account where next_boundary <= (select ledger_now())'
      return (await database.pool.query(text)).rows.map(({ team_id }) => team_id)
    },
    async close(): Promise<void> {
      clearInterval(hung)
      await ledger.idle()
      await database.close()
    },
  }
}
