import { UnknownPackage } from '../../errors.ts'
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
  const { packageId, pay, successUrl, cancelUrl, memberId } = command
  const pack = context.policy.package(packageId)
  if (pack === undefined) return refused(new UnknownPackage({ packageId }))
  const { credits, price } = pack
  const terms = {
    packageId,
    catalogVersion: context.card.version,
    credits,
    price,
    pay,
    successUrl,
    cancelUrl,
    memberId,
  }
  return { kind: 'purchase', purchase: draft.purchase({ ...terms, cause: 'PURCHASE', createdAt: context.at }) }
}
