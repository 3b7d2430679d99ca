import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { dueChanges } from './add-on-rows.ts'
import type { AddOns } from './add-ons.ts'
import { workEach } from './work-each.ts'

const maxSleepMs = 1_000

/** Continues changes of units that are due. Several gateways share the work. */
export function startAddOnReconciler(
  { pool }: Pick<Database, 'pool'>,
  addOns: Pick<AddOns, 'resume'>,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    await workEach(await dueChanges(pool), ({ teamId, key }) => addOns.resume(teamId, key), {
      log,
      failed: 'What comes of a change of units is not known yet; it is asked again',
      namesOf: ({ teamId: team, key }) => ({ team, key }),
    })
    return maxSleepMs
  }

  return startBackgroundLoop(round, 'Changes of units could not be looked after; trying again', log)
}
