import { saleOf } from '../../sale.ts'
import { buyingRefusal } from '../../who-may-buy.ts'
import { type BeginPurchase, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Begins a purchase at the terms of the catalog in force. Source: facts W4, W9, G4. */
export function beginPurchase(
  draft: Draft,
  command: BeginPurchase,
  { account, context }: Given,
): OutcomeOf<'begin-purchase'> {
  const refusal = buyingRefusal(account, command, context)
  if (refusal !== null) return refused(refusal)
  const sale = saleOf(command, context.policy)
  if ('failure' in sale) return refused(sale.failure)
  const { pay, successUrl, cancelUrl, memberId } = command
  const terms = { ...sale, catalogVersion: context.card.version, pay, successUrl, cancelUrl, memberId }
  return { kind: 'purchase', purchase: draft.purchase({ ...terms, cause: 'PURCHASE', createdAt: context.at }) }
}
