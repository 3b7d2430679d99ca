import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Revision, TeamId } from '../domain/identity.ts'
import { channel, payloadsOf, readPayload } from './hint-payload.ts'
import type { Hints } from './hints.ts'
import { keepListening } from './listener.ts'

const windowMs = 25
const longestPauseMs = 1_000
/** Beyond these it is shorter to say 'look at everything'. */
const mostTeams = 20_000

export type HintBus = {
  /** Other processes hear of it within some tens of milliseconds, or after an outage of the database. Never throws. */
  announce(teamId: TeamId, revision: Revision): void
  /** Sends what is left and hangs up. */
  close(): Promise<void>
}

export type HintBusOptions = {
  readonly pool: Pool
  /** Of the same database, for a connection of its own. */
  readonly url: string
  readonly hints: Hints
  readonly log: Logger
}

/**
 * Hints between processes, by LISTEN and NOTIFY. NOTIFY takes a lock of the whole server at commit, so it is never
 * part of a spending transaction: hints of some milliseconds go out together, in a statement of their own. Whenever
 * the listener was away, everything that is watched here is looked at again. Resolves when it listens.
 */
export async function openHintBus({ pool, url, hints, log }: HintBusOptions): Promise<HintBus> {
  const self = randomUUID()
  let waiting = new Map<TeamId, Revision>()
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()
  let pauseMs = windowMs
  let closed = false

  const listener = await keepListening({
    url,
    channel,
    log,
    heard: (payload) => {
      const { from, teams } = readPayload(payload)
      if (from === self) return
      if (teams === 'all') hints.publishToAll()
      else for (const [teamId] of teams) hints.publish(teamId)
    },
    missed: () => hints.publishToAll(),
  })

  async function send(): Promise<void> {
    timer = undefined
    if (waiting.size === 0) return
    const teams = waiting
    waiting = new Map()
    try {
      await pool.query({
        name: 'notify-hints',
        text: 'select pg_notify($1, payload) from unnest($2::text[]) payload',
        values: [channel, payloadsOf(self, teams.size > mostTeams ? 'all' : [...teams])],
      })
      pauseMs = windowMs
    } catch (error) {
      // A listener that was connected all the while would never learn of these otherwise.
      for (const [teamId, revision] of teams) waiting.set(teamId, Math.max(revision, waiting.get(teamId) ?? 0))
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      log.warn({ err: error, teams: waiting.size }, 'Hints could not be sent to other gateways; trying again')
    }
    if (waiting.size > 0 && !closed) schedule()
  }

  function schedule(): void {
    timer ??= setTimeout(() => {
      sending = send()
    }, pauseMs)
  }

  return {
    announce(teamId, revision) {
      waiting.set(teamId, revision)
      if (!closed) schedule()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await sending
      await send()
      await listener.close()
    },
  }
}
