export type {
  AccountEvent,
  Balance,
  BalanceState,
  ClientState,
  CreditsClient,
  TokenSource,
} from '../../client/index.ts'
export { CreditsClientError, type CreditsClientOptions, createCreditsClient } from '../../client/index.ts'
export { tokenFrom } from '../token-source.ts'
export { type Account, type AccountController, createAccount } from './account.ts'
export { type ActivityController, type ActivitySnapshot, createActivity, type Posting } from './activity.ts'
export { activityCsv } from './activity-csv.ts'
export type { ActivityChoice, ActivityKind } from './activity-filter.ts'
export { type ApiKey, type ApiKeysController, createApiKeys, type NewKey } from './api-keys.ts'
export {
  type AutoRechargeController,
  type AutoRechargeReading,
  type AutoRechargeSettings,
  createAutoRecharge,
} from './auto-recharge.ts'
export { type BalanceController, type BalanceReading, createBalance } from './balance.ts'
export { type BillingDetails, type BillingDetailsController, createBillingDetails } from './billing-details.ts'
export { type Bill, type BillsController, createBills } from './bills.ts'
export { type CreditLine, type CreditLineController, createCreditLine } from './credit-line.ts'
export { createGrants, type GrantsController } from './grants.ts'
export type { Outcome } from './outcome.ts'
export { createPill, idlePill, type PillController, type PillOptions } from './pill.ts'
export type { InitialBalance, Notice, PillEvents, PillListener, PillState, Recharge } from './pill-state.ts'
export { createPlan, type PlanController, type PlanReading } from './plan.ts'
export { createPosting, type PostingController } from './posting.ts'
export { createPurchase, type PurchaseController, type PurchaseOptions } from './purchase.ts'
export { chosenPack, chosenSale, isUnderWay, type Pack, type Problem, type PurchaseState } from './purchase-state.ts'
export { createPurchases, type PurchasesController, type PurchasesReading } from './purchases.ts'
export { createRateCard, type RateCard, type RateCardController, searchRates } from './rate-card.ts'
export type { Reading } from './reading.ts'
export { createRecharge, type RechargeController, type RechargeState, type RechargeTerms } from './recharge.ts'
export { type RechargeCost, type RechargeTrial, rechargeCost } from './recharge-cost.ts'
export type { TeamScope } from './scope.ts'
export { SharedClient, type SharedClientOptions } from './sharing/client.ts'
export type { Store } from './store.ts'
export { createUsage, type UsageController, type UsageReading } from './usage.ts'
