import { InvalidAmount, NotFound } from '../../errors.ts'
import { restore, take } from '../claw-back.ts'
import { type ClawBack, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Takes back a grant whose payment was taken back, or restores it: `total` is all that its payer has taken back now, so
 * that whatever totals came before, the last one decides, and said again nothing moves. What is held of it stays with
 * its hold. Source: docs/payments.md.
 */
export function clawBack(
  draft: Draft,
  command: ClawBack,
  { facts: { grantOfSource: grant }, context: { at } }: Given,
): OutcomeOf<'claw-back'> {
  if (grant === undefined) return refused(new NotFound({ what: 'grant' }))
  const { total } = command
  if (total > grant.granted) {
    return refused(
      new InvalidAmount({ path: ['amount'], reason: 'more than was granted: take back at most the whole grant' }),
    )
  }
  if (total > grant.clawedBack) take(draft, grant, command, at)
  if (total < grant.clawedBack) restore(draft, grant, command, at)
  return { kind: 'grant', grant: draft.grant(grant.id) }
}
