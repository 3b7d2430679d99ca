import type { FollowBills, Given } from '../command.ts'
import type { Draft } from '../draft.ts'
import { follow } from '../metered-bills.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Usage in money is refused while one of the bills is overdue. The same bills again change nothing. */
export function followBills(draft: Draft, command: FollowBills, { context }: Given): OutcomeOf<'follow-bills'> {
  follow(draft, command, context.at)
  return { kind: 'done' }
}
