import type { Hold } from '../../hold.ts'
import type { Context } from '../../rules.ts'
import { openHold } from '../acting-on-hold.ts'
import { type HoldOutcome, holdRefused, type ReleaseHold } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { freeHold } from '../roll-forward.ts'

/** Charges nothing and frees all that is still held, or gives back what the hold was charged. */
export function releaseHold(
  draft: Draft,
  found: Hold | undefined,
  command: ReleaseHold,
  context: Context,
): HoldOutcome<OutcomeOf<'release-hold'>> {
  const acting = openHold(found, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const released = freeHold(draft, acting.hold, 'RELEASED', context.at, command.reason)
  return { outcome: { kind: 'hold', hold: released }, hold: released }
}
