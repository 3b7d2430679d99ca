import { ReadRechargeDocument } from '../../client/contract.ts'
import type { AccountEvent, AccountEventType } from '../../client/index.ts'
import type { Notice, PillListener, PillState } from './pill-state.ts'
import type { SharedClient } from './sharing/client.ts'
import type { Cell } from './store.ts'

type NoticeOptions = {
  readonly client: SharedClient
  readonly store: Cell<PillState>
  readonly emit: PillListener
  readonly teamId?: string | undefined
}

/** More are not shown at a time; the oldest goes. */
const maxNotices = 3
const whileChargingMs = 5_000

const kinds: Partial<Record<AccountEventType, 'added' | 'refunded' | 'recharge'>> = {
  CREDITS_ADDED: 'added',
  CREDITS_REFUNDED: 'refunded',
  CREDITS_CLAWED_BACK: 'refunded',
  PAYMENT_DUPLICATE_REFUNDED: 'refunded',
  PAYMENT_UNDER_WAY: 'recharge',
  RECHARGE_FAILED: 'recharge',
  RECHARGE_ACTION_REQUIRED: 'recharge',
  RECHARGE_CAPPED: 'recharge',
}

/** Adds notices of what happens from now on, and follows auto-recharge, until the client is closed. */
export function watchNotices({ client, store, emit, teamId }: NoticeOptions): void {
  const recharge = followRecharge({ client, store, emit, teamId })
  client.events.subscribe(async (event) => {
    if (event.type.startsWith('RECHARGE')) await recharge.read()
    const kind = kinds[event.type]
    const notice = noticeOf(event, store.getSnapshot())
    if (kind === undefined || emit(kind, notice) === false || document.visibilityState === 'hidden') return
    add(store, notice)
  })
  store.subscribe(recharge.changed)
  recharge.changed()
}

const noticeOf = ({ id, type, amount }: AccountEvent, { recharge }: PillState): Notice => ({
  id,
  type,
  amount,
  actionUrl: type === 'RECHARGE_ACTION_REQUIRED' ? (recharge?.actionUrl ?? null) : null,
})

function add(store: Cell<PillState>, notice: Notice): void {
  const others = store.getSnapshot().notices.filter(({ id }) => id !== notice.id)
  store.set({ notices: [...others, notice].slice(-maxNotices) })
}

/** Reads auto-recharge at first, when the balance falls below its threshold, and while a payment is under way. */
function followRecharge({ client, store, teamId }: NoticeOptions) {
  let revision: number | null = null
  let level = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = async () => {
    clearTimeout(timer)
    try {
      const { team } = await client.request(ReadRechargeDocument, { teamId })
      const recharge = team?.autoRecharge ?? null
      store.set({ recharge })
      if (recharge?.state === 'CHARGING') timer = setTimeout(read, whileChargingMs)
    } catch {
      // A token that may not read it, or a gateway that is away: the pill shows nothing of it.
    }
  }
  const changed = () => {
    const { balance, connection, recharge } = store.getSnapshot()
    if (connection === 'closed') return clearTimeout(timer)
    if (balance === null || connection !== 'live') return
    const isBelow = recharge?.threshold != null && Number(balance.available) < Number(recharge.threshold)
    const now = `${isBelow} ${balance.state}`
    if (revision !== null && (now === level || balance.revision === revision)) return
    revision = balance.revision
    level = now
    void read()
  }
  return { read, changed }
}
