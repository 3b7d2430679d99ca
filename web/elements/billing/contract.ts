// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import { TypedDocumentString } from '../../client/contract.ts'
/** All conditions hold together. An absent one lets everything pass. */
export type ActivityFilter = {
  /** The first instant that counts. */
  readonly from?: string | null | undefined;
  /** Postings for this member: the `sub` of its token, the prefix of an API key, or the `id` of a member. */
  readonly memberId?: string | null | undefined;
  /** Charges and refunds with this rate in a line. */
  readonly rate?: string | null | undefined;
  /** Postings that show just this reference. */
  readonly reference?: string | null | undefined;
  /** The first instant that no longer counts. */
  readonly to?: string | null | undefined;
  /** Postings of any of these types. */
  readonly types?: ReadonlyArray<ActivityType> | null | undefined;
};

/** The effect of a posting. */
export type ActivityType =
  /** The operator corrected the balance. */
  | 'ADJUSTMENT'
  /** Credits were spent. */
  | 'CHARGE'
  /** Credits whose payment was taken back were taken back. */
  | 'CLAWBACK'
  /** Credits of a grant ended unspent. */
  | 'EXPIRY'
  /** Credits were deposited. */
  | 'GRANT'
  /** Credits were reserved. */
  | 'HOLD'
  /** Credits of a charge were given back. */
  | 'REFUND'
  /** Reserved credits were set free. */
  | 'RELEASE';

/** The input of the mutation of that name. */
export type AutoRechargeInput = {
  /** The currency of the purchases. Absent: the team's, else the main one, which the team then has. */
  readonly currency?: string | null | undefined;
  /** False turns auto-recharge off; the other fields are then kept. */
  readonly enabled: boolean;
  /** The most recharges in a day of the catalog's time zone, 1 to 1,000; failed ones do not count. Absent: no limit. */
  readonly maxPerDay?: number | null | undefined;
  /** The most that auto-recharge spends in a calendar month, in the currency of the team. Absent: no cap. */
  readonly monthlyCap?: string | null | undefined;
  /** The code of the package to buy, or its `id`. Where `enabled` is true, either this or `targetBalance` is required. */
  readonly packageId?: string | null | undefined;
  /** Buy the least amount of `Query.customTopUp` that brings the balance to this, instead of a package. */
  readonly targetBalance?: string | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
  /** Auto-recharge buys when `available` falls below. Required where `enabled` is true. */
  readonly threshold?: string | null | undefined;
};

/** The states of auto-recharge. */
export type AutoRechargeState =
  /** The customer must confirm the payment at `actionUrl`. */
  | 'ACTION_REQUIRED'
  /** It buys when the balance falls below the threshold. */
  | 'ARMED'
  /** Another purchase would pass the monthly cap or the limit of the day. */
  | 'CAPPED'
  /** A payment is under way. */
  | 'CHARGING'
  /** Not configured, or turned off. */
  | 'OFF'
  /** Payments failed. Auto-recharge continues with another payment method, or when it is configured again. */
  | 'PAUSED';

/** Name, address, tax ids, purchase-order number and e-mail on invoices. */
export type BillingDetailsInput = {
  /** City or town. */
  readonly city?: string | null | undefined;
  /** ISO 3166: two capital letters. */
  readonly country?: string | null | undefined;
  /** At most 512 characters. */
  readonly email?: string | null | undefined;
  /** Street and number. */
  readonly line1?: string | null | undefined;
  /** Apartment, building or floor. */
  readonly line2?: string | null | undefined;
  /** At most 200 characters. */
  readonly name?: string | null | undefined;
  /** The code by which mail is sorted, or ZIP code. */
  readonly postalCode?: string | null | undefined;
  /** At most 140 characters. */
  readonly purchaseOrder?: string | null | undefined;
  /** State, county or province. */
  readonly state?: string | null | undefined;
  /** All tax ids from now on, at most 5. */
  readonly taxIds?: ReadonlyArray<TaxIdInput> | null | undefined;
  /** Only for PLATFORM; others set those of their own team. */
  readonly teamId?: string | null | undefined;
};

/** Periods of the calendar in the catalog's time zone. */
export type Cadence =
  /** A calendar month, from the same day on; the last one where a month is too short. */
  | 'MONTH'
  /** Seven calendar days. */
  | 'WEEK'
  /** A calendar year, from the same day on. */
  | 'YEAR';

/** The moment at which a hold is charged. */
export type ChargeTime =
  /** The hold is charged when it is placed. */
  | 'AT_START'
  /** The hold is charged when it is settled. */
  | 'AT_SUCCESS';

/** Whether a contract deposits now. */
export type ContractState =
  /** It makes no more deposits. */
  | 'ENDED'
  /** It has begun and not ended. */
  | 'RUNNING'
  /** It has not begun. */
  | 'UPCOMING';

/** The input of the mutation of that name. */
export type CreateApiKeyInput = {
  /** 1 to 50 addresses or CIDR ranges from which alone the key is accepted: `203.0.113.7`, `2001:db8::/32`. Absent: from every address. */
  readonly allowedAddresses?: ReadonlyArray<string> | null | undefined;
  /** An instant later than now, by the real clock. Absent: the key does not expire. */
  readonly expiresAt?: string | null | undefined;
  /** The purpose of the key, for people: 1 to 200 characters. */
  readonly name: string;
  /** At least one; the highest counts. */
  readonly scopes: ReadonlyArray<Scope>;
  /** The space in which the key is accepted. TEST begins the test space and the team of the same id in it; without a test space, InvalidInput. Absent: the space of the caller. */
  readonly space?: Space | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
};

/** The reason of a deposit. */
export type GrantKind =
  /** Recurring units that the team added to its plan. */
  | 'ADD_ON'
  /** A correction by the operator. */
  | 'ADJUSTMENT'
  /** Bought by auto-recharge. */
  | 'AUTO_RECHARGE'
  /** Agreed upon with sales. */
  | 'CONTRACT'
  /** An allowance of the plan, or its trial. */
  | 'INCLUDED'
  /** Bought once. */
  | 'PACKAGE'
  /** Given by the operator. */
  | 'PROMOTION';

/** Whether a hold is open, and how it ended. */
export type HoldState =
  /** Its deadline has passed. */
  | 'EXPIRED'
  /** Credits are reserved. */
  | 'OPEN'
  /** The rest was set free by its caller. */
  | 'RELEASED'
  /** The actual usage was charged, and the rest was set free. */
  | 'SETTLED';

/** A calendar day, week (from Monday) or month of the catalog's time zone. */
export type LimitPeriod =
  /** A window from 00:00 in the catalog's time zone. */
  | 'DAY'
  /** A window from 00:00 of the first day. */
  | 'MONTH'
  /** A window from Monday 00:00. */
  | 'WEEK';

/** Absolute, or a share of the last 30 days' usage (25: a quarter). Null for both: the catalog's default. */
export type LowBalanceThresholdInput = {
  /** An amount of 0 or more. */
  readonly credits?: string | null | undefined;
  /** Above 0, at most 100, with at most 6 fraction digits. */
  readonly percentOfMonthlyUsage?: string | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
};

/** The state of a bill for METERED usage. */
export type MeteredBillState =
  /** The sum is too small to be charged: the next bill takes it over. */
  | 'CARRIED'
  /** The invoice is being made. */
  | 'DUE'
  /** The invoice was sent and is not paid. */
  | 'OPEN'
  /** The invoice is still not paid at `overdueAt`: METERED rates are refused. */
  | 'OVERDUE'
  /** The invoice is paid, or there was nothing to pay. */
  | 'PAID'
  /** The whole payment of the invoice was given back, or its bank took it back. */
  | 'REFUNDED'
  /** The operator expects no payment any more. The invoice can still be paid; from `overdueAt` on, METERED rates are refused. */
  | 'UNCOLLECTIBLE'
  /** The operator has taken the invoice back: nobody owes it. */
  | 'VOID';

/** PURCHASE: somebody bought. RECHARGE: the balance fell below the threshold of auto-recharge. */
export type PurchaseCause =
  /** Somebody bought. */
  | 'PURCHASE'
  /** Auto-recharge bought. */
  | 'RECHARGE';

/** The progress of a purchase. */
export type PurchaseState =
  /** It was given up before it was paid. */
  | 'CANCELED'
  /** The payer disputes it at its bank. */
  | 'DISPUTED'
  /** The payment failed; nothing was deposited. */
  | 'FAILED'
  /** Paid, and on the balance. */
  | 'PAID'
  /** Not paid yet. */
  | 'PENDING'
  /** The payer has all of its money back, and the credits were taken back. */
  | 'REFUNDED';

/** The input of the mutation of that name. */
export type RefundChargeInput = {
  /** Default: all of what is left. */
  readonly amount?: string | null | undefined;
  /** The `id` of the charge. */
  readonly chargeId: string;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The reason for people, 1 to 500 characters. The activity shows it. */
  readonly reason: string;
  /** The team of the charge, as a check. Absent: the id of the charge names the team. */
  readonly teamId?: string | null | undefined;
};

/** A requirement that a team must meet to use a rate. */
export type Requirement =
  /** One of the plans that the catalog names for the rate. */
  | 'PLAN'
  /** A plan that sells packages. */
  | 'TOP_UPS_ENABLED';

/** VIEWER reads; MEMBER also spends; ADMIN also buys and configures; PLATFORM (the operator's backend) acts for any team, grants, refunds and settles. */
export type Role =
  /** Reads, spends, buys and configures its team. */
  | 'ADMIN'
  /** Reads and spends. */
  | 'MEMBER'
  /** The operator's backend: everything, for any team. */
  | 'PLATFORM'
  /** Reads. */
  | 'VIEWER';

/** The rule for credits that are left when a period ends: lost, carried over, or carried over up to `rolloverUpTo`. */
export type RolloverRule =
  /** The credits that are left are carried over, up to `rolloverUpTo`. */
  | 'CAPPED'
  /** All credits that are left are carried over. */
  | 'FULL'
  /** The credits that are left are lost. */
  | 'NONE';

/** The rights of an API key. Each scope includes those before it. */
export type Scope =
  /** The rights of ADMIN, without managing credentials. */
  | 'BILLING'
  /** The rights of PLATFORM, without managing credentials. Only the operator's own keys have it. */
  | 'PLATFORM'
  /** The rights of VIEWER. */
  | 'READ'
  /** The rights of MEMBER. */
  | 'SPEND';

/** The way in which work is paid for. */
export type Settlement =
  /** The balance pays. */
  | 'CREDITS'
  /** A bill of its own each month, in money. The balance does not change. */
  | 'METERED';

/** One of two sets of teams, credentials and payments, each with a clock of its own. Neither reaches the other. */
export type Space =
  /** The teams that pay. */
  | 'PRODUCTION'
  /** The test space of the same gateway: no money moves, and `cg_test_…` keys are accepted. An ADMIN has `grantCredits` and `assignPlan` for its own team there, and `advanceClock` for all. */
  | 'TEST';

/** One of `memberId`, `callerId` and `groupId`. */
export type SpendingLimitInput = {
  /** The `sub` of the caller, or the prefix of an API key. The limit counts whichever member the caller acts for. */
  readonly callerId?: string | null | undefined;
  /** Null lifts the limit. */
  readonly credits?: string | null | undefined;
  /** The group: its members' use counts together, whichever caller acts for them. */
  readonly groupId?: string | null | undefined;
  /** The `sub` of the member or its `id`. The limit counts whichever caller acts for the member. */
  readonly memberId?: string | null | undefined;
  /** The length of a window. */
  readonly per: LimitPeriod;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
};

/** A tax id by Stripe's type, such as `eu_vat`. */
export type TaxIdInput = {
  /** The type, such as `eu_vat`, `gb_vat` or `us_ein`. */
  readonly type: string;
  /** The number, such as DE123456789. */
  readonly value: string;
};

/** The unit in which a quantity counts. */
export type Unit =
  /** Characters of text. */
  | 'CHARACTER'
  /** One GB for one calendar day. */
  | 'GB_DAY'
  /** Whole images. */
  | 'IMAGE'
  /** Minutes of audio, video or time. */
  | 'MINUTE'
  /** Seconds of audio, video or time. */
  | 'SECOND'
  /** Tokens of a model. */
  | 'TOKEN'
  /** Whole uses. */
  | 'USE';

/** A property by which the rows of a usage report are grouped. */
export type UsageDimension =
  /** Callers: members, API keys, and the operator's backend for whomever it acts. */
  | 'CALLER'
  /** Categories of rates. */
  | 'CATEGORY'
  /** Calendar days of the catalog's time zone. */
  | 'DAY'
  /** Hours in UTC. */
  | 'HOUR'
  /** Members and API keys. */
  | 'MEMBER'
  /** Rates. */
  | 'RATE'
  /** The callers' own references, such as jobs. */
  | 'REFERENCE';

export type PersonFragment = { readonly id: string, readonly memberId: string, readonly name: string | null };

export type PriceFragment = { readonly amount: string, readonly currency: string };

export type PostingFragment = { readonly id: string, readonly type: ActivityType, readonly at: string, readonly amount: string, readonly balanceAfter: string, readonly revision: number, readonly reference: string | null, readonly reason: string | null, readonly grantKind: GrantKind | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string }> };

export type LineFragment = { readonly rate: string, readonly name: string, readonly count: number, readonly quantity: string, readonly credits: string, readonly money: { readonly amount: string, readonly currency: string } | null };

export type ChargeDetailFragment = { readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly rateCardVersion: string, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string, readonly count: number, readonly quantity: string, readonly credits: string, readonly money: { readonly amount: string, readonly currency: string } | null }>, readonly burn: ReadonlyArray<{ readonly grantId: string, readonly kind: GrantKind, readonly amount: string, readonly expiresAt: string | null }>, readonly metered: { readonly amount: string, readonly currency: string } | null };

export type PackageFragment = { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } };

export type PurchaseRowFragment = { readonly id: string, readonly state: PurchaseState, readonly cause: PurchaseCause, readonly createdAt: string, readonly credits: string, readonly isUnderWay: boolean, readonly paymentReference: string | null, readonly invoiceUrl: string | null, readonly confirmUrl: string | null, readonly checkoutUrl: string | null, readonly failure: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly price: { readonly amount: string, readonly currency: string }, readonly net: { readonly amount: string, readonly currency: string }, readonly discount: { readonly amount: string, readonly currency: string } | null, readonly tax: { readonly amount: string, readonly currency: string } | null, readonly total: { readonly amount: string, readonly currency: string }, readonly refunded: { readonly amount: string, readonly currency: string }, readonly grant: { readonly id: string, readonly frozen: boolean, readonly locked: string, readonly unlocksAt: string | null } | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null };

export type BillFragment = { readonly month: string, readonly carriedTo: string | null, readonly state: MeteredBillState, readonly overdueAt: string | null, readonly invoiceUrl: string | null, readonly carried: { readonly amount: string, readonly currency: string }, readonly total: { readonly amount: string, readonly currency: string } };

export type RechargeFragment = { readonly enabled: boolean, readonly state: AutoRechargeState, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string }, readonly mandate: { readonly acceptedAt: string, readonly acceptedBy: string | null, readonly text: string } | null };

export type KeyFragment = { readonly id: string, readonly name: string, readonly prefix: string, readonly scopes: ReadonlyArray<Scope>, readonly createdAt: string, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null };

export type LimitFragment = { readonly per: LimitPeriod, readonly credits: string, readonly used: string, readonly remaining: string, readonly resetsAt: string, readonly callerId: string | null, readonly group: { readonly groupId: string, readonly name: string } | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null };

type Refusal_AddOnNotAvailable_Fragment = { readonly code: string, readonly message: string };

type Refusal_AmountNotSold_Fragment = { readonly code: string, readonly message: string };

type Refusal_HoldClosed_Fragment = { readonly code: string, readonly message: string };

type Refusal_IdempotencyConflict_Fragment = { readonly code: string, readonly message: string };

type Refusal_InsufficientCredits_Fragment = { readonly code: string, readonly message: string };

type Refusal_InternalServerError_Fragment = { readonly code: string, readonly message: string };

type Refusal_InvalidAmount_Fragment = { readonly code: string, readonly message: string };

type Refusal_InvalidCatalog_Fragment = { readonly code: string, readonly message: string };

type Refusal_InvalidInput_Fragment = { readonly code: string, readonly message: string };

type Refusal_InvalidPublication_Fragment = { readonly code: string, readonly message: string };

type Refusal_InvalidUsage_Fragment = { readonly code: string, readonly message: string };

type Refusal_NoPaymentMethod_Fragment = { readonly code: string, readonly message: string };

type Refusal_NotAllowed_Fragment = { readonly code: string, readonly message: string };

type Refusal_NotFound_Fragment = { readonly code: string, readonly message: string };

type Refusal_PaymentActionRequired_Fragment = { readonly code: string, readonly message: string };

type Refusal_PaymentDeclined_Fragment = { readonly code: string, readonly message: string };

type Refusal_PaymentUnavailable_Fragment = { readonly code: string, readonly message: string };

type Refusal_PurchaseNotAllowed_Fragment = { readonly code: string, readonly message: string };

type Refusal_QuoteExpired_Fragment = { readonly code: string, readonly message: string };

type Refusal_RefundExceedsCharge_Fragment = { readonly code: string, readonly message: string };

type Refusal_RefundExceedsPurchase_Fragment = { readonly code: string, readonly message: string };

type Refusal_RequirementNotMet_Fragment = { readonly code: string, readonly message: string };

type Refusal_SpendingLimitReached_Fragment = { readonly code: string, readonly message: string };

type Refusal_UnknownPackage_Fragment = { readonly code: string, readonly message: string };

type Refusal_UnknownPlan_Fragment = { readonly code: string, readonly message: string };

type Refusal_UnknownRate_Fragment = { readonly code: string, readonly message: string };

export type RefusalFragment =
  | Refusal_AddOnNotAvailable_Fragment
  | Refusal_AmountNotSold_Fragment
  | Refusal_HoldClosed_Fragment
  | Refusal_IdempotencyConflict_Fragment
  | Refusal_InsufficientCredits_Fragment
  | Refusal_InternalServerError_Fragment
  | Refusal_InvalidAmount_Fragment
  | Refusal_InvalidCatalog_Fragment
  | Refusal_InvalidInput_Fragment
  | Refusal_InvalidPublication_Fragment
  | Refusal_InvalidUsage_Fragment
  | Refusal_NoPaymentMethod_Fragment
  | Refusal_NotAllowed_Fragment
  | Refusal_NotFound_Fragment
  | Refusal_PaymentActionRequired_Fragment
  | Refusal_PaymentDeclined_Fragment
  | Refusal_PaymentUnavailable_Fragment
  | Refusal_PurchaseNotAllowed_Fragment
  | Refusal_QuoteExpired_Fragment
  | Refusal_RefundExceedsCharge_Fragment
  | Refusal_RefundExceedsPurchase_Fragment
  | Refusal_RequirementNotMet_Fragment
  | Refusal_SpendingLimitReached_Fragment
  | Refusal_UnknownPackage_Fragment
  | Refusal_UnknownPlan_Fragment
  | Refusal_UnknownRate_Fragment
;

export type AccountQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type AccountQuery = { readonly viewer: { readonly memberId: string, readonly role: Role }, readonly team: { readonly id: string, readonly name: string, readonly plan: { readonly name: string, readonly topUp: boolean, readonly contact: string | null } | null } | null };

export type NowQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type NowQuery = { readonly team: { readonly id: string, readonly balance: { readonly asOf: string } } | null };

export type GrantsQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type GrantsQuery = { readonly team: { readonly id: string, readonly grants: ReadonlyArray<{ readonly id: string, readonly kind: GrantKind, readonly source: string, readonly granted: string, readonly available: string, readonly held: string, readonly spent: string, readonly startsAt: string, readonly expiresAt: string | null, readonly frozen: boolean, readonly locked: string, readonly unlocksAt: string | null }> } | null };

export type CreditLineQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type CreditLineQuery = { readonly team: { readonly id: string, readonly creditLine: { readonly credits: string, readonly owed: string, readonly left: string, readonly billedAt: string | null, readonly perCredit: { readonly amount: string, readonly currency: string } } | null } | null };

export type UsageQueryVariables = Exact<{
  teamId?: string | null | undefined;
  from: string;
  to: string;
  groupBy: ReadonlyArray<UsageDimension> | UsageDimension;
}>;


export type UsageQuery = { readonly team: { readonly id: string, readonly usage: { readonly total: string, readonly rows: ReadonlyArray<{ readonly day: string | null, readonly category: string | null, readonly rate: string | null, readonly credits: string, readonly count: number, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null }> } | null, readonly forecast: { readonly perDay: string, readonly runsOutAt: string | null } } | null };

export type RateNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type RateNamesQuery = { readonly rateCard: { readonly categories: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly rates: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string }> }> } };

export type ActivityQueryVariables = Exact<{
  teamId?: string | null | undefined;
  filter?: ActivityFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ActivityQuery = { readonly team: { readonly id: string, readonly activity: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly type: ActivityType, readonly at: string, readonly amount: string, readonly balanceAfter: string, readonly revision: number, readonly reference: string | null, readonly reason: string | null, readonly grantKind: GrantKind | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } | null } | null };

export type NewerActivityQueryVariables = Exact<{
  teamId?: string | null | undefined;
  filter?: ActivityFilter | null | undefined;
  before: string;
}>;


export type NewerActivityQuery = { readonly team: { readonly id: string, readonly activity: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly type: ActivityType, readonly at: string, readonly amount: string, readonly balanceAfter: string, readonly revision: number, readonly reference: string | null, readonly reason: string | null, readonly grantKind: GrantKind | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string }> }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } } | null } | null };

export type PostingQueryVariables = Exact<{
  id: string;
}>;


export type PostingQuery = { readonly viewer: { readonly role: Role }, readonly node:
    | { readonly id: string, readonly type: ActivityType, readonly at: string, readonly amount: string, readonly balanceAfter: string, readonly revision: number, readonly reference: string | null, readonly reason: string | null, readonly grantKind: GrantKind | null, readonly subject:
        | { readonly __typename: 'Activity' }
        | { readonly __typename: 'ApiKey' }
        | { readonly __typename: 'AuditEntry' }
        | { readonly __typename: 'Charge', readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly rateCardVersion: string, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string, readonly count: number, readonly quantity: string, readonly credits: string, readonly money: { readonly amount: string, readonly currency: string } | null }>, readonly burn: ReadonlyArray<{ readonly grantId: string, readonly kind: GrantKind, readonly amount: string, readonly expiresAt: string | null }>, readonly metered: { readonly amount: string, readonly currency: string } | null }
        | { readonly __typename: 'CreditGrant', readonly id: string, readonly kind: GrantKind, readonly source: string, readonly granted: string, readonly available: string, readonly held: string, readonly spent: string, readonly startsAt: string, readonly expiresAt: string | null, readonly frozen: boolean, readonly locked: string, readonly unlocksAt: string | null }
        | { readonly __typename: 'Hold', readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly chargedAtStart: boolean, readonly holdState: HoldState, readonly holdEndsAt: string }
        | { readonly __typename: 'Member' }
        | { readonly __typename: 'Purchase', readonly id: string, readonly state: PurchaseState, readonly cause: PurchaseCause, readonly createdAt: string, readonly credits: string, readonly isUnderWay: boolean, readonly paymentReference: string | null, readonly invoiceUrl: string | null, readonly confirmUrl: string | null, readonly checkoutUrl: string | null, readonly failure: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly price: { readonly amount: string, readonly currency: string }, readonly net: { readonly amount: string, readonly currency: string }, readonly discount: { readonly amount: string, readonly currency: string } | null, readonly tax: { readonly amount: string, readonly currency: string } | null, readonly total: { readonly amount: string, readonly currency: string }, readonly refunded: { readonly amount: string, readonly currency: string }, readonly grant: { readonly id: string, readonly frozen: boolean, readonly locked: string, readonly unlocksAt: string | null } | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null }
        | { readonly __typename: 'Refund', readonly id: string, readonly amount: string, readonly charge: { readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly rateCardVersion: string, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string, readonly count: number, readonly quantity: string, readonly credits: string, readonly money: { readonly amount: string, readonly currency: string } | null }>, readonly burn: ReadonlyArray<{ readonly grantId: string, readonly kind: GrantKind, readonly amount: string, readonly expiresAt: string | null }>, readonly metered: { readonly amount: string, readonly currency: string } | null } }
        | { readonly __typename: 'Team' }
        | { readonly __typename: 'WebhookDelivery' }
        | { readonly __typename: 'WebhookEndpoint' }
       | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly name: string }> }
    | Record<PropertyKey, never>
   | null };

export type RefundChargeMutationVariables = Exact<{
  input: RefundChargeInput;
}>;


export type RefundChargeMutation = { readonly refundCharge:
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Refund', readonly id: string, readonly amount: string }
    | { readonly __typename: 'RefundExceedsCharge', readonly code: string, readonly message: string }
   };

export type PurchasesQueryVariables = Exact<{
  teamId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PurchasesQuery = { readonly viewer: { readonly role: Role }, readonly team: { readonly id: string, readonly purchases: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: PurchaseState, readonly cause: PurchaseCause, readonly createdAt: string, readonly credits: string, readonly isUnderWay: boolean, readonly paymentReference: string | null, readonly invoiceUrl: string | null, readonly confirmUrl: string | null, readonly checkoutUrl: string | null, readonly failure: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly price: { readonly amount: string, readonly currency: string }, readonly net: { readonly amount: string, readonly currency: string }, readonly discount: { readonly amount: string, readonly currency: string } | null, readonly tax: { readonly amount: string, readonly currency: string } | null, readonly total: { readonly amount: string, readonly currency: string }, readonly refunded: { readonly amount: string, readonly currency: string }, readonly grant: { readonly id: string, readonly frozen: boolean, readonly locked: string, readonly unlocksAt: string | null } | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export type BillsQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type BillsQuery = { readonly team: { readonly id: string, readonly balance: { readonly asOf: string }, readonly meteredBills: ReadonlyArray<{ readonly month: string, readonly carriedTo: string | null, readonly state: MeteredBillState, readonly overdueAt: string | null, readonly invoiceUrl: string | null, readonly carried: { readonly amount: string, readonly currency: string }, readonly total: { readonly amount: string, readonly currency: string } }> | null } | null };

export type OpenBillingPortalMutationVariables = Exact<{
  teamId?: string | null | undefined;
  returnUrl: string;
}>;


export type OpenBillingPortalMutation = { readonly openBillingPortal: { readonly url: string } };

export type AutoRechargeQueryVariables = Exact<{
  teamId?: string | null | undefined;
  currency?: string | null | undefined;
}>;


export type AutoRechargeQuery = { readonly currencies: ReadonlyArray<string>, readonly viewer: { readonly role: Role }, readonly packages: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } }>, readonly customTopUp: { readonly least: string, readonly tiers: ReadonlyArray<{ readonly perCredit: { readonly amount: string, readonly currency: string } }> } | null, readonly team: { readonly id: string, readonly currency: string, readonly currencies: ReadonlyArray<string>, readonly plan: { readonly topUp: boolean, readonly contact: string | null } | null, readonly autoRecharge: { readonly enabled: boolean, readonly state: AutoRechargeState, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string }, readonly mandate: { readonly acceptedAt: string, readonly acceptedBy: string | null, readonly text: string } | null } } | null };

export type MandateQueryVariables = Exact<{
  threshold?: string | null | undefined;
  packageId?: string | null | undefined;
  targetBalance?: string | null | undefined;
  monthlyCap?: string | null | undefined;
  maxPerDay?: number | null | undefined;
  currency?: string | null | undefined;
}>;


export type MandateQuery = { readonly rechargeMandate: string | null };

export type DetailsFragment = { readonly name: string | null, readonly email: string | null, readonly line1: string | null, readonly line2: string | null, readonly postalCode: string | null, readonly city: string | null, readonly state: string | null, readonly country: string | null, readonly purchaseOrder: string | null, readonly taxIds: ReadonlyArray<{ readonly type: string, readonly value: string }> };

export type BillingDetailsQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type BillingDetailsQuery = { readonly billingDetails: { readonly name: string | null, readonly email: string | null, readonly line1: string | null, readonly line2: string | null, readonly postalCode: string | null, readonly city: string | null, readonly state: string | null, readonly country: string | null, readonly purchaseOrder: string | null, readonly taxIds: ReadonlyArray<{ readonly type: string, readonly value: string }> } | null };

export type SetBillingDetailsMutationVariables = Exact<{
  input: BillingDetailsInput;
}>;


export type SetBillingDetailsMutation = { readonly setBillingDetails:
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentUnavailable', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly id: string }
   };

export type MonthQueryVariables = Exact<{
  teamId?: string | null | undefined;
  from: string;
  to: string;
}>;


export type MonthQuery = { readonly team: { readonly id: string, readonly balance: { readonly available: string }, readonly usage: { readonly rows: ReadonlyArray<{ readonly day: string | null, readonly credits: string }> } | null, readonly activity: { readonly nodes: ReadonlyArray<{ readonly at: string, readonly amount: string, readonly grantKind: GrantKind | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null } | null };

export type ConfigureAutoRechargeMutationVariables = Exact<{
  input: AutoRechargeInput;
}>;


export type ConfigureAutoRechargeMutation = { readonly configureAutoRecharge:
    | { readonly __typename: 'AutoRecharge', readonly enabled: boolean, readonly state: AutoRechargeState, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string }, readonly mandate: { readonly acceptedAt: string, readonly acceptedBy: string | null, readonly text: string } | null }
    | { readonly __typename: 'InvalidAmount', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NoPaymentMethod', readonly setupUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PurchaseNotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownPackage', readonly code: string, readonly message: string }
   };

export type RateCardQueryVariables = Exact<{ [key: string]: never; }>;


export type RateCardQuery = { readonly rateCard: { readonly version: string, readonly effectiveFrom: string, readonly categories: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly rates: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly unit: Unit, readonly per: string, readonly credits: string | null, readonly settlement: Settlement, readonly free: boolean, readonly charge: ChargeTime, readonly roundsUp: boolean, readonly requires: ReadonlyArray<Requirement>, readonly role: Role, readonly illustrative: boolean, readonly money: { readonly amount: string, readonly currency: string } | null }> }> } };

export type PlanQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type PlanQuery = { readonly viewer: { readonly memberId: string, readonly role: Role }, readonly team: { readonly id: string, readonly seats: number, readonly addOnUnits: number, readonly lowBalanceThreshold: string, readonly plan: { readonly id: string, readonly name: string, readonly topUp: boolean, readonly contact: string | null, readonly allowances: ReadonlyArray<{ readonly credits: string, readonly every: Cadence, readonly perSeat: boolean, readonly rollover: RolloverRule, readonly rolloverUpTo: string | null, readonly interval: Cadence | null, readonly illustrative: boolean }>, readonly addOn: { readonly credits: string, readonly illustrative: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null } | null, readonly contracts: ReadonlyArray<{ readonly reference: string, readonly credits: string, readonly every: Cadence | null, readonly state: ContractState, readonly startsAt: string, readonly endsAt: string | null, readonly nextGrantAt: string | null, readonly rollover: RolloverRule, readonly rolloverUpTo: string | null }>, readonly spendingLimits: ReadonlyArray<{ readonly per: LimitPeriod, readonly credits: string, readonly used: string, readonly remaining: string, readonly resetsAt: string, readonly callerId: string | null, readonly group: { readonly groupId: string, readonly name: string } | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null }> | null } | null };

export type SetAddOnUnitsMutationVariables = Exact<{
  teamId?: string | null | undefined;
  units: number;
  idempotencyKey: string;
}>;


export type SetAddOnUnitsMutation = { readonly setAddOnUnits:
    | { readonly __typename: 'AddOnNotAvailable', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NoPaymentMethod', readonly setupUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentActionRequired', readonly actionUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentDeclined', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentUnavailable', readonly code: string, readonly message: string }
    | { readonly __typename: 'PurchaseNotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly id: string, readonly addOnUnits: number }
   };

export type SetSpendingLimitMutationVariables = Exact<{
  input: SpendingLimitInput;
}>;


export type SetSpendingLimitMutation = { readonly setSpendingLimit:
    | { readonly __typename: 'InvalidAmount', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly id: string, readonly spendingLimits: ReadonlyArray<{ readonly per: LimitPeriod, readonly credits: string, readonly used: string, readonly remaining: string, readonly resetsAt: string, readonly callerId: string | null, readonly group: { readonly groupId: string, readonly name: string } | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null }> | null }
   };

export type SetLowBalanceThresholdMutationVariables = Exact<{
  input: LowBalanceThresholdInput;
}>;


export type SetLowBalanceThresholdMutation = { readonly setLowBalanceThreshold:
    | { readonly __typename: 'InvalidAmount', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly id: string, readonly lowBalanceThreshold: string }
   };

export type ApiKeysQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type ApiKeysQuery = { readonly viewer: { readonly role: Role }, readonly team: { readonly id: string, readonly apiKeys: ReadonlyArray<{ readonly id: string, readonly name: string, readonly prefix: string, readonly scopes: ReadonlyArray<Scope>, readonly createdAt: string, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null }> | null } | null };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { readonly createApiKey:
    | { readonly __typename: 'CreatedApiKey', readonly secret: string, readonly key: { readonly id: string, readonly name: string, readonly prefix: string, readonly scopes: ReadonlyArray<Scope>, readonly createdAt: string, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null } }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type RevokeApiKeyMutationVariables = Exact<{
  id: string;
}>;


export type RevokeApiKeyMutation = { readonly revokeApiKey:
    | { readonly __typename: 'ApiKey', readonly id: string, readonly name: string, readonly prefix: string, readonly scopes: ReadonlyArray<Scope>, readonly createdAt: string, readonly expiresAt: string | null, readonly lastUsedAt: string | null, readonly revokedAt: string | null }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export const PersonFragmentDoc = new TypedDocumentString(`
    fragment Person on Member {
  id
  memberId
  name
}
    `, {"fragmentName":"Person"}) as unknown as TypedDocumentString<PersonFragment, unknown>;
export const PostingFragmentDoc = new TypedDocumentString(`
    fragment Posting on Activity {
  id
  type
  at
  amount
  balanceAfter
  revision
  reference
  reason
  grantKind
  member {
    ...Person
  }
  lines {
    rate
    name
  }
}
    fragment Person on Member {
  id
  memberId
  name
}`, {"fragmentName":"Posting"}) as unknown as TypedDocumentString<PostingFragment, unknown>;
export const PriceFragmentDoc = new TypedDocumentString(`
    fragment Price on Money {
  amount
  currency
}
    `, {"fragmentName":"Price"}) as unknown as TypedDocumentString<PriceFragment, unknown>;
export const LineFragmentDoc = new TypedDocumentString(`
    fragment Line on PriceLine {
  rate
  name
  count
  quantity
  credits
  money {
    ...Price
  }
}
    fragment Price on Money {
  amount
  currency
}`, {"fragmentName":"Line"}) as unknown as TypedDocumentString<LineFragment, unknown>;
export const ChargeDetailFragmentDoc = new TypedDocumentString(`
    fragment ChargeDetail on Charge {
  id
  amount
  at
  reference
  rateCardVersion
  lines {
    ...Line
  }
  burn {
    grantId
    kind
    amount
    expiresAt
  }
  metered {
    ...Price
  }
}
    fragment Price on Money {
  amount
  currency
}
fragment Line on PriceLine {
  rate
  name
  count
  quantity
  credits
  money {
    ...Price
  }
}`, {"fragmentName":"ChargeDetail"}) as unknown as TypedDocumentString<ChargeDetailFragment, unknown>;
export const PackageFragmentDoc = new TypedDocumentString(`
    fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}
    fragment Price on Money {
  amount
  currency
}`, {"fragmentName":"Package"}) as unknown as TypedDocumentString<PackageFragment, unknown>;
export const PurchaseRowFragmentDoc = new TypedDocumentString(`
    fragment PurchaseRow on Purchase {
  id
  state
  cause
  createdAt
  package {
    ...Package
  }
  credits
  price {
    ...Price
  }
  net {
    ...Price
  }
  discount {
    amount
    currency
  }
  tax {
    ...Price
  }
  total {
    ...Price
  }
  refunded {
    ...Price
  }
  isUnderWay
  grant {
    id
    frozen
    locked
    unlocksAt
  }
  member {
    ...Person
  }
  paymentReference
  invoiceUrl
  confirmUrl
  checkoutUrl
  failure
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Price on Money {
  amount
  currency
}
fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}`, {"fragmentName":"PurchaseRow"}) as unknown as TypedDocumentString<PurchaseRowFragment, unknown>;
export const BillFragmentDoc = new TypedDocumentString(`
    fragment Bill on MeteredBill {
  month
  carried {
    ...Price
  }
  carriedTo
  total {
    ...Price
  }
  state
  overdueAt
  invoiceUrl
}
    fragment Price on Money {
  amount
  currency
}`, {"fragmentName":"Bill"}) as unknown as TypedDocumentString<BillFragment, unknown>;
export const RechargeFragmentDoc = new TypedDocumentString(`
    fragment Recharge on AutoRecharge {
  enabled
  state
  threshold
  targetBalance
  maxPerDay
  package {
    ...Package
  }
  monthlyCap {
    ...Price
  }
  spentThisMonth {
    ...Price
  }
  lastFailure
  actionUrl
  mandate {
    acceptedAt
    acceptedBy
    text
  }
}
    fragment Price on Money {
  amount
  currency
}
fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}`, {"fragmentName":"Recharge"}) as unknown as TypedDocumentString<RechargeFragment, unknown>;
export const KeyFragmentDoc = new TypedDocumentString(`
    fragment Key on ApiKey {
  id
  name
  prefix
  scopes
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}
    `, {"fragmentName":"Key"}) as unknown as TypedDocumentString<KeyFragment, unknown>;
export const LimitFragmentDoc = new TypedDocumentString(`
    fragment Limit on SpendingLimit {
  per
  credits
  used
  remaining
  resetsAt
  callerId
  group {
    groupId
    name
  }
  member {
    ...Person
  }
}
    fragment Person on Member {
  id
  memberId
  name
}`, {"fragmentName":"Limit"}) as unknown as TypedDocumentString<LimitFragment, unknown>;
export const RefusalFragmentDoc = new TypedDocumentString(`
    fragment Refusal on Error {
  code
  message
}
    `, {"fragmentName":"Refusal"}) as unknown as TypedDocumentString<RefusalFragment, unknown>;
export const DetailsFragmentDoc = new TypedDocumentString(`
    fragment Details on BillingDetails {
  name
  email
  line1
  line2
  postalCode
  city
  state
  country
  purchaseOrder
  taxIds {
    type
    value
  }
}
    `, {"fragmentName":"Details"}) as unknown as TypedDocumentString<DetailsFragment, unknown>;
export const AccountDocument = new TypedDocumentString(`
    query Account($teamId: ID) {
  viewer {
    memberId
    role
  }
  team(id: $teamId) {
    id
    name
    plan {
      name
      topUp
      contact
    }
  }
}
    `) as unknown as TypedDocumentString<AccountQuery, AccountQueryVariables>;
export const NowDocument = new TypedDocumentString(`
    query Now($teamId: ID) {
  team(id: $teamId) {
    id
    balance {
      asOf
    }
  }
}
    `) as unknown as TypedDocumentString<NowQuery, NowQueryVariables>;
export const GrantsDocument = new TypedDocumentString(`
    query Grants($teamId: ID) {
  team(id: $teamId) {
    id
    grants {
      id
      kind
      source
      granted
      available
      held
      spent
      startsAt
      expiresAt
      frozen
      locked
      unlocksAt
    }
  }
}
    `) as unknown as TypedDocumentString<GrantsQuery, GrantsQueryVariables>;
export const CreditLineDocument = new TypedDocumentString(`
    query CreditLine($teamId: ID) {
  team(id: $teamId) {
    id
    creditLine {
      credits
      owed
      left
      billedAt
      perCredit {
        ...Price
      }
    }
  }
}
    fragment Price on Money {
  amount
  currency
}`) as unknown as TypedDocumentString<CreditLineQuery, CreditLineQueryVariables>;
export const UsageDocument = new TypedDocumentString(`
    query Usage($teamId: ID, $from: DateTime!, $to: DateTime!, $groupBy: [UsageDimension!]!) {
  team(id: $teamId) {
    id
    usage(from: $from, to: $to, groupBy: $groupBy) {
      total
      rows {
        day
        category
        rate
        member {
          ...Person
        }
        credits
        count
      }
    }
    forecast {
      perDay
      runsOutAt
    }
  }
}
    fragment Person on Member {
  id
  memberId
  name
}`) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;
export const RateNamesDocument = new TypedDocumentString(`
    query RateNames {
  rateCard {
    categories {
      id
      code
      name
      rates {
        id
        code
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RateNamesQuery, RateNamesQueryVariables>;
export const ActivityDocument = new TypedDocumentString(`
    query Activity($teamId: ID, $filter: ActivityFilter, $first: Int, $after: String) {
  team(id: $teamId) {
    id
    activity(filter: $filter, first: $first, after: $after) {
      nodes {
        ...Posting
      }
      pageInfo {
        hasNextPage
        startCursor
        endCursor
      }
    }
  }
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Posting on Activity {
  id
  type
  at
  amount
  balanceAfter
  revision
  reference
  reason
  grantKind
  member {
    ...Person
  }
  lines {
    rate
    name
  }
}`) as unknown as TypedDocumentString<ActivityQuery, ActivityQueryVariables>;
export const NewerActivityDocument = new TypedDocumentString(`
    query NewerActivity($teamId: ID, $filter: ActivityFilter, $before: String!) {
  team(id: $teamId) {
    id
    activity(filter: $filter, last: 50, before: $before) {
      nodes {
        ...Posting
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Posting on Activity {
  id
  type
  at
  amount
  balanceAfter
  revision
  reference
  reason
  grantKind
  member {
    ...Person
  }
  lines {
    rate
    name
  }
}`) as unknown as TypedDocumentString<NewerActivityQuery, NewerActivityQueryVariables>;
export const PostingDocument = new TypedDocumentString(`
    query Posting($id: ID!) {
  viewer {
    role
  }
  node(id: $id) {
    ... on Activity {
      ...Posting
      subject {
        __typename
        ... on Charge {
          ...ChargeDetail
        }
        ... on Refund {
          id
          amount
          charge {
            ...ChargeDetail
          }
        }
        ... on Hold {
          id
          amount
          captured
          remaining
          holdState: state
          holdEndsAt: expiresAt
          chargedAtStart
        }
        ... on CreditGrant {
          id
          kind
          source
          granted
          available
          held
          spent
          startsAt
          expiresAt
          frozen
          locked
          unlocksAt
        }
        ... on Purchase {
          ...PurchaseRow
        }
      }
    }
  }
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Price on Money {
  amount
  currency
}
fragment Posting on Activity {
  id
  type
  at
  amount
  balanceAfter
  revision
  reference
  reason
  grantKind
  member {
    ...Person
  }
  lines {
    rate
    name
  }
}
fragment Line on PriceLine {
  rate
  name
  count
  quantity
  credits
  money {
    ...Price
  }
}
fragment ChargeDetail on Charge {
  id
  amount
  at
  reference
  rateCardVersion
  lines {
    ...Line
  }
  burn {
    grantId
    kind
    amount
    expiresAt
  }
  metered {
    ...Price
  }
}
fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}
fragment PurchaseRow on Purchase {
  id
  state
  cause
  createdAt
  package {
    ...Package
  }
  credits
  price {
    ...Price
  }
  net {
    ...Price
  }
  discount {
    amount
    currency
  }
  tax {
    ...Price
  }
  total {
    ...Price
  }
  refunded {
    ...Price
  }
  isUnderWay
  grant {
    id
    frozen
    locked
    unlocksAt
  }
  member {
    ...Person
  }
  paymentReference
  invoiceUrl
  confirmUrl
  checkoutUrl
  failure
}`) as unknown as TypedDocumentString<PostingQuery, PostingQueryVariables>;
export const RefundChargeDocument = new TypedDocumentString(`
    mutation RefundCharge($input: RefundChargeInput!) {
  refundCharge(input: $input) {
    __typename
    ... on Refund {
      id
      amount
    }
    ...Refusal
  }
}
    fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<RefundChargeMutation, RefundChargeMutationVariables>;
export const PurchasesDocument = new TypedDocumentString(`
    query Purchases($teamId: ID, $first: Int, $after: String) {
  viewer {
    role
  }
  team(id: $teamId) {
    id
    purchases(first: $first, after: $after) {
      nodes {
        ...PurchaseRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Price on Money {
  amount
  currency
}
fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}
fragment PurchaseRow on Purchase {
  id
  state
  cause
  createdAt
  package {
    ...Package
  }
  credits
  price {
    ...Price
  }
  net {
    ...Price
  }
  discount {
    amount
    currency
  }
  tax {
    ...Price
  }
  total {
    ...Price
  }
  refunded {
    ...Price
  }
  isUnderWay
  grant {
    id
    frozen
    locked
    unlocksAt
  }
  member {
    ...Person
  }
  paymentReference
  invoiceUrl
  confirmUrl
  checkoutUrl
  failure
}`) as unknown as TypedDocumentString<PurchasesQuery, PurchasesQueryVariables>;
export const BillsDocument = new TypedDocumentString(`
    query Bills($teamId: ID) {
  team(id: $teamId) {
    id
    balance {
      asOf
    }
    meteredBills {
      ...Bill
    }
  }
}
    fragment Price on Money {
  amount
  currency
}
fragment Bill on MeteredBill {
  month
  carried {
    ...Price
  }
  carriedTo
  total {
    ...Price
  }
  state
  overdueAt
  invoiceUrl
}`) as unknown as TypedDocumentString<BillsQuery, BillsQueryVariables>;
export const OpenBillingPortalDocument = new TypedDocumentString(`
    mutation OpenBillingPortal($teamId: ID, $returnUrl: String!) {
  openBillingPortal(teamId: $teamId, returnUrl: $returnUrl) {
    url
  }
}
    `) as unknown as TypedDocumentString<OpenBillingPortalMutation, OpenBillingPortalMutationVariables>;
export const AutoRechargeDocument = new TypedDocumentString(`
    query AutoRecharge($teamId: ID, $currency: String) {
  viewer {
    role
  }
  currencies
  packages(currency: $currency) {
    ...Package
  }
  customTopUp(currency: $currency) {
    least
    tiers {
      perCredit {
        ...Price
      }
    }
  }
  team(id: $teamId) {
    id
    currency
    currencies
    plan {
      topUp
      contact
    }
    autoRecharge {
      ...Recharge
    }
  }
}
    fragment Price on Money {
  amount
  currency
}
fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}
fragment Recharge on AutoRecharge {
  enabled
  state
  threshold
  targetBalance
  maxPerDay
  package {
    ...Package
  }
  monthlyCap {
    ...Price
  }
  spentThisMonth {
    ...Price
  }
  lastFailure
  actionUrl
  mandate {
    acceptedAt
    acceptedBy
    text
  }
}`) as unknown as TypedDocumentString<AutoRechargeQuery, AutoRechargeQueryVariables>;
export const MandateDocument = new TypedDocumentString(`
    query Mandate($threshold: Credits, $packageId: ID, $targetBalance: Credits, $monthlyCap: Decimal, $maxPerDay: Int, $currency: String) {
  rechargeMandate(
    threshold: $threshold
    packageId: $packageId
    targetBalance: $targetBalance
    monthlyCap: $monthlyCap
    maxPerDay: $maxPerDay
    currency: $currency
  )
}
    `) as unknown as TypedDocumentString<MandateQuery, MandateQueryVariables>;
export const BillingDetailsDocument = new TypedDocumentString(`
    query BillingDetails($teamId: ID) {
  billingDetails(teamId: $teamId) {
    ...Details
  }
}
    fragment Details on BillingDetails {
  name
  email
  line1
  line2
  postalCode
  city
  state
  country
  purchaseOrder
  taxIds {
    type
    value
  }
}`) as unknown as TypedDocumentString<BillingDetailsQuery, BillingDetailsQueryVariables>;
export const SetBillingDetailsDocument = new TypedDocumentString(`
    mutation SetBillingDetails($input: BillingDetailsInput!) {
  setBillingDetails(input: $input) {
    __typename
    ... on Team {
      id
    }
    ... on InvalidInput {
      path
    }
    ...Refusal
  }
}
    fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetBillingDetailsMutation, SetBillingDetailsMutationVariables>;
export const MonthDocument = new TypedDocumentString(`
    query Month($teamId: ID, $from: DateTime!, $to: DateTime!) {
  team(id: $teamId) {
    id
    balance(asOf: $from) {
      available
    }
    usage(from: $from, to: $to, groupBy: [DAY]) {
      rows {
        day
        credits
      }
    }
    activity(
      filter: { from: $from, to: $to, types: [GRANT, EXPIRY, CLAWBACK, ADJUSTMENT] }
      first: 100
    ) {
      nodes {
        at
        amount
        grantKind
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MonthQuery, MonthQueryVariables>;
export const ConfigureAutoRechargeDocument = new TypedDocumentString(`
    mutation ConfigureAutoRecharge($input: AutoRechargeInput!) {
  configureAutoRecharge(input: $input) {
    __typename
    ... on AutoRecharge {
      ...Recharge
    }
    ... on NoPaymentMethod {
      setupUrl
    }
    ...Refusal
  }
}
    fragment Price on Money {
  amount
  currency
}
fragment Package on CreditPackage {
  id
  code
  name
  credits
  price {
    ...Price
  }
  illustrative
}
fragment Recharge on AutoRecharge {
  enabled
  state
  threshold
  targetBalance
  maxPerDay
  package {
    ...Package
  }
  monthlyCap {
    ...Price
  }
  spentThisMonth {
    ...Price
  }
  lastFailure
  actionUrl
  mandate {
    acceptedAt
    acceptedBy
    text
  }
}
fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<ConfigureAutoRechargeMutation, ConfigureAutoRechargeMutationVariables>;
export const RateCardDocument = new TypedDocumentString(`
    query RateCard {
  rateCard {
    version
    effectiveFrom
    categories {
      id
      code
      name
      rates {
        id
        code
        name
        unit
        per
        credits
        money {
          ...Price
        }
        settlement
        free
        charge
        roundsUp
        requires
        role
        illustrative
      }
    }
  }
}
    fragment Price on Money {
  amount
  currency
}`) as unknown as TypedDocumentString<RateCardQuery, RateCardQueryVariables>;
export const PlanDocument = new TypedDocumentString(`
    query Plan($teamId: ID) {
  viewer {
    memberId
    role
  }
  team(id: $teamId) {
    id
    seats
    addOnUnits
    lowBalanceThreshold
    plan {
      id
      name
      topUp
      contact
      allowances {
        credits
        every
        perSeat
        rollover
        rolloverUpTo
        interval
        illustrative
      }
      addOn {
        credits
        price {
          ...Price
        }
        illustrative
      }
    }
    contracts {
      reference
      credits
      every
      state
      startsAt
      endsAt
      nextGrantAt
      rollover
      rolloverUpTo
    }
    spendingLimits {
      ...Limit
    }
  }
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Price on Money {
  amount
  currency
}
fragment Limit on SpendingLimit {
  per
  credits
  used
  remaining
  resetsAt
  callerId
  group {
    groupId
    name
  }
  member {
    ...Person
  }
}`) as unknown as TypedDocumentString<PlanQuery, PlanQueryVariables>;
export const SetAddOnUnitsDocument = new TypedDocumentString(`
    mutation SetAddOnUnits($teamId: ID, $units: Int!, $idempotencyKey: String!) {
  setAddOnUnits(teamId: $teamId, units: $units, idempotencyKey: $idempotencyKey) {
    __typename
    ... on Team {
      id
      addOnUnits
    }
    ... on NoPaymentMethod {
      setupUrl
    }
    ... on PaymentActionRequired {
      actionUrl
    }
    ...Refusal
  }
}
    fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetAddOnUnitsMutation, SetAddOnUnitsMutationVariables>;
export const SetSpendingLimitDocument = new TypedDocumentString(`
    mutation SetSpendingLimit($input: SpendingLimitInput!) {
  setSpendingLimit(input: $input) {
    __typename
    ... on Team {
      id
      spendingLimits {
        ...Limit
      }
    }
    ...Refusal
  }
}
    fragment Person on Member {
  id
  memberId
  name
}
fragment Limit on SpendingLimit {
  per
  credits
  used
  remaining
  resetsAt
  callerId
  group {
    groupId
    name
  }
  member {
    ...Person
  }
}
fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetSpendingLimitMutation, SetSpendingLimitMutationVariables>;
export const SetLowBalanceThresholdDocument = new TypedDocumentString(`
    mutation SetLowBalanceThreshold($input: LowBalanceThresholdInput!) {
  setLowBalanceThreshold(input: $input) {
    __typename
    ... on Team {
      id
      lowBalanceThreshold
    }
    ...Refusal
  }
}
    fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetLowBalanceThresholdMutation, SetLowBalanceThresholdMutationVariables>;
export const ApiKeysDocument = new TypedDocumentString(`
    query ApiKeys($teamId: ID) {
  viewer {
    role
  }
  team(id: $teamId) {
    id
    apiKeys {
      ...Key
    }
  }
}
    fragment Key on ApiKey {
  id
  name
  prefix
  scopes
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}`) as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const CreateApiKeyDocument = new TypedDocumentString(`
    mutation CreateApiKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    __typename
    ... on CreatedApiKey {
      secret
      key {
        ...Key
      }
    }
    ...Refusal
  }
}
    fragment Key on ApiKey {
  id
  name
  prefix
  scopes
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}
fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const RevokeApiKeyDocument = new TypedDocumentString(`
    mutation RevokeApiKey($id: ID!) {
  revokeApiKey(id: $id) {
    __typename
    ... on ApiKey {
      ...Key
    }
    ...Refusal
  }
}
    fragment Key on ApiKey {
  id
  name
  prefix
  scopes
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}
fragment Refusal on Error {
  code
  message
}`) as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
