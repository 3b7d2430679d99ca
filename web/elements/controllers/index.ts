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
export {
  createPurchase,
  type PurchaseController,
  type PurchaseOptions,
} from './purchase.ts'
export type { Problem, PurchaseState } from './purchase-state.ts'
export { createRecharge, type RechargeController, type RechargeState, type RechargeTerms } from './recharge.ts'
export { SharedClient, type SharedClientOptions } from './sharing/client.ts'
