import type { Given, TellOfWebhook } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Tells the team that one of its webhook endpoints receives nothing any more. */
export function tellOfWebhook(
  draft: Draft,
  { reason }: TellOfWebhook,
  { context: { at } }: Given,
): OutcomeOf<'tell-of-webhook'> {
  draft.notice('WEBHOOK_DISABLED', at, { reason })
  return { kind: 'done' }
}
