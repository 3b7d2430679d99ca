import type { PurchaseController } from '../../controllers/purchase.ts'
import type { PurchaseState } from '../../controllers/purchase-state.ts'
import type { RechargeController, RechargeState } from '../../controllers/recharge.ts'
import type { BuyMessages } from '../../locales/buy.ts'
import type { Format } from '../format.ts'

/** Everything that a part of the dialog shows, and what it can do. */
export type View = {
  readonly state: PurchaseState
  readonly recharging: RechargeState
  readonly text: BuyMessages
  readonly format: Format
  /** The balance as it is shown now: on its way to the new one. */
  readonly shown: string
  /** Whether the payment page was opened in a tab of its own. */
  readonly isOpened: boolean
  readonly purchase: PurchaseController
  readonly recharge: RechargeController
  /** Buys, unless the page cancels it. */
  readonly buy: (pay?: 'CHECKOUT') => void
  readonly close: () => void
  readonly openRecharge: () => void
  readonly draft: RechargeDraft
  readonly setDraft: (draft: RechargeDraft) => void
}

/** What the customer has typed into the form of auto-recharge so far. */
export type RechargeDraft = Partial<Record<'threshold' | 'packageId' | 'monthlyCap', string>>

/** The state where it is at this step. */
export type At<Name extends PurchaseState['step']> = Extract<PurchaseState, { step: Name }>
