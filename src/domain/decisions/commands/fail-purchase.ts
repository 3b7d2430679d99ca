import type { FailPurchase, Given } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { failed } from '../recharge-episode.ts'

/** Only a recharge has anything to do with it. */
export function failPurchase(draft: Draft, command: FailPurchase, { context }: Given): OutcomeOf<'fail-purchase'> {
  failed(draft, command, context)
  return { kind: 'done' }
}
