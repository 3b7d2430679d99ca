import type { Account } from '../account.ts'
import { type BeginPurchase, type FailPurchase, type LandPurchase, type Outcome, refused } from '../command.ts'
import { lastsUntil } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { PurchaseNotAllowed, UnknownPackage } from '../errors.ts'
import type { Grant } from '../grant.ts'
import { failed, landed } from '../recharge-episode.ts'
import { isAtLeast } from '../role.ts'
import type { Context } from '../rules.ts'

/**
 * Begins a purchase at the terms of the catalog in force. Refuses: PurchaseNotAllowed, UnknownPackage.
 * Source: facts W4, W9, G4.
 */
export function beginPurchase(draft: Draft, account: Account, command: BeginPurchase, context: Context): Outcome {
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

/** Admins buy, on plans that sell. Source: facts G4, W9. */
export function buyingRefusal(
  { planId }: Account,
  { caller }: Pick<BeginPurchase, 'caller'>,
  { policy }: Context,
): PurchaseNotAllowed | null {
  if (!isAtLeast(caller.role, 'ADMIN')) return new PurchaseNotAllowed({ reason: 'ROLE' })
  const plan = planId === null ? undefined : policy.plan(planId)
  return plan?.topUp ? null : new PurchaseNotAllowed({ reason: 'PLAN', contact: plan?.contact ?? null })
}

/**
 * The credits of a paid purchase arrive as one grant, named by its payment; what the team owes is paid first. Said again,
 * nothing moves. A recharge goes on from there. Source: docs/payments.md.
 */
export function landPurchase(
  draft: Draft,
  existing: Grant | undefined,
  command: LandPurchase,
  context: Context,
): Outcome {
  if (existing !== undefined) return { kind: 'grant', grant: existing }
  const { source, credits, memberId, cause } = command
  const kind = cause === 'RECHARGE' ? 'AUTO_RECHARGE' : 'PACKAGE'
  const { at, policy } = context
  const expiresAt = lastsUntil(kind, draft, context)
  const grant = { kind, priority: policy.burnPriority[kind], startsAt: at, expiresAt, source, allowance: null } as const
  const id = draft.arrive(grant, credits, at, 'GRANT', { memberId })
  if (cause === 'RECHARGE') landed(draft, command, context)
  return { kind: 'grant', grant: draft.grant(id) }
}

/** Only a recharge has anything to do with it. */
export function failPurchase(draft: Draft, command: FailPurchase, context: Context): Outcome {
  failed(draft, command, context)
  return { kind: 'done' }
}
