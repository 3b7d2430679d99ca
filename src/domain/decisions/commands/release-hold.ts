import { openHold } from '../acting-on-hold.ts'
import { type Given, type HoldOutcome, holdRefused, type ReleaseHold } from '../command.ts'
import type { Draft } from '../draft.ts'
import { endHold } from '../end-hold.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Charges nothing and frees all that is still held, or gives back what the hold was charged. */
export function releaseHold(
  draft: Draft,
  command: ReleaseHold,
  { facts: { hold: found }, context }: Given,
): HoldOutcome<OutcomeOf<'release-hold'>> {
  const acting = openHold(found, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const released = endHold(draft, acting.hold, { state: 'RELEASED', reason: command.reason }, context.at)
  return { outcome: { kind: 'hold', hold: released }, hold: released }
}
