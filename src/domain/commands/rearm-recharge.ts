import type { RearmRecharge } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { rearm } from '../recharge-episode.ts'
import type { Context } from '../rules.ts'

/** What declines had paused goes on where the balance is below the threshold; what waits is armed; all else stays. */
export function rearmRecharge(draft: Draft, command: RearmRecharge, context: Context): OutcomeOf<'rearm-recharge'> {
  rearm(draft, command, context)
  return { kind: 'done' }
}
