import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { loadCatalog } from '../src/catalog/load.ts'
import { rulesOf } from '../src/catalog/rules.ts'
import { startEmbedded } from '../src/database/embedded.ts'
import { migrate } from '../src/database/migrate.ts'
import { type Database, openDatabase } from '../src/database/open.ts'
import type { Answer, Command } from '../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../src/domain/identity.ts'
import type { World } from '../src/domain/rules.ts'
import type { RulesTimeline } from '../src/ledger/clock/rules-timeline.ts'
import { createLedger, type Ledger, type WrittenLedger } from '../src/ledger/ledger.ts'

export const log = pino({ level: 'warn' })
export const catalog = loadCatalog('catalogs/wevion.yaml')
const rules = rulesOf(catalog)
/** A world in which only this catalog is ever in force. */
export const world: World = { rulesAt: () => rules, cardOf: () => catalog.rateCard }
export const timeline: RulesTimeline = {
  in: () => world,
  knows: () => true,
  reach: async () => undefined,
}

/** A fresh durable PostgreSQL of its own, as the gateway starts it, and a ledger on it. */
export type Ground = {
  readonly url: string
  readonly database: Database
  readonly ledger: WrittenLedger
  readonly dataDir: string
}

export async function withGround<T>(use: (ground: Ground) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'credits-bench-'))
  const postgres = await startEmbedded(dataDir, log)
  try {
    const database = await openDatabase({ url: postgres.url, poolSize: 40, log })
    try {
      await migrate(database)
      return await use({
        url: postgres.url,
        database,
        ledger: createLedger(database, timeline),
        dataDir,
      })
    } finally {
      await database.close()
    }
  } finally {
    await postgres.release()
    await rm(dataDir, { recursive: true, force: true })
  }
}

let key = 0
const fingerprint = '00000000000000000000000000000000'

export async function submit(ledger: Ledger, team: TeamId, command: Command): Promise<Answer> {
  key += 1
  const answer = await ledger.submit({ teamId: team, key: `bench-${process.pid}-${key}`, fingerprint, command })
  if (answer.outcome.kind === 'refused') throw new Error(`Refused: ${answer.outcome.failure.message}`)
  return answer
}

/** The cheapest rate of the catalog: one credit and a half for a hundred characters. */
export const charge: Command = {
  kind: 'charge-usage',
  usage: [{ rate: 'tts.openai', quantity: 100_000_000n, count: 1 }],
  reference: 'job-4711',
  memberId: null,
  caller: { id: null, role: 'PLATFORM' },
}

/** Teams that can pay for any number of charges. */
export async function makeTeams(ledger: Ledger, count: number): Promise<TeamId[]> {
  const teams = Array.from({ length: count }, (_, index) => teamId(`team-${index}`))
  const plan: Command = { kind: 'assign-plan', planId: 'free', teamName: null, seats: 1, interval: null, anchor: null }
  const grant: Command = {
    kind: 'grant-credits',
    amount: 900_000_000_000_000_000n,
    grantKind: 'PROMOTION',
    expiresAt: null,
    source: 'bench',
  }
  for (let first = 0; first < count; first += 1000) {
    const some = teams.slice(first, first + 1000)
    await Promise.all(some.map((team) => submit(ledger, team, plan)))
    await Promise.all(some.map((team) => submit(ledger, team, grant)))
  }
  return teams
}
