import type { Origin, Work } from './api/work.ts'
import type { Store } from './store/store.ts'

export type TransactionParts = {
  readonly store: Pick<Store, 'alarms' | 'clock' | 'database'>
  readonly beginWork: (nowMs: number, origin: Origin | null) => Work
  readonly alarmHandlers: Readonly<Record<string, (work: Work, id: string) => void>>
  /** Is called after each commit that may have written events. */
  readonly committed: () => void
}

export type Transactions = {
  /** Runs it as one transaction, after all alarms that are due. */
  transact<T>(origin: Origin | null, run: (work: Work) => T): T
  /** Runs the alarms that are due, each as a transaction at its own instant. */
  ring(): void
}

export function openTransactions({ store, beginWork, alarmHandlers, committed }: TransactionParts): Transactions {
  const { alarms, clock, database } = store
  const ringOne = (now: number) =>
    database.transaction(() => {
      const alarm = alarms.take(now)
      if (alarm !== undefined) alarmHandlers[alarm.kind]?.(beginWork(alarm.at * 1000, null), alarm.id)
    })
  const ring = () => {
    const now = Math.floor(clock.nowMs() / 1000)
    if (!alarms.isDue(now)) return
    while (alarms.isDue(now)) ringOne(now)
    committed()
  }
  return {
    ring,
    transact(origin, run) {
      ring()
      const result = database.transaction(() => run(beginWork(clock.nowMs(), origin)))
      committed()
      return result
    },
  }
}
