import { html, type TemplateResult } from 'lit'
import type { AutoRechargeState, BalanceState, ContractState, MeteredBillState, PurchaseState } from '../contract.ts'
import { words } from './formats.ts'

type Tone = '' | 'good' | 'warn' | 'bad' | 'brand'

const balances: Readonly<Record<BalanceState, Tone>> = { OK: '', LOW: 'warn', EXHAUSTED: 'bad' }
const recharges: Readonly<Record<AutoRechargeState, Tone>> = {
  OFF: '',
  ARMED: 'good',
  CHARGING: 'brand',
  CAPPED: 'warn',
  PAUSED: 'bad',
  ACTION_REQUIRED: 'bad',
}
const purchases: Readonly<Record<PurchaseState, Tone>> = {
  PAID: 'good',
  PENDING: 'brand',
  FAILED: 'bad',
  DISPUTED: 'bad',
  CANCELED: '',
  REFUNDED: '',
}
const bills: Readonly<Record<MeteredBillState, Tone>> = {
  CARRIED: '',
  DUE: 'brand',
  OPEN: 'warn',
  OVERDUE: 'bad',
  PAID: 'good',
  REFUNDED: '',
  UNCOLLECTIBLE: 'bad',
  VOID: '',
}
const contracts: Readonly<Record<ContractState, Tone>> = { RUNNING: 'good', UPCOMING: 'brand', ENDED: '' }

export const badge = (text: string, tone: Tone = ''): TemplateResult => html`<span class="badge ${tone}">${text}</span>`

/** Most balances are fine: a badge stands out where one is not. */
export const balanceBadge = (state: BalanceState): TemplateResult =>
  state === 'OK' ? html`<span class="quiet">OK</span>` : badge(words(state), balances[state])
export const rechargeBadge = (state: AutoRechargeState) => badge(words(state), recharges[state])
export const purchaseBadge = (state: PurchaseState) => badge(words(state), purchases[state])
export const billBadge = (state: MeteredBillState) => badge(words(state), bills[state])
export const contractBadge = (state: ContractState) => badge(words(state), contracts[state])
/** A grant of which nothing can be spent: the bank warns that its payment is fraud. */
export const frozenBadge = (): TemplateResult =>
  html`<span class="badge bad" title="The bank warns of fraud: nothing of it can be spent.">Frozen</span>`
