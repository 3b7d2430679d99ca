import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'graphql-ws'
import pg from 'pg'
import { expect, vi } from 'vitest'
import { WebSocket } from 'ws'
import { teamId } from '../../src/domain/identity.ts'
import { readEvents } from '../../src/ledger/history/account-events.ts'
import { encodeId } from '../../src/resolvers/request/ids.ts'
import { tokenFor } from './gateway.ts'
import { charge, grant, hold, mutate, type Reply } from './operator.ts'
import { connect } from './watching.ts'

const balanceQuery = 'subscription { balance { available held revision } }'
const eventsQuery =
  'subscription ($after: ID) { accountEvents(after: $after) { id balance { available held revision } } }'

type Balance = { available: string; held: string; revision: number }
type Told = { balance?: Balance; accountEvents?: { id: string; balance: Balance } }

/** The messages that one client received about its team, over all its connections. */
export class Seen {
  /** The balances by subscription: each subscription begins with the present balance. */
  readonly balances: Balance[][] = []
  readonly events: { id: string; balance: Balance }[] = []
  readonly faults: unknown[] = []

  add({ balance, accountEvents }: Told): void {
    if (balance !== undefined) this.balances.at(-1)?.push(balance)
    if (accountEvents !== undefined) this.events.push(accountEvents)
  }

  get last(): string | null {
    return this.events.at(-1)?.id ?? null
  }
}

export interface Watching {
  readonly team: string
  readonly seen: Seen
  /** Cuts the client's line without a close; the client reconnects. */
  cut(): void
  end(): Promise<void>
}

/**
 * All clients reconnect at once. While the gateway is away, hundreds of retries must leave it the processor to start
 * again.
 */
const pauseMs = (failed: number) => Math.min(20 * 2 ** failed, 160)

/** The stock client of graphql-ws, which reconnects by itself; its events continue after the last one it saw. */
export function stock(url: () => string, team: string, member: string): Watching {
  const seen = new Seen()
  let socket: WebSocket | null = null
  const client: Client = connect(
    url(),
    { team, member, role: 'VIEWER' },
    {
      url: () => `${url().replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (retries) => delay(pauseMs(retries)),
      shouldRetry: () => true,
      on: {
        opened: (opened) => {
          socket = opened as WebSocket
          seen.balances.push([])
        },
      },
    },
  )
  const variables: { after: string | null } = { after: null }
  const sink = {
    next: ({ data, errors }: { data?: Told | null; errors?: unknown }) => {
      if (errors !== undefined || data == null) seen.faults.push(errors)
      else seen.add(data)
      variables.after = seen.last
    },
    error: (error: unknown) => seen.faults.push(error),
    complete: () => undefined,
  }
  client.subscribe<Told>({ query: balanceQuery }, sink)
  client.subscribe<Told>({ query: eventsQuery, variables }, sink)
  return { team, seen, cut: () => socket?.terminate(), end: async () => client.dispose() }
}

/** A socket without a client library, opened again whenever it is lost. */
export function raw(url: () => string, team: string, member: string): Watching {
  const seen = new Seen()
  let socket: WebSocket | null = null
  let over = false
  let failed = 0

  async function keep(): Promise<void> {
    const authorization = `Bearer ${await tokenFor({ team, member, role: 'VIEWER' })}`
    while (!over) {
      const opened = new WebSocket(`${url().replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws')
      socket = opened
      const closed = new Promise<void>((resolve) => opened.once('close', () => resolve()))
      opened.on('error', () => undefined)
      const send = (message: object) => opened.send(JSON.stringify(message))
      opened.once('open', () => send({ type: 'connection_init', payload: { authorization } }))
      opened.on('message', (text) => {
        const { type, payload } = JSON.parse(String(text))
        if (type === 'connection_ack') {
          failed = 0
          seen.balances.push([])
          send({ id: 'balance', type: 'subscribe', payload: { query: balanceQuery } })
          send({ id: 'events', type: 'subscribe', payload: { query: eventsQuery, variables: { after: seen.last } } })
        } else if (type === 'next' && payload.errors === undefined) seen.add(payload.data)
        // A subscription that can't begin while the database is away is retried.
        else opened.terminate()
      })
      await closed
      if (!over) await delay(pauseMs(failed++))
    }
  }
  const kept = keep()
  return {
    team,
    seen,
    cut: () => socket?.terminate(),
    async end() {
      over = true
      socket?.terminate()
      await kept
    },
  }
}

/** Charges, holds, settles, releases, refunds and grants, one after the other, until it is stopped. */
export class Writing {
  #runs = true
  readonly #worked: Promise<void>
  done = 0

  constructor(url: () => string, team: string, draw: () => number) {
    this.#worked = (async () => {
      let charged: Reply | null = null
      let held: Reply | null = null
      while (this.#runs) {
        const drawn = draw()
        try {
          if (drawn < 0.5) charged = await charge(url(), team)
          else if (drawn < 0.65) held = await hold(url(), team)
          else if (drawn < 0.75 && held?.id) await mutate(url(), 'settleHold', { holdId: held.id })
          else if (drawn < 0.85 && held?.id) await mutate(url(), 'releaseHold', { holdId: held.id, reason: 'idle' })
          else if (drawn < 0.95 && charged?.id) {
            await mutate(url(), 'refundCharge', { teamId: team, chargeId: charged.id, reason: 'blank' })
          } else await grant(url(), team, '100')
          this.done += 1
        } catch {
          // The gateway or its database is away: others go on, and so does this one when it is back.
          await delay(20)
        }
      }
    })()
  }

  async stop(): Promise<void> {
    this.#runs = false
    await this.#worked
  }
}

/**
 * Compares what clients received with the ledger, after all writes: every balance is the ledger's right after its
 * revision, revisions rise, the events of each client are the table's from its first to its last without a gap or a
 * double, and the last balance of each client is the database's.
 */
export async function expectHistory(databaseUrl: string, watching: readonly Watching[]): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  try {
    for (const [team, watchers] of Map.groupBy(watching, ({ team }) => team)) {
      const { rows } = await pool.query<Balance>(
        `select revision::float8, available_after::text as available, held_after::text as held from entry
         where team_id = $1 order by revision`,
        [team],
      )
      const inCredits = (micro: string) => `${Number(micro) / 1e6}`
      const ledger = new Map(
        rows.map(({ revision, available, held }) => [
          revision,
          { revision, available: inCredits(available), held: inCredits(held) },
        ]),
      )
      const last = rows.at(-1)?.revision ?? 0
      const events = await readEvents(pool, teamId(team), { revision: -1, number: 0 }, 1_000_000)
      const ids = events.map(({ revision, number }) => encodeId('Event', `${revision}.${number}`, teamId(team)))
      for (const { seen } of watchers) {
        await vi.waitFor(
          () => {
            expect(seen.balances.at(-1)?.at(-1)?.revision).toBe(last)
            if (seen.last !== null) expect(seen.last).toBe(ids.at(-1))
          },
          { timeout: 60_000, interval: 50 },
        )
        const told = seen.balances.flat()
        for (const balance of [...told, ...seen.events.map(({ balance }) => balance)]) {
          expect(balance).toEqual(ledger.get(balance.revision))
        }
        for (const one of seen.balances) expectRising(one)
        const revisions = told.map(({ revision }) => revision)
        expect(revisions).toEqual(revisions.toSorted((one, other) => one - other))
        const seenIds = seen.events.map(({ id }) => id)
        const first = seenIds[0] === undefined ? ids.length : ids.indexOf(seenIds[0])
        expect(seenIds).toEqual(ids.slice(first))
        expect(seen.faults).toEqual([])
      }
    }
  } finally {
    await pool.end()
  }
}

function expectRising(balances: readonly Balance[]): void {
  balances.slice(1).forEach(({ revision }, before) => {
    expect(revision).toBeGreaterThan(balances[before]?.revision ?? Number.POSITIVE_INFINITY)
  })
}
