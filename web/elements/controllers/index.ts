export { type AccountController, createAccount } from './account.ts'
export { type ActivityController, type ActivitySnapshot, createActivity, type Posting } from './activity.ts'
export { activityCsv } from './activity-csv.ts'
export type { ActivityChoice, ActivityKind } from './activity-filter.ts'
export { type ApiKeysController, createApiKeys } from './api-keys.ts'
export { type AutoRechargeController, createAutoRecharge } from './auto-recharge.ts'
export { type BalanceController, createBalance } from './balance.ts'
export { createGrants, type GrantsController } from './grants.ts'
export type { Outcome } from './outcome.ts'
export {
  createPill,
  type InitialBalance,
  type Notice,
  type PillController,
  type PillEvents,
  type PillListener,
  type PillOptions,
  type PillState,
  type Recharge,
} from './pill.ts'
export { createPlan, type PlanController } from './plan.ts'
export { createPosting, type PostingController } from './posting.ts'
export {
  createPurchase,
  type PurchaseController,
  type PurchaseOptions,
} from './purchase.ts'
export type { Problem, PurchaseState } from './purchase-state.ts'
export { createPurchases, type PurchasesController } from './purchases.ts'
export { createRateCard, type RateCardController, searchRates } from './rate-card.ts'
export type { Reading } from './reading.ts'
export { createRecharge, type RechargeController, type RechargeState, type RechargeTerms } from './recharge.ts'
export { type RechargeCost, type RechargeTrial, rechargeCost } from './recharge-cost.ts'
export type { TeamScope } from './scope.ts'
export { SharedClient, type SharedClientOptions } from './sharing/client.ts'
export type { Store } from './store.ts'
export { createUsage, type UsageController } from './usage.ts'
