import type { Logger } from 'pino'
import type { Revision, TeamId } from '../../domain/identity.ts'
import { pauseBefore } from '../../timers.ts'

/** Beyond these it is shorter to say 'look at everything'. */
const mostTeams = 20_000

/** What other gateways are to be told in one go. */
export type Outgoing = {
  readonly teams: ReadonlyMap<TeamId, Revision> | 'all'
  readonly revoked: boolean
}

export type OutboxOptions = {
  /** Rejects what has not certainly been told. */
  send(outgoing: Outgoing): Promise<void>
  /** From one sending to the next, at least. */
  readonly windowMs: number
  readonly log: Logger
}

export type HintOutbox = {
  announce(teamId: TeamId, revision: Revision): void
  announceRevocations(): void
  /** What waits for another try need not wait longer: there is a way again. */
  poke(): void
  /** Sends what is left, once. */
  close(): Promise<void>
}

/**
 * What waits to be told to other gateways: the first hint after a quiet window goes at once, those within the window
 * go together. A sending that failed is tried again, with growing pauses of at most two seconds; meanwhile there is at
 * most one hint a team, of a bounded number of teams. Nothing here throws or is waited for by whoever commits.
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
    if (teams.size > mostTeams) teams = 'all'
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
      // Another gateway that was connected all the while would never learn of these otherwise.
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
