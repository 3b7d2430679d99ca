import type { BalanceState } from '../../client/index.ts'
import type { PillState } from '../controllers/pill-state.ts'
import type { PillMessages } from '../locales/pill.ts'
import { wholeCredits } from './format.ts'

/** The appearance of a state. */
export type Look = {
  /** Null while nothing is known. */
  readonly credits: bigint | null
  readonly level: BalanceState
  readonly tone: 'accent' | 'warning' | 'danger' | 'muted'
  readonly badge:
    | (keyof PillMessages &
        ('closed' | 'stale' | 'reconnecting' | 'actionRequired' | 'declined' | 'charging' | 'exhausted' | 'low'))
    | null
}

/** The part of the state that the pill may show: texts that were written before have the number for all rates. */
export const shownOf = (state: PillState): PillState =>
  state.rate === null ? state : { ...state, initial: null, written: null }

/** The number that is shown, and its level. */
function amountOf({ balance, initial, rate, spendable }: PillState): [string | undefined, BalanceState] {
  if (rate === null) return [balance?.available ?? initial?.available, balance?.state ?? initial?.state ?? 'OK']
  const credits = spendable?.credits ?? undefined
  if (credits === undefined || balance === null) return [undefined, 'OK']
  const isLow = Number(credits) < Number(balance.lowThreshold)
  return [credits, Number(credits) <= 0 ? 'EXHAUSTED' : isLow ? 'LOW' : 'OK']
}

/** A problem of the connection comes first, then one of payments, then the level. */
export function lookOf(state: PillState): Look {
  const { connection, error, recharge } = state
  const [amount, level] = amountOf(state)
  const credits = amount === undefined ? null : wholeCredits(amount)
  const tone = level === 'EXHAUSTED' ? 'danger' : level === 'LOW' ? 'warning' : 'accent'
  const seen = { credits, level, tone } as const
  if (connection === 'closed') return { ...seen, tone: 'muted', badge: 'closed' }
  if (connection === 'stale') return { ...seen, tone: 'muted', badge: 'stale' }
  if (connection === 'reconnecting' || (connection === 'connecting' && error !== null))
    return { ...seen, badge: 'reconnecting' }
  if (recharge?.state === 'ACTION_REQUIRED') return { ...seen, tone: 'warning', badge: 'actionRequired' }
  if (recharge?.state === 'PAUSED') return { ...seen, tone: 'danger', badge: 'declined' }
  if (recharge?.state === 'CHARGING') return { ...seen, badge: 'charging' }
  return { ...seen, badge: level === 'EXHAUSTED' ? 'exhausted' : level === 'LOW' ? 'low' : null }
}
