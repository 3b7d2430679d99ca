import { type CreditsClient, createTimedClient } from '../../../web/client/create-client.ts'
import type { CreditsClientOptions } from '../../../web/client/options.ts'
import { type Timing, timing } from '../../../web/client/timing.ts'

const factor = 10

/** The client's own times, each a tenth. */
export const hurriedTiming: Timing = {
  // A busy machine needs some time to connect.
  openWithinMs: timing.openWithinMs / 5,
  pingEveryMs: timing.pingEveryMs / factor,
  pongWithinMs: timing.pongWithinMs / factor,
  silentAfterMs: timing.silentAfterMs / factor,
  waitBefore: (...given) => timing.waitBefore(...given) / factor,
}

/** A client that waits a tenth of what it waits in production; what it does is the same. `staleAfterMs` stays as it is. */
export const hurriedClient = (options: CreditsClientOptions): CreditsClient => createTimedClient(options, hurriedTiming)
