import type { Account } from '../account.ts'
import type { Leftover, Rollover } from '../allowance.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Decimal } from '../amounts/decimal.ts'
import type { Money } from '../amounts/money.ts'
import type { Charge, Refund, RefundableCharge } from '../charge.ts'
import type { Failure, InvalidUsage, QuoteExpired } from '../errors.ts'
import type { Fit } from '../fit.ts'
import type { Clawback, Grant, GrantKind } from '../grant.ts'
import type { GrantScope } from '../grant-scope.ts'
import type { Hold } from '../hold.ts'
import type { ChargeId, HoldId, Instant, MemberId, PurchaseId, Revision } from '../identity.ts'
import type { Loss } from '../loss.ts'
import type { LowThreshold } from '../low-balance.ts'
import type { AccountNotice } from '../notice.ts'
import type { Cadence } from '../period.ts'
import type { Caller, CallerClass } from '../placer.ts'
import type { Posting } from '../posting.ts'
import type { NewPurchase, PaymentFailure, PayWith, PurchaseCause, PurchaseChoice } from '../purchase.ts'
import type { Context } from '../rules.ts'
import type { LimitPeriod, LimitSubject } from '../spending-limit.ts'
import type { UnpaidBill } from '../unpaid-bill.ts'
import type { Usage } from '../usage.ts'

/** Usage as asked for: read already, or why it can't be. An unreadable one is refused by the ledger, unless its key had an effect. */
export type AskedUsage = readonly Usage[] | InvalidUsage

/** Usage of which the last line's quantity is decided with the hold. */
export type FittedUsage = { readonly usage: readonly Usage[]; readonly fit: Fit }

/** Usage at the price of a quote: the card it was priced by, whatever is in force now. */
export type QuotedUsage = { readonly usage: readonly Usage[]; readonly rateCardVersion: string }

export type PlaceHold = {
  readonly kind: 'place-hold'
  readonly usage: AskedUsage | FittedUsage | QuotedUsage | QuoteExpired
  readonly expiresInSeconds: number
  readonly reference: string | null
  readonly memberId: MemberId | null
  readonly caller: Caller
}
export type ExtendHold = {
  readonly kind: 'extend-hold'
  readonly holdId: HoldId
  readonly usage: AskedUsage | null
  readonly expiresInSeconds: number | null
  readonly caller: Caller
}
export type CaptureHold = {
  readonly kind: 'capture-hold'
  readonly holdId: HoldId
  readonly usage: AskedUsage
  readonly caller: Caller
}
export type SettleHold = {
  readonly kind: 'settle-hold'
  readonly holdId: HoldId
  readonly usage: AskedUsage | null
  readonly caller: Caller
}
export type ReleaseHold = {
  readonly kind: 'release-hold'
  readonly holdId: HoldId
  readonly reason: string | null
  readonly caller: Caller
}
export type ChargeUsage = {
  readonly kind: 'charge-usage'
  readonly usage: AskedUsage
  readonly reference: string | null
  readonly memberId: MemberId | null
  readonly caller: Caller
}
export type RefundCharge = {
  readonly kind: 'refund-charge'
  readonly chargeId: ChargeId
  /** Null: all of what is left. */
  readonly amount: Credits | null
  readonly reason: string
}
export type GrantCredits = {
  readonly kind: 'grant-credits'
  readonly amount: Credits
  readonly grantKind: GrantKind
  readonly expiresAt: Instant | null
  readonly source: string
  /** Absent: it pays for everything. */
  readonly scope?: GrantScope | null
  /** The class of the caller, which bounds how many open grants the team may have. Absent: nothing does, as in a rehearsal. */
  readonly givenBy?: CallerClass
}
/**
 * The payment of a grant was taken back, or given again: `total` is what is taken back now, so that only the last one said
 * counts, however often and in whatever order.
 */
export type ClawBack = {
  readonly kind: 'claw-back'
  readonly source: string
  readonly total: Credits
  readonly reference: string
  /** Whether what is left of the grant can't be spent, because the card's issuer warns of fraud. */
  readonly frozen: boolean
  /** Why the payment counts as lost; null: it does not. */
  readonly loss: Loss | null
  /** The fate of the payment, for people. */
  readonly reason: string | null
}
export type AssignPlan = {
  readonly kind: 'assign-plan'
  readonly planId: string
  readonly teamName: string | null
  readonly seats: number
  readonly interval: Cadence | null
  readonly anchor: Instant | null
  /** The currency in which the team pays from now on; absent: as before. */
  readonly currency?: string | null
  /** False: the plan itself begins, whether or not the team ever had a trial. Absent: true. */
  readonly trial?: boolean
}
/** A grant that moves in with its team. `startsAt` null: now. `expiresAt` null: as the plan and the catalog say for its kind. */
export type ImportedGrant = {
  readonly source: string
  readonly amount: Credits
  readonly kind: GrantKind
  readonly startsAt: Instant | null
  readonly expiresAt: Instant | null
}
/** A team moves in from another system with what is left of its grants; the same however often it is said. */
export type ImportTeam = {
  readonly kind: 'import-team'
  readonly planId: string
  /** Null: the team's id. */
  readonly teamName: string | null
  readonly seats: number
  readonly interval: Cadence | null
  readonly anchor: Instant | null
  readonly grants: readonly ImportedGrant[]
}
/** Another system serves the team, whose entries the gateway follows; the same however often it is said. */
export type FollowTeam = { readonly kind: 'follow-team'; readonly system: string }
/**
 * The gateway serves the team from now on. `since`: the begin of the stage that this was found out at. `team`: its standing, where it
 * has nothing here. `balance`: in the other system.
 * `posted`: the sources of payments that the other system has; null: they are not known. `ended`: what ended unused there, by the
 * sources of its grants.
 */
export type CutOver = {
  readonly kind: 'cut-over'
  readonly since: Instant
  readonly team: Omit<ImportTeam, 'kind'> | null
  readonly balance: Credits
  readonly posted: readonly string[] | null
  readonly ended: readonly { readonly source: string; readonly credits: Credits }[]
}
/** The other system serves the team again. */
export type CutBack = { readonly kind: 'cut-back' }
/**
 * How the subscription that pays for the team stands now; the same however often it is said. Where a team has several, it
 * is said of the one that counts.
 */
export type FollowSubscription = {
  readonly kind: 'follow-subscription'
  readonly subscription: string
  readonly planId: string
  readonly seats: number
  readonly interval: 'MONTH' | 'YEAR' | null
  /** The instant from which its periods are counted, in UTC; during a trial, the trial's end. */
  readonly anchor: Instant
  readonly addOnUnits: number
  /**
   * The end of the last period that is paid for or on trial; where none is, the begin of the first. Null: not known
   * now, so that what is known already stays.
   */
  readonly paidThrough: Instant | null
  /** Whether it goes on behind the running period. */
  readonly renews: boolean
  /** Whether it is in its own trial, which nobody pays for. */
  readonly isTrialing: boolean
  /** It was terminated, or the period that it was cancelled for is over. */
  readonly ended: boolean
  /** True if it ended and the rest of its period is not paid for: it was on trial, or the rest was given back. */
  readonly refunded: boolean
}
/** Recurring units of the plan's add-on, from now on; paid for elsewhere. */
export type SetAddOnUnits = { readonly kind: 'set-add-on-units'; readonly units: number }
/** Units are wanted that the team's subscription pays for: whether they are sold to it. They come with its payment. */
export type OrderAddOnUnits = { readonly kind: 'order-add-on-units'; readonly units: number }
/** `startsAt` null: now. `endsAt` null: it goes on. */
export type CreateContract = {
  readonly kind: 'create-contract'
  readonly reference: string
  readonly credits: Credits
  readonly cadence: Cadence | 'ONCE'
  readonly rollover: Rollover
  /** How much the team may owe for work beyond its balance while the contract runs; null: nothing. */
  readonly creditLine: Credits | null
  readonly startsAt: Instant | null
  readonly endsAt: Instant | null
}
export type EndContract = { readonly kind: 'end-contract'; readonly reference: string }
/** Somebody wants to buy: whether it is sold to them, and at which terms. */
export type BeginPurchase = PurchaseChoice & {
  readonly kind: 'begin-purchase'
  /** Absent: the team's, or the main one. */
  readonly currency?: string | null
  readonly pay: PayWith
  readonly successUrl: string | null
  readonly cancelUrl: string | null
  readonly memberId: MemberId | null
  readonly caller: Caller
}
/** A purchase was paid: its credits arrive, once for the `source`, however often it is said. */
export type LandPurchase = {
  readonly kind: 'land-purchase'
  readonly purchase: PurchaseId
  readonly cause: PurchaseCause
  /** `stripe:pi_…` */
  readonly source: string
  readonly credits: Credits
  readonly price: Money
  /** The price that was paid, without tax; null: a Checkout that cost nothing. */
  readonly costBasis: Money | null
  readonly memberId: MemberId | null
  /** Whether the team was new when the purchase was to be paid. Source: docs/payments.md. */
  readonly ofNewTeam: boolean
  /** Why the payment counts as lost already; null: it does not. */
  readonly loss: Loss | null
}
/** The payment of a purchase came to nothing, or waits for the customer; the same however often it is said. */
export type FailPurchase = {
  readonly kind: 'fail-purchase'
  readonly purchase: PurchaseId
  readonly price: Money
  readonly failure: PaymentFailure
}
/**
 * Exactly one of `packageId` and `targetBalance` where it is enabled. `monthlyCap` in nano-units of the
 * currency, `maxPerDay` a number of recharges; null: no limit. `currency` absent: the team's, or the main one.
 */
export type ConfigureRecharge = {
  readonly kind: 'configure-recharge'
  readonly enabled: boolean
  readonly threshold: Credits | null
  readonly packageId: string | null
  readonly targetBalance: Credits | null
  readonly monthlyCap: bigint | null
  readonly maxPerDay: number | null
  readonly currency?: string | null
  readonly caller: Caller
}
/** The customer pays by another method now: what declines had paused goes on; at the next demand where not `atOnce`. */
export type RearmRecharge = { readonly kind: 'rearm-recharge'; readonly atOnce: boolean }
/** A purchase was paid a second time, and that payment is given back. `reason`: for people. */
export type TellOfPayment = {
  readonly kind: 'tell-of-payment'
  readonly notice: 'PAYMENT_UNDER_WAY' | 'PAYMENT_DUPLICATE_REFUNDED'
  readonly reason: string
}
/** The metered bills of the team that are not paid, all of them, the oldest first; the same however often it is said. */
export type FollowBills = {
  readonly kind: 'follow-bills'
  readonly unpaid: readonly Omit<UnpaidBill, 'isAnnounced'>[]
}
/** A webhook endpoint of the team was disabled. `reason`: for people. */
export type TellOfWebhook = { readonly kind: 'tell-of-webhook'; readonly reason: string }
/** Begins a team on the catalog's default plan; does nothing to one that has begun. */
export type OpenTeam = { readonly kind: 'open-team' }
/** At most 5 levels; empty: none. */
export type SetAlertLevels = {
  readonly kind: 'set-alert-levels'
  readonly levels: readonly NonNullable<LowThreshold>[]
}
export type SetLowThreshold = { readonly kind: 'set-low-threshold'; readonly threshold: LowThreshold }
/** `amount` in micro-units (of a GB), 0 and up. */
export type SetStoredAmount = {
  readonly kind: 'set-stored-amount'
  readonly caller: Caller
  readonly rate: string
  readonly amount: Decimal
}
export type SetSpendingLimit = LimitSubject & {
  readonly kind: 'set-spending-limit'
  readonly per: LimitPeriod
  /** Null lifts it. */
  readonly credits: Credits | null
}
/** Creates the group, or changes its name and its parent. */
export type SetMemberGroup = {
  readonly kind: 'set-member-group'
  readonly groupId: string
  readonly name: string
  /** Null: it is the root of a tree. */
  readonly parentId: string | null
}
export type DeleteMemberGroup = { readonly kind: 'delete-member-group'; readonly groupId: string }
export type MoveMember = {
  readonly kind: 'move-member'
  readonly memberId: MemberId
  /** Null: out of every group. */
  readonly groupId: string | null
}
/** Refused before it reached the ledger, which still tells whether the key had an effect with another input. */
export type Refuse<F extends Failure = Failure> = { readonly kind: 'refuse'; readonly failure: F }
/** Only posts what time has brought about. Afterwards nothing can be posted that is effective before. */
export type RollForward = { readonly kind: 'roll-forward' }
/** Posts what time has brought about, as every command does first, and nothing else: where nothing is due, nothing is written. */
export type PostDue = { readonly kind: 'post-due' }

export type Command =
  | PlaceHold
  | ExtendHold
  | CaptureHold
  | SettleHold
  | ReleaseHold
  | ChargeUsage
  | RefundCharge
  | GrantCredits
  | ClawBack
  | AssignPlan
  | ImportTeam
  | FollowTeam
  | CutOver
  | CutBack
  | FollowSubscription
  | SetAddOnUnits
  | OrderAddOnUnits
  | CreateContract
  | EndContract
  | BeginPurchase
  | LandPurchase
  | FailPurchase
  | ConfigureRecharge
  | RearmRecharge
  | TellOfPayment
  | FollowBills
  | TellOfWebhook
  | OpenTeam
  | SetAlertLevels
  | SetLowThreshold
  | SetStoredAmount
  | SetSpendingLimit
  | SetMemberGroup
  | DeleteMemberGroup
  | MoveMember
  | Refuse
  | RollForward
  | PostDue

export type CommandOf<Kind extends Command['kind']> = { [C in Command as C['kind']]: C }[Kind]

/** The facts that a command needs beside the account; undefined: this team has none. */
export type Facts = {
  readonly hold?: Hold | undefined
  readonly charge?: RefundableCharge | undefined
  /** The grant that has the command's source already. */
  readonly grantOfSource?: Grant | undefined
  /** The grants that have sources of an import already. */
  readonly grantsOfSources?: readonly Grant[] | undefined
  /** For an import, or a team that is to be followed: whether the team has begun before. */
  readonly hasBegun?: boolean | undefined
  /** For a cut back: how many holds are open. */
  readonly openHolds?: number | undefined
  /** The use of a new limit's subject in the running window, before the limit was set. */
  readonly usedBefore?: Credits | undefined
  /** Where a renewal may have been paid late: of the periods that have ended since the last deposit. */
  readonly leftover?: readonly Leftover[] | undefined
  /** Where a currency is chosen: whether money was paid, used or billed, or may still be paid. */
  readonly hasPaid?: boolean | undefined
}

/** All that a command is decided from, beside the command: the account, rolled forward to the instant of the context. */
export type Given = { readonly account: Account; readonly facts: Facts; readonly context: Context }

export type Outcome =
  | { readonly kind: 'hold'; readonly hold: Hold }
  | { readonly kind: 'charge'; readonly charge: Charge }
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'grant'; readonly grant: Grant }
  | { readonly kind: 'purchase'; readonly purchase: NewPurchase }
  | { readonly kind: 'ordered' }
  /** `created`: the team began with it. `grants`: how many were posted now. */
  | { readonly kind: 'imported'; readonly created: boolean; readonly grants: number }
  | { readonly kind: 'done' }
  | Refused

export type Refused<F extends Failure = Failure> = { readonly kind: 'refused'; readonly failure: F }

export const refused = <F extends Failure>(failure: F): Refused<F> => ({ kind: 'refused', failure })

/** The outcome of a command, and the hold that it changed; null: none. */
export type HoldOutcome<O extends Outcome = Outcome> = { readonly outcome: O; readonly hold: Hold | null }

export const holdRefused = <F extends Failure>(failure: F): HoldOutcome<Refused<F>> => ({
  outcome: refused(failure),
  hold: null,
})

export type Decision<O extends Outcome = Outcome> = HoldOutcome<O> & {
  readonly account: Account
  readonly postings: readonly Posting[]
  readonly notices: readonly AccountNotice[]
  /** Those that begin with it. */
  readonly purchases: readonly NewPurchase[]
  readonly clawbacks: readonly Clawback[]
}

/** The ledger's answer to a caller: the outcome, and where the team stood right after it (null: there is no such team). */
export type Answer = {
  readonly outcome: Outcome
  readonly revision: Revision
  readonly at: Instant
  readonly account: Account | null
  /** The hold as it left it, where it was decided now and touched one. */
  readonly hold?: Hold | null
  /** Whether the team has moved on since: an earlier answer is told again. */
  readonly overtaken?: boolean
}
