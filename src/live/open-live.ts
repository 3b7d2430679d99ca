import { closing } from '../concurrency/pauses.ts'
import type { Database } from '../database/open.ts'
import type { OpenLedger } from '../ledger/open-ledger.ts'
import type { HintBus } from './hints/hint-bus.ts'
import { Hints } from './hints/hints.ts'
import { openHintBus } from './hints/open-hint-bus.ts'
import { createLiveStreams, type LiveStreams } from './streams.ts'
import { startWatchedTeamPoller, type WatchedTeamPoller } from './watched-team-poller.ts'

export type LiveOptions = {
  readonly redisUrl?: string | undefined
  /** Another gateway has revoked credentials, or may have. */
  readonly revoked?: () => void
  /** The time between two looks at a watched team. */
  readonly pollEveryMs?: number | undefined
  /** The time between two proofs of the connection to the hint bus. */
  readonly proofMs?: number | undefined
}

/** Everything that tells of changed teams: to the streams of this gateway, and to other gateways. */
export type OpenLive = {
  readonly hints: Hints
  readonly bus: HintBus
  readonly poller: WatchedTeamPoller
  readonly streams: LiveStreams
  /** To be closed before the ledger. Within some seconds where the database is silent. */
  close(): Promise<void>
}

export async function openLive(database: Database, opened: OpenLedger, options: LiveOptions = {}): Promise<OpenLive> {
  const { ledger, catalogs, teams } = opened
  const { redisUrl, revoked = () => undefined, pollEveryMs, proofMs } = options
  const { pool, url, log } = database
  const hints = new Hints()
  const bus = await openHintBus({ pool, url, redisUrl, hints, revoked, log, proofMs })
  const poller = startWatchedTeamPoller(database, hints, ledger, pollEveryMs)
  ledger.onCommitted(({ account }) => {
    hints.publish(account.teamId)
    poller.told(account)
    bus.announce(account.teamId, account.revision)
  })
  // Another catalog can change what a balance shows without a change of the team.
  catalogs.onSwitched(() => hints.publishToAll())
  return {
    hints,
    bus,
    poller,
    streams: createLiveStreams({ database, teams: poller.heeding(teams), hints, pollEveryMs }),
    async close() {
      await closing(poller.stop())
      // The last commits are announced before the bus hangs up.
      await closing(ledger.idle())
      await closing(bus.close())
    },
  }
}
