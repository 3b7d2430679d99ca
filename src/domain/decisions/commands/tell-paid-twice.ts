import type { Given, TellPaidTwice } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Tells the team that a purchase was paid a second time, and that this payment is given back. Moves nothing. */
export function tellPaidTwice(
  draft: Draft,
  { reason }: TellPaidTwice,
  { context: { at } }: Given,
): OutcomeOf<'tell-paid-twice'> {
  draft.notice('PAYMENT_DUPLICATE_REFUNDED', at, { reason })
  return { kind: 'done' }
}
