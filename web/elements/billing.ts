export { type BillingView, CreditsBilling } from './billing/credits-billing.ts'
