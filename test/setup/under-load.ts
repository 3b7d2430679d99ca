import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { expect } from 'vitest'
import { brokenInvariants } from './database.ts'
import { charge, type Reply } from './operator.ts'

/** A charge that was asked for, as often as it took; null: it was never answered. */
export type Asked = { readonly teamId: string; readonly key: string; attempts: number; answer: Reply | null }

/** Charges of 100 credits, many at once, for as long as it runs; one that fails is asked again under its key. */
export class Load {
  readonly asked: Asked[] = []
  #running = true
  readonly #workers: Promise<void>[]
  #reached: (() => void) | null = null
  #wanted = 0

  constructor(url: () => string, teams: readonly string[], inFlight: number) {
    this.#workers = Array.from({ length: inFlight }, async (_, index) => {
      const teamId = teams[index % teams.length] ?? ''
      while (this.#running) {
        const asked: Asked = { teamId, key: randomUUID(), attempts: 0, answer: null }
        this.asked.push(asked)
        while (this.#running && asked.answer === null) {
          // While a gateway starts again, those who retry must leave it the processor.
          if (asked.attempts > 0) await delay(Math.min(20 * 2 ** (asked.attempts - 1), 320))
          asked.attempts += 1
          asked.answer = await charge(url(), teamId, asked.key).catch(() => null)
        }
        if (this.answered >= this.#wanted) this.#reached?.()
      }
    })
  }

  /** How many were asked more than once, because something died. */
  get retried(): number {
    return this.asked.filter(({ attempts }) => attempts > 1).length
  }

  get answered(): number {
    return this.asked.filter(({ answer }) => answer !== null).length
  }

  /** Resolves when this many more have been answered. */
  async more(count: number): Promise<void> {
    this.#wanted = this.answered + count
    await new Promise<void>((resolve) => {
      this.#reached = resolve
    })
  }

  async stop(): Promise<readonly Asked[]> {
    this.#running = false
    await Promise.all(this.#workers)
    return this.asked
  }
}

/**
 * Sends every key again, twice: who had an answer gets the same one, who had none learns it, and nobody is charged
 * twice. Then the ledger itself is verified.
 */
export async function expectExactlyOnce(url: string, databaseUrl: string, asked: readonly Asked[]): Promise<void> {
  for (const batch of batches(asked, 50)) {
    await Promise.all(
      batch.map(async (one) => {
        const again = await charge(url, one.teamId, one.key)
        expect(again.__typename).toBe('Charge')
        if (one.answer !== null) expect(again).toEqual(one.answer)
        expect(await charge(url, one.teamId, one.key)).toEqual(again)
      }),
    )
  }
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query(
    `select team_id, count(*)::int as charges from entry where type = 'CHARGE' group by team_id`,
  )
  await client.end()
  const keys = Map.groupBy(asked, ({ teamId }) => teamId)
  for (const [teamId, { length }] of keys) {
    expect(rows).toContainEqual({ team_id: teamId, charges: length })
  }
  await expectSound(databaseUrl)
}

/** Every invariant of the ledger holds. */
export async function expectSound(databaseUrl: string): Promise<void> {
  expect(await brokenInvariants(databaseUrl)).toEqual([])
}

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size)
}
