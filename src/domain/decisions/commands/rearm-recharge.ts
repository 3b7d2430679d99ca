import type { Given, RearmRecharge } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { rearm } from '../recharge-episode.ts'

/** Resumes a recharge that declines have paused if the balance is below the threshold, and arms one that waits. Others stay. */
export function rearmRecharge(draft: Draft, command: RearmRecharge, { context }: Given): OutcomeOf<'rearm-recharge'> {
  rearm(draft, command, context)
  return { kind: 'done' }
}
