import type { AccountEventType, Balance, BalanceState, ClientState, CreditsClientError } from '../../client/index.ts'

/** The balance that a page knew before the gateway answered, for example from its server. */
export type InitialBalance = { readonly label?: string; readonly available?: string; readonly state?: BalanceState }

export type Recharge = {
  readonly state: 'OFF' | 'ARMED' | 'CHARGING' | 'ACTION_REQUIRED' | 'PAUSED' | 'CAPPED'
  readonly actionUrl: string | null
  readonly lastFailure: string | null
  readonly threshold: string | null
}

export type Notice = {
  readonly id: string
  readonly type: AccountEventType
  readonly amount: string | null
  /** Where the customer confirms a payment. */
  readonly actionUrl: string | null
}

/** `credits` null: the gateway does not tell it. `name`: the rate's, for people. */
export type Spendable = { readonly credits: string | null; readonly name: string }

export type PillState = {
  readonly connection: ClientState
  readonly error: CreditsClientError | null
  /** Null until the gateway has said it. */
  readonly balance: Balance | null
  /** `2,341 Credits`, where the gateway wrote the balance in the pill's `locale`: the first one. */
  readonly written: string | null
  readonly initial: InitialBalance | null
  /** When the live sessions have used everything up, by `Date.now()`; null: none is open. */
  readonly runsOutAt: number | null
  /** When the balance arrived, by `Date.now()`. */
  readonly balanceAt: number
  readonly recharge: Recharge | null
  /** The rate for which the number is; null: the number is what is available for all. */
  readonly rate: string | null
  /** The credits that can be spent on `rate`; null until the gateway has said it. */
  readonly spendable: Spendable | null
  /** For toasts, the oldest first. */
  readonly notices: readonly Notice[]
}

/** The events of `<credits-pill>` without their prefix. */
export type PillEvents = {
  change: { readonly available: string; readonly previous: string | null; readonly balance: Balance }
  low: { readonly balance: Balance; readonly first: boolean }
  exhausted: { readonly balance: Balance; readonly first: boolean }
  recovered: { readonly balance: Balance; readonly first: boolean }
  added: Notice
  refunded: Notice
  recharge: Notice
  connection: { readonly state: ClientState; readonly error: CreditsClientError | null }
}

/** Returns false to cancel what follows: a toast, or the dialog that opens by itself. */
export type PillListener = <Type extends keyof PillEvents>(type: Type, detail: PillEvents[Type]) => boolean | undefined
