'use client'
export { CreditsBilling, type CreditsBillingProps } from './components/credits-billing.tsx'
export { CreditsBuy, type CreditsBuyProps } from './components/credits-buy.tsx'
export { CreditsPill, type CreditsPillProps } from './components/credits-pill.tsx'
export {
  type ReadingOptions,
  useAccount,
  useApiKeys,
  useAutoRecharge,
  usePlan,
  usePurchases,
  useRateCard,
  useUsage,
} from './hooks/billing.ts'
export { type ActivityOptions, useActivity } from './hooks/use-activity.ts'
export { type BalanceOptions, useBalance } from './hooks/use-balance.ts'
export type { Live } from './hooks/use-controller.ts'
export { type Pill, type UsePillOptions, usePill } from './hooks/use-pill.ts'
export { type Purchase, usePurchase } from './hooks/use-purchase.ts'
