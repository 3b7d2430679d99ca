import type { Account } from './account.ts'
import { PurchaseNotAllowed } from './errors.ts'
import type { Caller } from './placer.ts'
import { isAtLeast } from './role.ts'
import type { Context } from './rules.ts'

/** Admins buy, on plans that sell. Source: facts G4, W9. */
export function buyingRefusal(
  { planId }: Account,
  { caller }: { readonly caller: Caller },
  { policy }: Context,
): PurchaseNotAllowed | null {
  if (!isAtLeast(caller.role, 'ADMIN')) return new PurchaseNotAllowed({ reason: 'ROLE' })
  const plan = planId === null ? undefined : policy.plan(planId)
  return plan?.topUp ? null : new PurchaseNotAllowed({ reason: 'PLAN', contact: plan?.contact ?? null })
}
