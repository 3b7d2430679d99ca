import type { Logger } from 'pino'
import { pauseBefore } from '../../concurrency/pauses.ts'
import type { Revision, TeamId } from '../../domain/identity.ts'

/** With more teams than this, 'all teams' is the shorter message. */
const maxTeams = 20_000

/** The hints that one message carries. */
export type Outgoing = {
  readonly teams: ReadonlyMap<TeamId, Revision> | 'all'
  readonly revoked: boolean
}

export type OutboxOptions = {
  /** Rejects if the message may not have arrived. */
  send(outgoing: Outgoing): Promise<void>
  /** The least time between two messages. */
  readonly windowMs: number
  readonly log: Logger
}

export type HintOutbox = {
  announce(teamId: TeamId, revision: Revision): void
  announceRevocations(): void
  /** Sends waiting hints without the rest of a pause: the connection is back. */
  poke(): void
  /** Sends the remaining hints, once. */
  close(): Promise<void>
}

/**
 * The hints that wait to be sent to other gateways. The first hint after a quiet window is sent at once, and those
 * within a window are sent together. A failed message is retried, with growing pauses of at most two seconds. Meanwhile
 * at most one hint waits for each team, and a bounded number of teams. Nothing here throws, and a commit never waits
 * for it.
 */
export function openHintOutbox({ send, windowMs, log }: OutboxOptions): HintOutbox {
  let teams: Map<TeamId, Revision> | 'all' = new Map()
  let revoked = false
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | undefined
  let quietFrom = 0
  let failures = 0
  let closed = false

  const isEmpty = () => teams !== 'all' && teams.size === 0 && !revoked

  function add(teamId: TeamId, revision: Revision): void {
    if (teams === 'all') return
    teams.set(teamId, Math.max(revision, teams.get(teamId) ?? 0))
    if (teams.size > maxTeams) teams = 'all'
  }

  function schedule(pauseMs = quietFrom - performance.now()): void {
    if (closed || timer !== undefined || sending !== undefined || isEmpty()) return
    timer = setTimeout(
      () => {
        timer = undefined
        sending = flush().finally(() => {
          sending = undefined
          schedule(failures > 0 ? pauseBefore(failures) : undefined)
        })
      },
      Math.max(0, pauseMs),
    )
  }

  async function flush(): Promise<void> {
    const outgoing: Outgoing = { teams, revoked }
    teams = new Map()
    revoked = false
    quietFrom = performance.now() + windowMs
    try {
      await send(outgoing)
      failures = 0
    } catch (error) {
      // A gateway that stayed connected would otherwise never receive these hints.
      revoked ||= outgoing.revoked
      if (outgoing.teams === 'all') teams = 'all'
      else for (const [teamId, revision] of outgoing.teams) add(teamId, revision)
      if (failures++ === 0) log.warn({ err: error }, 'Hints could not be sent to other gateways; trying again')
    }
  }

  return {
    announce(teamId, revision) {
      add(teamId, revision)
      schedule()
    },
    announceRevocations() {
      revoked = true
      schedule()
    },
    poke() {
      clearTimeout(timer)
      timer = undefined
      schedule()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await sending
      if (!isEmpty()) await flush()
    },
  }
}
