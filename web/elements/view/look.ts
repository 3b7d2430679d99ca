import type { PillState } from '../controllers/pill-state.ts'
import type { PillMessages } from '../locales/pill.ts'
import { wholeCredits } from './format.ts'

/** The appearance of a state. */
export type Look = {
  /** Null while nothing is known. */
  readonly credits: bigint | null
  readonly tone: 'accent' | 'warning' | 'danger' | 'muted'
  readonly badge:
    | (keyof PillMessages &
        ('closed' | 'stale' | 'reconnecting' | 'actionRequired' | 'declined' | 'charging' | 'exhausted' | 'low'))
    | null
}

/** A problem of the connection comes first, then one of payments, then the level. */
export function lookOf({ connection, error, balance, initial, recharge }: PillState): Look {
  const amount = balance?.available ?? initial?.available
  const credits = amount === undefined ? null : wholeCredits(amount)
  const level = balance?.state ?? initial?.state ?? 'OK'
  const tone = level === 'EXHAUSTED' ? 'danger' : level === 'LOW' ? 'warning' : 'accent'
  if (connection === 'closed') return { credits, tone: 'muted', badge: 'closed' }
  if (connection === 'stale') return { credits, tone: 'muted', badge: 'stale' }
  if (connection === 'reconnecting' || (connection === 'connecting' && error !== null))
    return { credits, tone, badge: 'reconnecting' }
  if (recharge?.state === 'ACTION_REQUIRED') return { credits, tone: 'warning', badge: 'actionRequired' }
  if (recharge?.state === 'PAUSED') return { credits, tone: 'danger', badge: 'declined' }
  if (recharge?.state === 'CHARGING') return { credits, tone, badge: 'charging' }
  return { credits, tone, badge: level === 'EXHAUSTED' ? 'exhausted' : level === 'LOW' ? 'low' : null }
}
