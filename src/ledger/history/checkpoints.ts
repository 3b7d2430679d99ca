import { keepNewest } from '../../concurrency/bounded-map.ts'
import type { Database } from '../../database/open.ts'
import type { Revision, TeamId } from '../../domain/identity.ts'
import type { Committed } from '../lanes/batch-writer.ts'
import { needsCheckpoint, takeCheckpoint } from './take-checkpoint.ts'

export type Checkpoints = {
  /** Returns at once; a checkpoint that is due is taken in the background. */
  consider(change: Committed): void
  /** Resolves when no checkpoint is under way. Checkpoints that have not begun are dropped, which changes no answer. */
  stop(): Promise<void>
}

const maxKnown = 10_000
/**
 * The pause after a checkpoint, in multiples of its duration: checkpoints of a busy team take at most a fifth of the
 * time.
 */
const restFactor = 4

/** Takes checkpoints after commits, one at a time for each team. A failed or late checkpoint changes no answer. */
export function createCheckpoints(database: Database): Checkpoints {
  const { log } = database
  const underWay = new Map<TeamId, Promise<void>>()
  /** The checkpoints taken here. The ledger may not know of the latest ones. */
  const taken = new Map<TeamId, { revision: Revision; nextAt: number }>()
  let stopped = false

  async function take(teamId: TeamId, revision: Revision): Promise<void> {
    const begun = performance.now()
    try {
      await takeCheckpoint(database, teamId)
      taken.delete(teamId)
      taken.set(teamId, { revision, nextAt: performance.now() + restFactor * (performance.now() - begun) })
      keepNewest(taken, maxKnown)
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
