import type { Given, TellOfPayment } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Tells the team of a payment that moves no credits: that it is under way, or is given back. */
export function tellOfPayment(
  draft: Draft,
  { notice, reason }: TellOfPayment,
  { context: { at } }: Given,
): OutcomeOf<'tell-of-payment'> {
  draft.notice(notice, at, { reason })
  return { kind: 'done' }
}
