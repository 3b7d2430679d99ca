import type { Account } from './account.ts'
import { PurchaseNotAllowed } from './errors.ts'
import type { Caller } from './placer.ts'
import { isAtLeast, type Role } from './role.ts'
import type { Context } from './rules.ts'

type Seller = { readonly topUp: boolean }

/** Admins buy. Source: facts G4. */
export const buys = (role: Role): boolean => isAtLeast(role, 'ADMIN')

/** Packages are sold on plans that say so. Source: facts W9. */
export const sells = (plan: Seller | null | undefined): boolean => plan?.topUp === true

export const mayBuy = (role: Role, plan: Seller | null | undefined): boolean => buys(role) && sells(plan)

/** The refusal of a caller by its role alone; null: its role buys. */
export const buyingRoleRefusal = (role: Role): PurchaseNotAllowed | null =>
  buys(role) ? null : new PurchaseNotAllowed({ reason: 'ROLE' })

export function buyingRefusal(
  { planId }: Account,
  { caller }: { readonly caller: Caller },
  { policy }: Context,
): PurchaseNotAllowed | null {
  const plan = planId === null ? undefined : policy.plan(planId)
  const byPlan = () => (sells(plan) ? null : new PurchaseNotAllowed({ reason: 'PLAN', contact: plan?.contact ?? null }))
  return buyingRoleRefusal(caller.role) ?? byPlan()
}
