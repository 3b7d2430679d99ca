import { balanceFeed } from '../../../client/balance.ts'
import { openConnection, type Transports } from '../../../client/connection.ts'
import type { AccountEvent, Balance, ClientState, CreditsClientError, Unsubscribe } from '../../../client/index.ts'
import { lateTransport } from '../../../client/late-transport.ts'
import { timing } from '../../../client/timing.ts'
import { overWebSocket } from '../../../client/web-socket.ts'

export type LeaderOptions = {
  readonly url: string
  readonly teamId?: string | undefined
  readonly staleAfterMs?: number | undefined
  readonly token: () => Promise<string>
  /** Where events go on; null: from now on. */
  readonly lastEventId: string | null
  /** `closed`: for good, because the gateway refuses the connection or the balance. */
  onState(state: ClientState, error: CreditsClientError | null): void
  onBalance(balance: Balance): void
  onEvent(event: AccountEvent): void
}

/** The one connection of a browser's tabs. */
export type Leader = {
  /** Events are subscribed to when somebody first wants them. */
  watchEvents(): void
  /** Whether the gateway is still there. */
  probe(): void
  /** Connects now, if it waits. */
  hurry(): void
  close(): void
}

const transports: Transports = {
  webSocket: overWebSocket,
  eventStream: (...given) =>
    lateTransport(async () => (await import('../../../client/event-stream.ts')).overEventStream(...given)),
}

export function lead(options: LeaderOptions): Leader {
  const { teamId, onBalance, onEvent, onState } = options
  const variables = { teamId }
  const { line, close } = openConnection(options, timing, transports)
  const stopState = line.onState(onState)
  const end = () => {
    stopState()
    close()
  }
  balanceFeed(line, variables).subscribe(onBalance, {
    onError: (error) => {
      end()
      onState('closed', error)
    },
  })
  let watching: Promise<Unsubscribe | undefined> | null = null
  return {
    watchEvents() {
      watching ??= import('../../../client/events.ts').then(({ Events }) => {
        if (line.state === 'closed') return
        return new Events(line, variables).subscribe(onEvent, { after: options.lastEventId, onError: () => undefined })
      })
      // Without its code there are no toasts; the number goes on.
      watching.catch(() => {
        watching = null
      })
    },
    probe: () => line.probe(),
    hurry: () => line.hurry(),
    // Others hear nothing of it: another tab may lead on.
    close: end,
  }
}
