export { type BuyClient, CreditsBuy } from './buy/credits-buy.ts'
