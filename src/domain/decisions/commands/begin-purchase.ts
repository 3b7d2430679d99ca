import { saleOf } from '../../sale.ts'
import { buyingRefusal } from '../../who-may-buy.ts'
import { currencyRefusal } from '../choose-currency.ts'
import { type BeginPurchase, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Begins a purchase at the terms of the catalog in force. The first one chooses the team's currency. Source: facts W4, W9, G4. */
export function beginPurchase(draft: Draft, command: BeginPurchase, given: Given): OutcomeOf<'begin-purchase'> {
  const { account, context } = given
  const refusal = buyingRefusal(account, command, context) ?? currencyRefusal(command.currency, given, false)
  if (refusal !== null) return refused(refusal)
  const sale = saleOf(command, context.policy)
  if ('failure' in sale) return refused(sale.failure)
  draft.set({ currency: sale.price.currency })
  const { pay, successUrl, cancelUrl, memberId } = command
  const terms = { ...sale, catalogVersion: context.card.version, pay, successUrl, cancelUrl, memberId }
  return { kind: 'purchase', purchase: draft.purchase({ ...terms, cause: 'PURCHASE', createdAt: context.at }) }
}
