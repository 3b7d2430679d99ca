import type { Policy } from '../domain/account.ts'
import type { Catalog } from './catalog.ts'

/** What a catalog decides about accounts. */
export function policyOf(catalog: Catalog): Policy {
  const plans = new Map(catalog.plans.map((plan) => [plan.id, plan]))
  const { burnPriority, lowThreshold, timeZone } = catalog
  return { burnPriority, lowThreshold, timeZone, plan: (id) => plans.get(id) }
}
