import {
  type BalanceFragment,
  WatchAlertsDocument,
  type WatchAlertsSubscription,
  WatchBalanceDocument,
  type WatchBalanceSubscription,
} from './contract.ts'
import { Feed } from './feed.ts'
import type { Line } from './line.ts'

export type Balance = BalanceFragment
export type Alert = WatchAlertsSubscription['lowBalance']

/**
 * The balance now, then after each change; only the latest is kept. Never an older revision than one already shown, but other
 * content of the same one: time alone changes it, too.
 */
export function balanceFeed(line: Line, variables: Readonly<Record<string, unknown>>): Feed<Balance> {
  let newest = -1
  return new Feed(line, {
    step: { payload: { query: String(WatchBalanceDocument), variables }, confirmedBy: 'answer' },
    read: (data) => (data as WatchBalanceSubscription).balance,
    admit(balance, shown) {
      if (balance.revision < newest) return 'drop'
      newest = balance.revision
      return shown !== null && sameBut('asOf', balance, shown) ? 'keep' : 'tell'
    },
    greets: () => true,
  })
}

/** Each crossing once: down to LOW, down to EXHAUSTED, back to OK. At first: the present state, if it is not OK. */
export function alertFeed(line: Line, variables: Readonly<Record<string, unknown>>): Feed<Alert> {
  return new Feed(line, {
    step: { payload: { query: String(WatchAlertsDocument), variables }, confirmedBy: 'start' },
    read: (data) => (data as WatchAlertsSubscription).lowBalance,
    // After a reconnect the gateway tells the present state once more.
    admit: (alert, shown) => (alert.state === shown?.state && (isEnding(shown) || !isEnding(alert)) ? 'keep' : 'tell'),
    greets: ({ state }) => state !== 'OK',
  })
}

/** Whether a live session is about to be cut off, which is told in any state. */
const isEnding = ({ balance: { runwaySeconds } }: Alert): boolean => runwaySeconds !== null && runwaySeconds <= 60

function sameBut<Value extends object>(field: keyof Value, one: Value, other: Value): boolean {
  const text = (value: Value) => JSON.stringify({ ...value, [field]: null })
  return text(one) === text(other)
}
