import type { Rules } from '../domain/rules.ts'
import type { Catalog } from './catalog.ts'

/** The rules of a catalog that the domain decides by. */
export function rulesOf(catalog: Catalog): Rules {
  const plans = new Map(catalog.plans.map((plan) => [plan.id, plan]))
  const packages = new Map(catalog.packages.map((pack) => [pack.id, pack]))
  const { rateCard: card, burnPriority, lowThreshold, timeZone, expiry, planChanges, storageAtZero } = catalog
  const { defaultPlan, customTopUp, creditLine, currency, currencies, fraud } = catalog
  const policy = {
    burnPriority,
    lowThreshold,
    timeZone,
    expiry,
    planChanges,
    storageAtZero,
    defaultPlan,
    currency,
    currencies,
  }
  return {
    card,
    policy: {
      ...policy,
      customTopUp,
      creditLine,
      newTeamCredits: fraud.newTeamCredits,
      plan: (id) => plans.get(id),
      package: (id) => packages.get(id),
    },
  }
}
