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

/** The plan of a team from now on. */
export type AssignPlanInput = {
  /** The start of the periods of allowances that follow the subscription. Periods before a future anchor are counted, too. Absent: running periods continue, and new ones begin now. */
  readonly anchor?: string | null | undefined;
  /** The currency in which the team pays, one of `Query.currencies`. Absent: it stays. It can change until money was paid, used or billed. */
  readonly currency?: string | null | undefined;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The interval at which the subscription is paid, which decides which allowances are deposited. Absent: all. */
  readonly interval?: Cadence | null | undefined;
  /** The code of a plan of `Query.plans`, or its `id`. */
  readonly planId: string;
  /** 1 to 100,000. Plans and units give a team up to 2,000 open grants; a change that gives another one is `InvalidInput`. */
  readonly seats?: number | null | undefined;
  /** Any team. A team that does not exist begins. */
  readonly teamId: string;
  /** The name for people, 1 to 200 characters. Absent: the name stays. */
  readonly teamName?: string | null | undefined;
  /** False: the plan itself begins, and a running trial ends. Otherwise a team that never had a trial begins with that of the plan, if it has one; assigned again, nothing moves. */
  readonly trial?: boolean | null | undefined;
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

/** The level of a balance. */
export type BalanceState =
  /** Nothing is available. */
  | 'EXHAUSTED'
  /** Below the threshold, above 0. */
  | 'LOW'
  /** At least the threshold. */
  | 'OK';

/** Periods of the calendar in the catalog's time zone. */
export type Cadence =
  /** A calendar month, from the same day on; the last one where a month is too short. */
  | 'MONTH'
  /** Seven calendar days. */
  | 'WEEK'
  /** A calendar year, from the same day on. */
  | 'YEAR';

/** FILE: the file that a gateway started with. PUBLISHED: a call of `publishCatalog`. */
export type CatalogOrigin =
  /** The file that a gateway started with. */
  | 'FILE'
  /** A call of `publishCatalog`. */
  | 'PUBLISHED';

/** Whether a contract deposits now. */
export type ContractState =
  /** It makes no more deposits. */
  | 'ENDED'
  /** It has begun and not ended. */
  | 'RUNNING'
  /** It has not begun. */
  | 'UPCOMING';

/** The input of the mutation of that name. */
export type CreateContractInput = {
  /** How much the team may owe for work beyond its balance while the contract runs, above 0. Absent: nothing. The catalog must name its price. */
  readonly creditLine?: string | null | undefined;
  /** The credits that each period deposits, above 0. */
  readonly credits: string;
  /** Absent: the contract has no end, and a single grant never expires. */
  readonly endsAt?: string | null | undefined;
  /** Absent: once. */
  readonly every?: Cadence | null | undefined;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** 1 to 100 characters, unique in the team: `ACME-42`. */
  readonly reference: string;
  /** The rule for credits that are left when a period ends. */
  readonly rollover?: RolloverRule;
  /** The most that is carried over. Required with CAPPED, and only with it. */
  readonly rolloverUpTo?: string | null | undefined;
  /** The start of the first period. Absent: now. If it is in the past, the running period is deposited at once. */
  readonly startsAt?: string | null | undefined;
  /** The team that gets the credits. */
  readonly teamId: string;
};

/** The input of the mutation of that name. */
export type EndContractInput = {
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The name of the contract. */
  readonly reference: string;
  /** The team of the contract. */
  readonly teamId: string;
};

/** The input of the mutation of that name. */
export type GrantCreditsInput = {
  /** An amount above 0. */
  readonly amount: string;
  /** An instant later than now. Absent: the lifetime that the catalog gives the kind. */
  readonly expiresAt?: string | null | undefined;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The reason of the deposit. The order of burning depends on it, too. */
  readonly kind: GrantKind;
  /** Limits the credits to some usage: 1 to 50 categories and rates of the rate card in force, together. An automatic rate can not be named. The open grants of a team have at most 20 different scopes. Scoped credits are no part of `available`, and repay no debt. */
  readonly scope?: GrantScopeInput | null | undefined;
  /** The name of the cause, 1 to 200 characters. A source deposits once in a team. */
  readonly source: string;
  /** The team that gets the credits. It may have 2,000 open grants, and 200 if an ADMIN of a test space gives them; another one is `InvalidInput`. */
  readonly teamId: string;
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

/** What a grant may pay for; absent: everything. */
export type GrantScopeInput = {
  /** Codes or ids of categories. Each pays for all rates that it has at the time of use. */
  readonly categories?: ReadonlyArray<string> | null | undefined;
  /** Codes or ids of rates. */
  readonly rates?: ReadonlyArray<string> | null | undefined;
};

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

/** The input of the mutation of that name. */
export type PublishCatalogInput = {
  /** An instant at least 3 seconds from now; null: as soon as possible, which is in about 3 seconds. */
  readonly effectiveFrom?: string | null | undefined;
  /** The YAML of the catalog, up to 64,000 characters. */
  readonly source: string;
};

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

/** Money of a purchase that is given back to its payer. */
export type RefundPurchaseInput = {
  /** The money in the price's currency, in whole steps that the currency has; absent: the share of the price that is unused. Required while another system serves the team, because what is unused there is not known here. */
  readonly amount?: string | null | undefined;
  /** A repeated request with the same key gives back nothing more. */
  readonly idempotencyKey: string;
  /** The purchase. Its team follows from it. */
  readonly purchaseId: string;
  /** The reason, for the audit log. */
  readonly reason: string;
};

/** The input of the mutation of that name. */
export type ReleaseHoldInput = {
  /** The `id` of an open hold. */
  readonly holdId: string;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The reason for people, at most 500 characters. The activity shows it. */
  readonly reason?: string | null | undefined;
};

/** The input of the mutation of that name. */
export type RevokeTokensInput = {
  /** Absent: all members of the team. Required for the operator's own tokens. */
  readonly memberId?: string | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team, or the operator's own tokens for PLATFORM. */
  readonly teamId?: string | null | undefined;
};

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

/** The conditions of `Query.teams`. A team is listed if it fulfils all that are given. */
export type TeamFilter = {
  /** Fewer credits than this are available now. */
  readonly availableBelow?: string | null | undefined;
  /** Nothing was held or charged at this instant or later, and the team began before it. Deposits, expiries and corrections are no activity. */
  readonly inactiveSince?: string | null | undefined;
  /** The code of a plan of `Query.plans`, or its `id`. */
  readonly planId?: string | null | undefined;
  /** The present state of auto-recharge. */
  readonly rechargeState?: AutoRechargeState | null | undefined;
  /** A part of the id or the name, in whichever case: 1 to 100 characters. */
  readonly search?: string | null | undefined;
  /** The present state of the balance. */
  readonly state?: BalanceState | null | undefined;
};

/** An order of `Query.teams`. Teams that are equal in it follow each other by their ids, in the same direction. */
export type TeamOrder =
  /** The available credits as they are posted, the fewest first. */
  | 'AVAILABLE_ASC'
  /** The same, the most first. */
  | 'AVAILABLE_DESC'
  /** The last hold or charge, or else the beginning of the team: the longest ago first. */
  | 'LAST_ACTIVITY_ASC'
  /** The same, the latest first. */
  | 'LAST_ACTIVITY_DESC'
  /** Names in small letters, by their code points. */
  | 'NAME_ASC'
  /** The same, from its end. */
  | 'NAME_DESC';

export type TeamsQueryVariables = Exact<{
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
  filter?: TeamFilter | null | undefined;
  orderBy?: TeamOrder | null | undefined;
}>;


export type TeamsQuery = { readonly teams: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly seats: number, readonly lastActivityAt: string, readonly plan: { readonly name: string } | null, readonly balance: { readonly available: string, readonly held: string, readonly owed: string, readonly state: BalanceState, readonly asOf: string }, readonly autoRecharge: { readonly state: AutoRechargeState, readonly lastFailure: string | null } }>, readonly unreadable: ReadonlyArray<{ readonly teamId: string, readonly message: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } | null };

export type PlansQueryVariables = Exact<{ [key: string]: never; }>;


export type PlansQuery = { readonly plans: ReadonlyArray<{ readonly code: string, readonly name: string, readonly topUp: boolean, readonly addOn: { readonly credits: string, readonly price: { readonly amount: string, readonly currency: string } } | null }> };

export type TeamQueryVariables = Exact<{
  id: string;
}>;


export type TeamQuery = { readonly team: { readonly id: string, readonly name: string, readonly currency: string, readonly currencies: ReadonlyArray<string>, readonly seats: number, readonly addOnUnits: number, readonly lowBalanceThreshold: string, readonly plan: { readonly code: string, readonly name: string, readonly topUp: boolean, readonly addOn: { readonly credits: string, readonly price: { readonly amount: string, readonly currency: string } } | null, readonly allowances: ReadonlyArray<{ readonly credits: string, readonly every: Cadence, readonly perSeat: boolean }> } | null, readonly balance: { readonly available: string, readonly held: string, readonly included: string, readonly additional: string, readonly owed: string, readonly state: BalanceState, readonly asOf: string, readonly runwaySeconds: number | null, readonly locked: string, readonly period: { readonly allowance: string, readonly used: string, readonly remaining: string, readonly resetsAt: string } | null, readonly nextExpiry: { readonly amount: string, readonly at: string } | null, readonly nextUnlock: { readonly amount: string, readonly at: string } | null }, readonly forecast: { readonly perDay: string, readonly runsOutAt: string | null }, readonly grants: ReadonlyArray<{ readonly id: string, readonly kind: GrantKind, readonly granted: string, readonly available: string, readonly held: string, readonly spent: string, readonly startsAt: string, readonly expiresAt: string | null, readonly source: string, readonly frozen: boolean }>, readonly creditLine: { readonly credits: string, readonly left: string, readonly owed: string, readonly billedAt: string | null, readonly perCredit: { readonly amount: string, readonly currency: string } } | null, readonly holds: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly expiresAt: string, readonly reference: string | null }> } | null, readonly contracts: ReadonlyArray<{ readonly reference: string, readonly credits: string, readonly every: Cadence | null, readonly startsAt: string, readonly endsAt: string | null, readonly nextGrantAt: string | null, readonly rollover: RolloverRule, readonly rolloverUpTo: string | null, readonly state: ContractState }>, readonly spendingLimits: ReadonlyArray<{ readonly callerId: string | null, readonly credits: string, readonly per: LimitPeriod, readonly used: string, readonly remaining: string, readonly resetsAt: string, readonly member: { readonly memberId: string, readonly name: string | null } | null, readonly group: { readonly groupId: string, readonly name: string } | null }> | null, readonly meteredBills: ReadonlyArray<{ readonly month: string, readonly state: MeteredBillState, readonly carriedTo: string | null, readonly overdueAt: string | null, readonly invoiceUrl: string | null, readonly total: { readonly amount: string, readonly currency: string }, readonly carried: { readonly amount: string, readonly currency: string } }> | null, readonly autoRecharge: { readonly state: AutoRechargeState, readonly enabled: boolean, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly rechargesToday: number, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly name: string, readonly credits: string } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string } }, readonly apiKeys: ReadonlyArray<{ readonly id: string, readonly name: string, readonly prefix: string, readonly scopes: ReadonlyArray<Scope>, readonly createdAt: string, readonly lastUsedAt: string | null, readonly expiresAt: string | null, readonly revokedAt: string | null }> | null } | null };

export type ActivityQueryVariables = Exact<{
  team: string;
  after?: string | null | undefined;
  filter?: ActivityFilter | null | undefined;
}>;


export type ActivityQuery = { readonly team: { readonly activity: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly type: ActivityType, readonly at: string, readonly amount: string, readonly balanceAfter: string, readonly revision: number, readonly grantKind: GrantKind | null, readonly reference: string | null, readonly reason: string | null, readonly member: { readonly memberId: string, readonly name: string | null } | null, readonly lines: ReadonlyArray<{ readonly name: string, readonly quantity: string, readonly count: number, readonly credits: string, readonly money: { readonly amount: string, readonly currency: string } | null }>, readonly subject:
          | { readonly __typename: 'Activity', readonly id: string }
          | { readonly __typename: 'ApiKey', readonly id: string }
          | { readonly __typename: 'AuditEntry', readonly id: string }
          | { readonly __typename: 'Charge', readonly id: string }
          | { readonly __typename: 'CreditGrant', readonly id: string }
          | { readonly __typename: 'Hold', readonly id: string }
          | { readonly __typename: 'Member', readonly id: string }
          | { readonly __typename: 'Purchase', readonly id: string }
          | { readonly __typename: 'Refund', readonly id: string }
          | { readonly __typename: 'Team', readonly id: string }
          | { readonly __typename: 'WebhookDelivery', readonly id: string }
          | { readonly __typename: 'WebhookEndpoint', readonly id: string }
         | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export type SubjectQueryVariables = Exact<{
  id: string;
}>;


export type SubjectQuery = { readonly node:
    | { readonly __typename: 'Activity' }
    | { readonly __typename: 'ApiKey' }
    | { readonly __typename: 'AuditEntry' }
    | { readonly __typename: 'Charge', readonly id: string, readonly amount: string, readonly reference: string | null, readonly rateCardVersion: string, readonly burn: ReadonlyArray<{ readonly kind: GrantKind, readonly amount: string, readonly expiresAt: string | null }> }
    | { readonly __typename: 'CreditGrant', readonly id: string, readonly kind: GrantKind, readonly granted: string, readonly available: string, readonly held: string, readonly spent: string, readonly expiresAt: string | null, readonly source: string, readonly frozen: boolean }
    | { readonly __typename: 'Hold', readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly holdState: HoldState, readonly deadline: string }
    | { readonly __typename: 'Member' }
    | { readonly __typename: 'Purchase', readonly id: string, readonly cause: PurchaseCause, readonly paymentReference: string | null, readonly purchaseState: PurchaseState, readonly price: { readonly amount: string, readonly currency: string } }
    | { readonly __typename: 'Refund', readonly id: string, readonly amount: string, readonly charge: { readonly id: string, readonly amount: string, readonly reference: string | null } }
    | { readonly __typename: 'Team' }
    | { readonly __typename: 'WebhookDelivery' }
    | { readonly __typename: 'WebhookEndpoint' }
   | null };

export type PurchasesQueryVariables = Exact<{
  team: string;
  after?: string | null | undefined;
}>;


export type PurchasesQuery = { readonly team: { readonly purchases: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: PurchaseState, readonly cause: PurchaseCause, readonly createdAt: string, readonly failure: string | null, readonly isUnderWay: boolean, readonly invoiceUrl: string | null, readonly paymentReference: string | null, readonly credits: string, readonly grant: { readonly frozen: boolean } | null, readonly member: { readonly memberId: string, readonly name: string | null } | null, readonly package: { readonly name: string } | null, readonly net: { readonly amount: string, readonly currency: string }, readonly discount: { readonly amount: string, readonly currency: string } | null, readonly tax: { readonly amount: string, readonly currency: string } | null, readonly total: { readonly amount: string, readonly currency: string }, readonly refunded: { readonly amount: string, readonly currency: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export type AuditQueryVariables = Exact<{
  team?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type AuditQuery = { readonly auditLog: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly at: string, readonly callerId: string, readonly role: Role, readonly credential: string, readonly mutation: string, readonly reference: string | null, readonly address: string | null, readonly traceId: string | null, readonly teamId: string | null, readonly before: string | null, readonly after: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type CatalogsQueryVariables = Exact<{ [key: string]: never; }>;


export type CatalogsQuery = { readonly catalogs: ReadonlyArray<{ readonly version: string, readonly effectiveFrom: string, readonly origin: CatalogOrigin, readonly publishedAt: string, readonly publishedBy: string | null, readonly changes: ReadonlyArray<string> }> | null, readonly rateCard: { readonly version: string, readonly effectiveFrom: string } };

export type RefundPreviewQueryVariables = Exact<{
  purchaseId: string;
  amount?: string | null | undefined;
}>;


export type RefundPreviewQuery = { readonly refundPreview: { readonly credits: string, readonly owed: string, readonly amount: { readonly amount: string, readonly currency: string }, readonly refundable: { readonly amount: string, readonly currency: string } } | null };

type Failed_AddOnNotAvailable_Fragment = { readonly code: string, readonly message: string };

type Failed_AmountNotSold_Fragment = { readonly code: string, readonly message: string };

type Failed_HoldClosed_Fragment = { readonly code: string, readonly message: string };

type Failed_IdempotencyConflict_Fragment = { readonly code: string, readonly message: string };

type Failed_InsufficientCredits_Fragment = { readonly code: string, readonly message: string };

type Failed_InternalServerError_Fragment = { readonly code: string, readonly message: string };

type Failed_InvalidAmount_Fragment = { readonly code: string, readonly message: string };

type Failed_InvalidCatalog_Fragment = { readonly code: string, readonly message: string };

type Failed_InvalidInput_Fragment = { readonly code: string, readonly message: string };

type Failed_InvalidPublication_Fragment = { readonly code: string, readonly message: string };

type Failed_InvalidUsage_Fragment = { readonly code: string, readonly message: string };

type Failed_NoPaymentMethod_Fragment = { readonly code: string, readonly message: string };

type Failed_NotAllowed_Fragment = { readonly code: string, readonly message: string };

type Failed_NotFound_Fragment = { readonly code: string, readonly message: string };

type Failed_PaymentActionRequired_Fragment = { readonly code: string, readonly message: string };

type Failed_PaymentDeclined_Fragment = { readonly code: string, readonly message: string };

type Failed_PaymentUnavailable_Fragment = { readonly code: string, readonly message: string };

type Failed_PurchaseNotAllowed_Fragment = { readonly code: string, readonly message: string };

type Failed_QuoteExpired_Fragment = { readonly code: string, readonly message: string };

type Failed_RefundExceedsCharge_Fragment = { readonly code: string, readonly message: string };

type Failed_RefundExceedsPurchase_Fragment = { readonly code: string, readonly message: string };

type Failed_RequirementNotMet_Fragment = { readonly code: string, readonly message: string };

type Failed_SpendingLimitReached_Fragment = { readonly code: string, readonly message: string };

type Failed_UnknownPackage_Fragment = { readonly code: string, readonly message: string };

type Failed_UnknownPlan_Fragment = { readonly code: string, readonly message: string };

type Failed_UnknownRate_Fragment = { readonly code: string, readonly message: string };

export type FailedFragment =
  | Failed_AddOnNotAvailable_Fragment
  | Failed_AmountNotSold_Fragment
  | Failed_HoldClosed_Fragment
  | Failed_IdempotencyConflict_Fragment
  | Failed_InsufficientCredits_Fragment
  | Failed_InternalServerError_Fragment
  | Failed_InvalidAmount_Fragment
  | Failed_InvalidCatalog_Fragment
  | Failed_InvalidInput_Fragment
  | Failed_InvalidPublication_Fragment
  | Failed_InvalidUsage_Fragment
  | Failed_NoPaymentMethod_Fragment
  | Failed_NotAllowed_Fragment
  | Failed_NotFound_Fragment
  | Failed_PaymentActionRequired_Fragment
  | Failed_PaymentDeclined_Fragment
  | Failed_PaymentUnavailable_Fragment
  | Failed_PurchaseNotAllowed_Fragment
  | Failed_QuoteExpired_Fragment
  | Failed_RefundExceedsCharge_Fragment
  | Failed_RefundExceedsPurchase_Fragment
  | Failed_RequirementNotMet_Fragment
  | Failed_SpendingLimitReached_Fragment
  | Failed_UnknownPackage_Fragment
  | Failed_UnknownPlan_Fragment
  | Failed_UnknownRate_Fragment
;

export type GrantCreditsMutationVariables = Exact<{
  input: GrantCreditsInput;
}>;


export type GrantCreditsMutation = { readonly grantCredits:
    | { readonly __typename: 'CreditGrant', readonly granted: string, readonly expiresAt: string | null }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidAmount', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type RefundChargeMutationVariables = Exact<{
  input: RefundChargeInput;
}>;


export type RefundChargeMutation = { readonly refundCharge:
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Refund', readonly amount: string, readonly balance: { readonly available: string } }
    | { readonly __typename: 'RefundExceedsCharge', readonly refundable: string, readonly code: string, readonly message: string }
   };

export type RefundPurchaseMutationVariables = Exact<{
  input: RefundPurchaseInput;
}>;


export type RefundPurchaseMutation = { readonly refundPurchase:
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentUnavailable', readonly retryAfterSeconds: number, readonly code: string, readonly message: string }
    | { readonly __typename: 'Purchase', readonly id: string, readonly refunded: { readonly amount: string, readonly currency: string } }
    | { readonly __typename: 'RefundExceedsPurchase', readonly code: string, readonly message: string, readonly refundable: { readonly amount: string, readonly currency: string } }
   };

export type ReleaseHoldMutationVariables = Exact<{
  input: ReleaseHoldInput;
}>;


export type ReleaseHoldMutation = { readonly releaseHold:
    | { readonly __typename: 'Hold', readonly amount: string }
    | { readonly __typename: 'HoldClosed', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type AssignPlanMutationVariables = Exact<{
  input: AssignPlanInput;
}>;


export type AssignPlanMutation = { readonly assignPlan:
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly id: string, readonly name: string, readonly seats: number, readonly plan: { readonly name: string } | null }
    | { readonly __typename: 'UnknownPlan', readonly code: string, readonly message: string }
   };

export type SetAddOnUnitsMutationVariables = Exact<{
  team: string;
  units: number;
  key: string;
}>;


export type SetAddOnUnitsMutation = { readonly setAddOnUnits:
    | { readonly __typename: 'AddOnNotAvailable', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NoPaymentMethod', readonly setupUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentActionRequired', readonly actionUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentDeclined', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentUnavailable', readonly retryAfterSeconds: number, readonly code: string, readonly message: string }
    | { readonly __typename: 'PurchaseNotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly addOnUnits: number }
   };

export type CreateContractMutationVariables = Exact<{
  input: CreateContractInput;
}>;


export type CreateContractMutation = { readonly createContract:
    | { readonly __typename: 'Contract', readonly reference: string, readonly state: ContractState, readonly nextGrantAt: string | null }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidAmount', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type EndContractMutationVariables = Exact<{
  input: EndContractInput;
}>;


export type EndContractMutation = { readonly endContract:
    | { readonly __typename: 'Contract', readonly reference: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type SetSpendingLimitMutationVariables = Exact<{
  input: SpendingLimitInput;
}>;


export type SetSpendingLimitMutation = { readonly setSpendingLimit:
    | { readonly __typename: 'InvalidAmount', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team' }
   };

export type SetLowBalanceThresholdMutationVariables = Exact<{
  input: LowBalanceThresholdInput;
}>;


export type SetLowBalanceThresholdMutation = { readonly setLowBalanceThreshold:
    | { readonly __typename: 'InvalidAmount', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'Team', readonly lowBalanceThreshold: string }
   };

export type TurnOffRechargeMutationVariables = Exact<{
  team: string;
}>;


export type TurnOffRechargeMutation = { readonly configureAutoRecharge:
    | { readonly __typename: 'AutoRecharge' }
    | { readonly __typename: 'InvalidAmount', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NoPaymentMethod', readonly setupUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PurchaseNotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownPackage', readonly code: string, readonly message: string }
   };

export type RevokeApiKeyMutationVariables = Exact<{
  id: string;
}>;


export type RevokeApiKeyMutation = { readonly revokeApiKey:
    | { readonly __typename: 'ApiKey', readonly prefix: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type RevokeTokensMutationVariables = Exact<{
  input: RevokeTokensInput;
}>;


export type RevokeTokensMutation = { readonly revokeTokens:
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RevokedTokens', readonly issuedBefore: string }
   };

export type PublishCatalogMutationVariables = Exact<{
  input: PublishCatalogInput;
}>;


export type PublishCatalogMutation = { readonly publishCatalog:
    | { readonly __typename: 'InvalidCatalog', readonly code: string, readonly message: string, readonly faults: ReadonlyArray<{ readonly line: number, readonly column: number, readonly path: string, readonly problem: string, readonly expected: string }> }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidPublication', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PublishedCatalog', readonly version: string, readonly effectiveFrom: string, readonly changes: ReadonlyArray<string> }
   };

export const FailedFragmentDoc = new TypedDocumentString(`
    fragment Failed on Error {
  code
  message
}
    `, {"fragmentName":"Failed"}) as unknown as TypedDocumentString<FailedFragment, unknown>;
export const TeamsDocument = new TypedDocumentString(`
    query Teams($first: Int, $last: Int, $after: String, $before: String, $filter: TeamFilter, $orderBy: TeamOrder) {
  teams(
    first: $first
    last: $last
    after: $after
    before: $before
    filter: $filter
    orderBy: $orderBy
  ) {
    nodes {
      id
      name
      seats
      lastActivityAt
      plan {
        name
      }
      balance {
        available
        held
        owed
        state
        asOf
      }
      autoRecharge {
        state
        lastFailure
      }
    }
    unreadable {
      teamId
      message
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<TeamsQuery, TeamsQueryVariables>;
export const PlansDocument = new TypedDocumentString(`
    query Plans {
  plans {
    code
    name
    topUp
    addOn {
      credits
      price {
        amount
        currency
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PlansQuery, PlansQueryVariables>;
export const TeamDocument = new TypedDocumentString(`
    query Team($id: ID!) {
  team(id: $id) {
    id
    name
    currency
    currencies
    seats
    addOnUnits
    lowBalanceThreshold
    plan {
      code
      name
      topUp
      addOn {
        credits
        price {
          amount
          currency
        }
      }
      allowances {
        credits
        every
        perSeat
      }
    }
    balance {
      available
      held
      included
      additional
      owed
      state
      asOf
      runwaySeconds
      period {
        allowance
        used
        remaining
        resetsAt
      }
      nextExpiry {
        amount
        at
      }
      locked
      nextUnlock {
        amount
        at
      }
    }
    forecast {
      perDay
      runsOutAt
    }
    grants {
      id
      kind
      granted
      available
      held
      spent
      startsAt
      expiresAt
      source
      frozen
    }
    creditLine {
      credits
      left
      owed
      billedAt
      perCredit {
        amount
        currency
      }
    }
    holds(first: 50) {
      nodes {
        id
        amount
        captured
        remaining
        expiresAt
        reference
      }
    }
    contracts {
      reference
      credits
      every
      startsAt
      endsAt
      nextGrantAt
      rollover
      rolloverUpTo
      state
    }
    spendingLimits {
      member {
        memberId
        name
      }
      callerId
      group {
        groupId
        name
      }
      credits
      per
      used
      remaining
      resetsAt
    }
    meteredBills {
      month
      state
      total {
        amount
        currency
      }
      carried {
        amount
        currency
      }
      carriedTo
      overdueAt
      invoiceUrl
    }
    autoRecharge {
      state
      enabled
      threshold
      targetBalance
      maxPerDay
      rechargesToday
      lastFailure
      actionUrl
      package {
        name
        credits
      }
      monthlyCap {
        amount
        currency
      }
      spentThisMonth {
        amount
        currency
      }
    }
    apiKeys {
      id
      name
      prefix
      scopes
      createdAt
      lastUsedAt
      expiresAt
      revokedAt
    }
  }
}
    `) as unknown as TypedDocumentString<TeamQuery, TeamQueryVariables>;
export const ActivityDocument = new TypedDocumentString(`
    query Activity($team: ID!, $after: String, $filter: ActivityFilter) {
  team(id: $team) {
    activity(first: 30, after: $after, filter: $filter) {
      nodes {
        id
        type
        at
        amount
        balanceAfter
        revision
        grantKind
        reference
        reason
        member {
          memberId
          name
        }
        lines {
          name
          quantity
          count
          credits
          money {
            amount
            currency
          }
        }
        subject {
          __typename
          id
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ActivityQuery, ActivityQueryVariables>;
export const SubjectDocument = new TypedDocumentString(`
    query Subject($id: ID!) {
  node(id: $id) {
    __typename
    ... on Charge {
      id
      amount
      reference
      rateCardVersion
      burn {
        kind
        amount
        expiresAt
      }
    }
    ... on Hold {
      id
      holdState: state
      amount
      captured
      remaining
      deadline: expiresAt
    }
    ... on Refund {
      id
      amount
      charge {
        id
        amount
        reference
      }
    }
    ... on Purchase {
      id
      purchaseState: state
      cause
      paymentReference
      price {
        amount
        currency
      }
    }
    ... on CreditGrant {
      id
      kind
      granted
      available
      held
      spent
      expiresAt
      source
      frozen
    }
  }
}
    `) as unknown as TypedDocumentString<SubjectQuery, SubjectQueryVariables>;
export const PurchasesDocument = new TypedDocumentString(`
    query Purchases($team: ID!, $after: String) {
  team(id: $team) {
    purchases(first: 20, after: $after) {
      nodes {
        id
        state
        cause
        createdAt
        failure
        isUnderWay
        grant {
          frozen
        }
        invoiceUrl
        paymentReference
        member {
          memberId
          name
        }
        package {
          name
        }
        credits
        net {
          amount
          currency
        }
        discount {
          amount
          currency
        }
        tax {
          amount
          currency
        }
        total {
          amount
          currency
        }
        refunded {
          amount
          currency
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PurchasesQuery, PurchasesQueryVariables>;
export const AuditDocument = new TypedDocumentString(`
    query Audit($team: ID, $after: String) {
  auditLog(first: 30, after: $after, teamId: $team) {
    nodes {
      id
      at
      callerId
      role
      credential
      mutation
      reference
      address
      traceId
      teamId
      before
      after
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AuditQuery, AuditQueryVariables>;
export const CatalogsDocument = new TypedDocumentString(`
    query Catalogs {
  catalogs {
    version
    effectiveFrom
    origin
    publishedAt
    publishedBy
    changes
  }
  rateCard {
    version
    effectiveFrom
  }
}
    `) as unknown as TypedDocumentString<CatalogsQuery, CatalogsQueryVariables>;
export const RefundPreviewDocument = new TypedDocumentString(`
    query RefundPreview($purchaseId: ID!, $amount: Decimal) {
  refundPreview(purchaseId: $purchaseId, amount: $amount) {
    amount {
      amount
      currency
    }
    refundable {
      amount
      currency
    }
    credits
    owed
  }
}
    `) as unknown as TypedDocumentString<RefundPreviewQuery, RefundPreviewQueryVariables>;
export const GrantCreditsDocument = new TypedDocumentString(`
    mutation GrantCredits($input: GrantCreditsInput!) {
  grantCredits(input: $input) {
    __typename
    ...Failed
    ... on CreditGrant {
      granted
      expiresAt
    }
    ... on InvalidAmount {
      path
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<GrantCreditsMutation, GrantCreditsMutationVariables>;
export const RefundChargeDocument = new TypedDocumentString(`
    mutation RefundCharge($input: RefundChargeInput!) {
  refundCharge(input: $input) {
    __typename
    ...Failed
    ... on Refund {
      amount
      balance {
        available
      }
    }
    ... on RefundExceedsCharge {
      refundable
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<RefundChargeMutation, RefundChargeMutationVariables>;
export const RefundPurchaseDocument = new TypedDocumentString(`
    mutation RefundPurchase($input: RefundPurchaseInput!) {
  refundPurchase(input: $input) {
    __typename
    ...Failed
    ... on Purchase {
      id
      refunded {
        amount
        currency
      }
    }
    ... on RefundExceedsPurchase {
      refundable {
        amount
        currency
      }
    }
    ... on PaymentUnavailable {
      retryAfterSeconds
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<RefundPurchaseMutation, RefundPurchaseMutationVariables>;
export const ReleaseHoldDocument = new TypedDocumentString(`
    mutation ReleaseHold($input: ReleaseHoldInput!) {
  releaseHold(input: $input) {
    __typename
    ...Failed
    ... on Hold {
      amount
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<ReleaseHoldMutation, ReleaseHoldMutationVariables>;
export const AssignPlanDocument = new TypedDocumentString(`
    mutation AssignPlan($input: AssignPlanInput!) {
  assignPlan(input: $input) {
    __typename
    ...Failed
    ... on Team {
      id
      name
      seats
      plan {
        name
      }
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<AssignPlanMutation, AssignPlanMutationVariables>;
export const SetAddOnUnitsDocument = new TypedDocumentString(`
    mutation SetAddOnUnits($team: ID!, $units: Int!, $key: String!) {
  setAddOnUnits(teamId: $team, units: $units, idempotencyKey: $key) {
    __typename
    ...Failed
    ... on Team {
      addOnUnits
    }
    ... on NoPaymentMethod {
      setupUrl
    }
    ... on PaymentActionRequired {
      actionUrl
    }
    ... on PaymentUnavailable {
      retryAfterSeconds
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetAddOnUnitsMutation, SetAddOnUnitsMutationVariables>;
export const CreateContractDocument = new TypedDocumentString(`
    mutation CreateContract($input: CreateContractInput!) {
  createContract(input: $input) {
    __typename
    ...Failed
    ... on Contract {
      reference
      state
      nextGrantAt
    }
    ... on InvalidAmount {
      path
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<CreateContractMutation, CreateContractMutationVariables>;
export const EndContractDocument = new TypedDocumentString(`
    mutation EndContract($input: EndContractInput!) {
  endContract(input: $input) {
    __typename
    ...Failed
    ... on Contract {
      reference
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<EndContractMutation, EndContractMutationVariables>;
export const SetSpendingLimitDocument = new TypedDocumentString(`
    mutation SetSpendingLimit($input: SpendingLimitInput!) {
  setSpendingLimit(input: $input) {
    __typename
    ...Failed
    ... on InvalidAmount {
      path
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetSpendingLimitMutation, SetSpendingLimitMutationVariables>;
export const SetLowBalanceThresholdDocument = new TypedDocumentString(`
    mutation SetLowBalanceThreshold($input: LowBalanceThresholdInput!) {
  setLowBalanceThreshold(input: $input) {
    __typename
    ...Failed
    ... on Team {
      lowBalanceThreshold
    }
    ... on InvalidAmount {
      path
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<SetLowBalanceThresholdMutation, SetLowBalanceThresholdMutationVariables>;
export const TurnOffRechargeDocument = new TypedDocumentString(`
    mutation TurnOffRecharge($team: ID!) {
  configureAutoRecharge(input: { teamId: $team, enabled: false }) {
    __typename
    ...Failed
    ... on NoPaymentMethod {
      setupUrl
    }
    ... on InvalidAmount {
      path
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<TurnOffRechargeMutation, TurnOffRechargeMutationVariables>;
export const RevokeApiKeyDocument = new TypedDocumentString(`
    mutation RevokeApiKey($id: ID!) {
  revokeApiKey(id: $id) {
    __typename
    ...Failed
    ... on ApiKey {
      prefix
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const RevokeTokensDocument = new TypedDocumentString(`
    mutation RevokeTokens($input: RevokeTokensInput!) {
  revokeTokens(input: $input) {
    __typename
    ...Failed
    ... on RevokedTokens {
      issuedBefore
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<RevokeTokensMutation, RevokeTokensMutationVariables>;
export const PublishCatalogDocument = new TypedDocumentString(`
    mutation PublishCatalog($input: PublishCatalogInput!) {
  publishCatalog(input: $input) {
    __typename
    ...Failed
    ... on PublishedCatalog {
      version
      effectiveFrom
      changes
    }
    ... on InvalidCatalog {
      faults {
        line
        column
        path
        problem
        expected
      }
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment Failed on Error {
  code
  message
}`) as unknown as TypedDocumentString<PublishCatalogMutation, PublishCatalogMutationVariables>;
