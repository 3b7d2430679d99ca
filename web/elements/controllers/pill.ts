import type { Balance, BalanceState, TokenSource, Unsubscribe } from '../../client/index.ts'
import type { InitialBalance, Notice, PillListener, PillState } from './pill-state.ts'
import { SharedClient } from './sharing/client.ts'
import { Cell } from './store.ts'

export type PillOptions = {
  /** The gateway's origin, or its `/graphql`. */
  readonly endpoint: string
  readonly token: TokenSource
  readonly teamId?: string | undefined
  /** A BCP 47 tag. */
  readonly locale?: string | undefined
  readonly initial?: InitialBalance | null
  /** A code of a rate: the number is what can be spent on it. */
  readonly rate?: string | null
  readonly on?: PillListener
  /** Credits have run out while somebody looks, and no listener has canceled it. */
  readonly onExhausted?: () => void
}

export type PillController = {
  readonly client: SharedClient
  readonly getSnapshot: () => PillState
  readonly subscribe: (changed: () => void) => Unsubscribe
  dismiss(noticeId: string): void
  /** The number is for that rate from now on. The former number is gone at once. */
  setRate(rate: string | null): void
  /** Another token, or another source of tokens. */
  renew(token: TokenSource): void
  /** For good. */
  close(): void
}

const levels: Readonly<Record<BalanceState, 'low' | 'exhausted' | 'recovered'>> = {
  LOW: 'low',
  EXHAUSTED: 'exhausted',
  OK: 'recovered',
}

/** Before it connects, and on a server. */
export const idlePill = (initial: InitialBalance | null, rate: string | null = null): PillState => ({
  connection: 'idle',
  error: null,
  balance: null,
  written: null,
  initial,
  runsOutAt: null,
  balanceAt: 0,
  recharge: null,
  rate,
  spendable: null,
  notices: [],
})

/** `https://credits.example.com` and `https://credits.example.com/graphql` are the same gateway. */
export function graphqlUrl(endpoint: string): string {
  const url = new URL(endpoint, globalThis.location?.href)
  if (url.pathname === '/') url.pathname = '/graphql'
  return url.href
}

/**
 * A live pill without a view. It connects at once, over one connection for all tabs and pills of the same caller.
 *
 * @throws {TypeError} where `endpoint` is no address.
 */
export function createPill(options: PillOptions): PillController {
  const { endpoint, token, teamId, locale, initial = null, rate = null, on, onExhausted } = options
  const client = new SharedClient({ url: graphqlUrl(endpoint), token, teamId, locale })
  const emit: PillListener = (type, detail) => on?.(type, detail)
  const store = new Cell<PillState>({ ...idlePill(initial), connection: client.state })
  let closed = false
  let isWatching = false

  const showBalance = (balance: Balance) => {
    const { balance: before } = store.getSnapshot()
    const { balanceAt, written } = client
    const runsOutAt = balance.runwaySeconds === null ? null : balanceAt + balance.runwaySeconds * 1_000
    store.set({ balance, balanceAt, written, runsOutAt })
    if (balance.available !== before?.available) {
      emit('change', { available: balance.available, previous: before?.available ?? null, balance })
    }
    const first = before === null
    if (balance.state === before?.state || (first && balance.state === 'OK')) return
    const wanted = emit(levels[balance.state], { balance, first })
    if (balance.state !== 'EXHAUSTED' || first || wanted === false || document.visibilityState === 'hidden') return
    const notice: Notice = {
      id: `exhausted ${balance.revision}`,
      type: 'BALANCE_EXHAUSTED',
      amount: null,
      actionUrl: null,
    }
    store.set({ notices: [...store.getSnapshot().notices, notice] })
    onExhausted?.()
  }
  /** The first number waits for none of their code. Without it there are no toasts; the number goes on. */
  const watchNotices = () => {
    if (isWatching) return
    isWatching = true
    import('./notices.ts')
      .then((notices) => closed || notices.watchNotices({ client, store, emit, teamId }))
      .catch(() => {})
  }
  let stopRate = () => {}
  const setRate = (next: string | null) => {
    stopRate()
    store.set({ rate: next, spendable: null })
    if (next === null) return
    let isStopped = false
    stopRate = () => {
      isStopped = true
    }
    import('./spendable.ts')
      .then(({ followSpendable }) => {
        if (!isStopped) stopRate = followSpendable({ client, store, teamId, rate: next })
      })
      .catch(() => {})
  }
  if (rate !== null) setRate(rate)
  client.balance.subscribe(showBalance)
  client.onState((connection, error) => {
    // Somebody else's token: what was known is not theirs.
    const known =
      client.balance.current === null ? { balance: null, runsOutAt: null, recharge: null, spendable: null } : {}
    store.set({ connection, error, ...known })
    if (!closed) emit('connection', { state: connection, error })
    if (connection === 'live') watchNotices()
  })

  return {
    client,
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    dismiss: (noticeId) => store.set({ notices: store.getSnapshot().notices.filter(({ id }) => id !== noticeId) }),
    setRate,
    renew: (source) => void client.renew(source),
    close() {
      closed = true
      stopRate()
      client.close()
    },
  }
}
