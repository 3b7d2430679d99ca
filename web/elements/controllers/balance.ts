import type { Balance, ClientState, CreditsClientError } from '../../client/index.ts'
import type { TeamScope } from './scope.ts'
import { Cell, type Store } from './store.ts'

export type BalanceReading = {
  readonly phase: 'loading' | 'ready' | 'failed' | 'forbidden'
  /** The last one that was heard stays while the client reconnects. */
  readonly value: Balance | null
  readonly state: ClientState
  readonly error: CreditsClientError | null
}

export type BalanceController = Store<BalanceReading> & { readonly retry: () => void }

/** The balance as its subscription tells it. */
export function createBalance({ client }: TeamScope): BalanceController {
  const { store } = client.balance
  let stop: () => void = () => undefined
  const cell: Cell<BalanceReading> = new Cell<BalanceReading>({ ...readingOf(store.getSnapshot()) }, () => {
    listen()
    return () => stop()
  })
  const listen = () => {
    stop()
    stop = store.subscribe(() => cell.set(readingOf(store.getSnapshot())))
  }
  return { subscribe: cell.subscribe, getSnapshot: cell.getSnapshot, retry: listen }
}

function readingOf({
  value,
  state,
  error,
}: ReturnType<TeamScope['client']['balance']['store']['getSnapshot']>): BalanceReading {
  if (value !== null) return { phase: 'ready', value, state, error }
  if (error?.code === 'FORBIDDEN') return { phase: 'forbidden', value, state, error }
  const ended = error !== null && state !== 'connecting' && state !== 'reconnecting'
  return { phase: ended ? 'failed' : 'loading', value, state, error }
}
