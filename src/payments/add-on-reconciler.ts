import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { dueChanges } from './add-on-rows.ts'
import type { AddOns } from './add-ons.ts'
import { levelOf } from './outages.ts'

const maxSleepMs = 1_000

/** Continues changes of units that are due. Several gateways share the work. */
export function startAddOnReconciler(
  { pool }: Pick<Database, 'pool'>,
  addOns: Pick<AddOns, 'resume'>,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    for (const { teamId, key } of await dueChanges(pool)) {
      try {
        await addOns.resume(teamId, key)
      } catch (error) {
        log[levelOf(error)](
          { err: error, team: teamId, key },
          'What comes of a change of units is not known yet; it is asked again',
        )
      }
    }
    return maxSleepMs
  }

  return startBackgroundLoop(round, 'Changes of units could not be looked after; trying again', log)
}
