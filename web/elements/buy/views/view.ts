import type { PurchaseController } from '../../controllers/purchase.ts'
import type { PurchaseState } from '../../controllers/purchase-state.ts'
import type { RechargeController, RechargeState } from '../../controllers/recharge.ts'
import type { BuyMessages } from '../../locales/buy.ts'
import type { Format } from '../format.ts'

/** All data and actions for the parts of the dialog. */
export type View = {
  readonly state: PurchaseState
  readonly recharging: RechargeState
  readonly text: BuyMessages
  readonly format: Format
  /** The balance that is shown now, on its way to the new one. */
  readonly shown: string
  /** Whether the payment page was opened in its own tab. */
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

/** The typed values in the form of auto-recharge; `package`: its code. */
export type RechargeDraft = Partial<Record<'threshold' | 'package' | 'monthlyCap', string>>

/** The state where it is at this step. */
export type At<Name extends PurchaseState['step']> = Extract<PurchaseState, { step: Name }>
