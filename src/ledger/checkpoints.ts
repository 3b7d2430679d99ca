import type { Database } from '../database/open.ts'
import type { Revision, TeamId } from '../domain/identity.ts'
import { keepNewest } from './keep-newest.ts'
import type { Committed } from './ledger.ts'
import { needsCheckpoint, takeCheckpoint } from './take-checkpoint.ts'

export type Checkpoints = {
  /** Returns at once; a checkpoint that is due is taken in the background. */
  consider(change: Committed): void
  /** Resolves when none is under way; those not begun are dropped, which changes no answer. */
  stop(): Promise<void>
}

const mostKnown = 10_000
/** Of a team that is written all the time, checkpoints take at most a fifth. */
const restFactor = 4

/** Takes checkpoints behind commits, one at a time for each team; whether one fails or is late changes no answer. */
export function createCheckpoints(database: Database): Checkpoints {
  const { log } = database
  const underWay = new Map<TeamId, Promise<void>>()
  /** What the ledger remembers may lag behind what was taken here. */
  const taken = new Map<TeamId, { revision: Revision; nextAt: number }>()
  let stopped = false

  async function take(teamId: TeamId, revision: Revision): Promise<void> {
    const begun = performance.now()
    try {
      await takeCheckpoint(database, teamId)
      taken.delete(teamId)
      taken.set(teamId, { revision, nextAt: performance.now() + restFactor * (performance.now() - begun) })
      keepNewest(taken, mostKnown)
    } catch (error) {
      log.warn({ err: error, teamId }, 'A checkpoint could not be taken; a later change tries again')
    } finally {
      underWay.delete(teamId)
    }
  }

  return {
    consider({ account: { teamId, revision }, checkpoint }) {
      if (stopped || !needsCheckpoint(revision, checkpoint) || underWay.has(teamId)) return
      const last = taken.get(teamId)
      if (last && (!needsCheckpoint(revision, last.revision) || performance.now() < last.nextAt)) return
      underWay.set(teamId, take(teamId, revision))
    },
    async stop() {
      stopped = true
      await Promise.all(underWay.values())
    },
  }
}
