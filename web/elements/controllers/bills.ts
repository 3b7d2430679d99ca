import { type BillFragment, BillsDocument } from '../billing/contract.ts'
import { Looking } from './looking.ts'
import { LiveReading, type Reading } from './reading.ts'
import { fieldOf, type TeamScope, teamOf } from './scope.ts'
import { Cell, type Store } from './store.ts'

/** `isOverdue`: what is billed in money is refused until the bill is paid. */
export type Bill = BillFragment & { readonly isUnpaid: boolean; readonly isOverdue: boolean }
export type BillsController = Store<Reading<readonly Bill[]>> & { readonly retry: () => Promise<void> }

/** The bills of a team in money, newest first. For admins; anyone else's reading is `forbidden`. */
export function createBills(scope: TeamScope): BillsController {
  const reading = new LiveReading<readonly Bill[]>({
    scope,
    follows: ({ type }) => type.startsWith('METERED_BILL_'),
    read: async (signal) => {
      const team = teamOf(await scope.client.request(BillsDocument, { teamId: scope.teamId }, { signal }))
      const now = Date.parse(team.balance.asOf)
      return fieldOf(team.meteredBills).map((bill) => ({ ...bill, ...standingOf(bill, now) }))
    },
  })
  // A bill is paid in another tab, and no event says so.
  const looking = new Looking(reading.read)
  const cell: Cell<Reading<readonly Bill[]>> = new Cell(reading.getSnapshot(), () => {
    const stop = reading.subscribe(() => {
      const snapshot = reading.getSnapshot()
      if (snapshot.value?.some(isAwaited)) looking.start()
      else looking.stop()
      cell.set(snapshot)
    })
    return () => {
      looking.stop()
      stop()
    }
  })
  return { subscribe: cell.subscribe, getSnapshot: cell.getSnapshot, retry: reading.retry }
}

const isAwaited = ({ state, isUnpaid }: Bill): boolean => isUnpaid || state === 'DUE'

/** A bill that was written off can still be paid, and is overdue like any other. */
export function standingOf({ state, overdueAt }: BillFragment, now: number): Pick<Bill, 'isUnpaid' | 'isOverdue'> {
  const isLate = overdueAt !== null && Date.parse(overdueAt) <= now
  const isOverdue = state === 'OVERDUE' || (state === 'UNCOLLECTIBLE' && isLate)
  return { isUnpaid: isOverdue || state === 'OPEN', isOverdue }
}
