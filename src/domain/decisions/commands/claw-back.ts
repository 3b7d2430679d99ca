import { InvalidAmount, NotFound } from '../../errors.ts'
import { withPayment } from '../../move.ts'
import { freeze, restore, take, thaw } from '../claw-back.ts'
import { type ClawBack, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { goOnAfterLoss, stop } from '../recharge-episode.ts'

/**
 * Takes back a grant whose payment was taken back, or restores it: `total` is all that its payer has taken back now, so
 * that whatever totals came before, the last one decides, and said again nothing moves. What is held of it stays with
 * its hold. A frozen grant can't be spent. The first loss of a payment stops the recharge, which is armed again where the
 * payment is not lost after all. Source: docs/payments.md.
 */
export function clawBack(
  draft: Draft,
  command: ClawBack,
  { facts: { grantOfSource: grant }, context }: Given,
): OutcomeOf<'claw-back'> {
  if (grant === undefined) return refused(new NotFound({ what: 'grant' }))
  const { total, frozen, loss, reference, reason } = command
  const { at } = context
  const before = draft.worth
  if (total > grant.granted) {
    return refused(
      new InvalidAmount({ path: ['amount'], reason: 'more than was granted: take back at most the whole grant' }),
    )
  }
  if (grant.frozen && !frozen) thaw(draft, grant, { reference, reason }, at)
  if (total > grant.clawedBack) take(draft, draft.grant(grant.id), command, at)
  if (total < grant.clawedBack) restore(draft, draft.grant(grant.id), command, at)
  if (frozen && !grant.frozen) freeze(draft, draft.grant(grant.id), { reference, reason }, at)
  const reversed = draft.worth - before
  draft.set({ move: withPayment(draft.setting('move'), { source: grant.source, landed: 0n, reversed }) })
  const isFirst = !grant.frozen && (frozen || total > grant.clawedBack)
  if (loss !== null) stop(draft, loss, { isFirst, at })
  if (loss === null && (total < grant.clawedBack || grant.frozen)) goOnAfterLoss(draft, context)
  return { kind: 'grant', grant: draft.grant(grant.id) }
}
