// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The kinds of events of a team. */
export type AccountEventType =
  /** The balance fell below an alert level, which is the `amount`. */
  | 'BALANCE_BELOW_LEVEL'
  /** Nothing is available any more. */
  | 'BALANCE_EXHAUSTED'
  /** The balance fell below the threshold. */
  | 'BALANCE_LOW'
  /** The balance is at the threshold or above it again. */
  | 'BALANCE_RECOVERED'
  /** Credits were deposited. */
  | 'CREDITS_ADDED'
  /** Credits were spent. */
  | 'CREDITS_CHARGED'
  /** Credits whose payment was taken back were taken back. */
  | 'CREDITS_CLAWED_BACK'
  /** Credits ended unspent. */
  | 'CREDITS_EXPIRED'
  /** Credits were reserved. */
  | 'CREDITS_HELD'
  /** Credits of a charge were given back. */
  | 'CREDITS_REFUNDED'
  /** Reserved credits were set free. */
  | 'CREDITS_RELEASED'
  /** The invoice of a bill for METERED usage was sent. */
  | 'METERED_BILL_OPENED'
  /** Such a bill is overdue: METERED rates are refused until it is paid. */
  | 'METERED_BILL_OVERDUE'
  /** An attempt to collect such a bill failed. */
  | 'METERED_BILL_PAYMENT_FAILED'
  /** A purchase was paid a second time: this payment is given back, and the credits stay. */
  | 'PAYMENT_DUPLICATE_REFUNDED'
  /** The bank takes days to pay for a purchase or a recharge; its credits arrive then. Once for a payment. */
  | 'PAYMENT_UNDER_WAY'
  /** The plan, its seats or its units changed, or a trial ended. */
  | 'PLAN_CHANGED'
  /** The customer must confirm a payment of auto-recharge. */
  | 'RECHARGE_ACTION_REQUIRED'
  /** Auto-recharge has reached its monthly cap or its limit of the day. */
  | 'RECHARGE_CAPPED'
  /** A payment of auto-recharge failed. */
  | 'RECHARGE_FAILED'
  /** Auto-recharge bought. */
  | 'RECHARGE_SUCCEEDED'
  /** A webhook endpoint of the team failed for three days and receives nothing any more. */
  | 'WEBHOOK_DISABLED'
  /** Sent by `sendTestEvent` alone: nothing happened. */
  | 'WEBHOOK_TEST';

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

/** The kinds of reasons to refuse usage now. */
export type BlockerCode =
  /** Fewer credits are available than the usage can cost. */
  | 'INSUFFICIENT_CREDITS'
  /** The usage is METERED, and a bill for such usage is overdue. Credits can still be spent. */
  | 'METERED_BILL_OVERDUE'
  /** The plan does not include the rate. */
  | 'PLAN_REQUIRED'
  /** The role does not suffice. */
  | 'ROLE_REQUIRED'
  /** Another system serves the team, as `Team.servedBy` says. */
  | 'SERVED_ELSEWHERE'
  /** The usage would exceed a limit of the member or of the caller. */
  | 'SPENDING_LIMIT'
  /** The plan sells no packages, and the rate needs one that does. */
  | 'TOP_UPS_REQUIRED';

/** As much of the last usage line as the balance pays, between the two; the quantity is in `Hold.fitted`, rounded down: whole for TOKEN, CHARACTER, USE and IMAGE, to 6 digits else. */
export type FitInput = {
  /** The least that is of use, above 0 and at most `atMost`. Where not even this can be held, the answer is the refusal of a hold for it. */
  readonly atLeast: string;
  /** The most that is of use, at most 10^12. The spending limits of the caller and the member bound the quantity, too, and so does the most that one request may use of the rate. */
  readonly atMost: string;
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

/** AUTO: the saved method where there is one, else Checkout. */
export type PayWith =
  /** The saved method where there is one, else Checkout. */
  | 'AUTO'
  /** A page of Stripe. */
  | 'CHECKOUT'
  /** The saved method, or PaymentDeclined where there is none. */
  | 'SAVED_METHOD';

/** The input of the mutation of that name. */
export type PurchaseCreditsInput = {
  /** The page that Checkout leads to without a payment, under the same rule. */
  readonly cancelUrl?: string | null | undefined;
  /** An amount of one's own, as `Query.customTopUp` sells it; absent with `packageId`. */
  readonly credits?: string | null | undefined;
  /** The currency of the price. Absent: the team's, else the main one. The first purchase chooses the team's currency. */
  readonly currency?: string | null | undefined;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The code of a package of `Query.packages`, or its `id`; absent with `credits`. */
  readonly packageId?: string | null | undefined;
  /** The way of payment. */
  readonly pay?: PayWith | null | undefined;
  /** The page that Checkout leads to after the payment: a page of the gateway, or of an origin in ALLOWED_ORIGINS. */
  readonly successUrl?: string | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
};

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

/** A property of a line of usage in words of your own: `key: "project", value: "apollo"`. */
export type TagInput = {
  /** 1 to 32 small letters, digits, dots, hyphens and underscores, a letter first. */
  readonly key: string;
  /** 1 to 64 characters, none of them a control character. */
  readonly value: string;
};

/** `rate: "image.flux-2-pro", count: 4` · `rate: "video.kling-3-0", quantity: "10"` · `rate: "chat.input", quantity: "850"`. `quantity` is in the rate's unit, for each of `count` assets. */
export type UsageInput = {
  /** The number of assets of that quantity: 1 to 1,000. */
  readonly count?: number | null | undefined;
  /** The quantity in the rate's unit: above 0, at most 1,000,000,000,000, with at most 6 fraction digits. */
  readonly quantity?: string | null | undefined;
  /** The code of a rate, or its `id`: `image.flux-2-pro`. */
  readonly rate: string;
  /** Up to 3 tags, each key once, by which `Team.usage` can group. A line without tags that settles or captures a hold has the tags of the line of the hold that covers its rate. */
  readonly tags?: ReadonlyArray<TagInput> | null | undefined;
};

export type BalanceFragment = { readonly available: string, readonly held: string, readonly owed: string, readonly included: string, readonly additional: string, readonly label: string, readonly state: BalanceState, readonly lowThreshold: string, readonly runwaySeconds: number | null, readonly revision: number, readonly asOf: string, readonly nextExpiry: { readonly amount: string, readonly at: string } | null, readonly period: { readonly allowance: string, readonly used: string, readonly remaining: string, readonly startsAt: string, readonly resetsAt: string } | null };

export type CreditPackageFragment = { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string } };

type Failure_AddOnNotAvailable_Fragment = { readonly code: string, readonly message: string };

type Failure_AmountNotSold_Fragment = { readonly code: string, readonly message: string };

type Failure_HoldClosed_Fragment = { readonly code: string, readonly message: string };

type Failure_IdempotencyConflict_Fragment = { readonly code: string, readonly message: string };

type Failure_InsufficientCredits_Fragment = { readonly code: string, readonly message: string };

type Failure_InternalServerError_Fragment = { readonly code: string, readonly message: string };

type Failure_InvalidAmount_Fragment = { readonly code: string, readonly message: string };

type Failure_InvalidCatalog_Fragment = { readonly code: string, readonly message: string };

type Failure_InvalidInput_Fragment = { readonly code: string, readonly message: string };

type Failure_InvalidPublication_Fragment = { readonly code: string, readonly message: string };

type Failure_InvalidUsage_Fragment = { readonly code: string, readonly message: string };

type Failure_NoPaymentMethod_Fragment = { readonly code: string, readonly message: string };

type Failure_NotAllowed_Fragment = { readonly code: string, readonly message: string };

type Failure_NotFound_Fragment = { readonly code: string, readonly message: string };

type Failure_PaymentActionRequired_Fragment = { readonly code: string, readonly message: string };

type Failure_PaymentDeclined_Fragment = { readonly code: string, readonly message: string };

type Failure_PaymentUnavailable_Fragment = { readonly code: string, readonly message: string };

type Failure_PurchaseNotAllowed_Fragment = { readonly code: string, readonly message: string };

type Failure_QuoteExpired_Fragment = { readonly code: string, readonly message: string };

type Failure_RefundExceedsCharge_Fragment = { readonly code: string, readonly message: string };

type Failure_RefundExceedsPurchase_Fragment = { readonly code: string, readonly message: string };

type Failure_RequirementNotMet_Fragment = { readonly code: string, readonly message: string };

type Failure_SpendingLimitReached_Fragment = { readonly code: string, readonly message: string };

type Failure_UnknownPackage_Fragment = { readonly code: string, readonly message: string };

type Failure_UnknownPlan_Fragment = { readonly code: string, readonly message: string };

type Failure_UnknownRate_Fragment = { readonly code: string, readonly message: string };

export type FailureFragment =
  | Failure_AddOnNotAvailable_Fragment
  | Failure_AmountNotSold_Fragment
  | Failure_HoldClosed_Fragment
  | Failure_IdempotencyConflict_Fragment
  | Failure_InsufficientCredits_Fragment
  | Failure_InternalServerError_Fragment
  | Failure_InvalidAmount_Fragment
  | Failure_InvalidCatalog_Fragment
  | Failure_InvalidInput_Fragment
  | Failure_InvalidPublication_Fragment
  | Failure_InvalidUsage_Fragment
  | Failure_NoPaymentMethod_Fragment
  | Failure_NotAllowed_Fragment
  | Failure_NotFound_Fragment
  | Failure_PaymentActionRequired_Fragment
  | Failure_PaymentDeclined_Fragment
  | Failure_PaymentUnavailable_Fragment
  | Failure_PurchaseNotAllowed_Fragment
  | Failure_QuoteExpired_Fragment
  | Failure_RefundExceedsCharge_Fragment
  | Failure_RefundExceedsPurchase_Fragment
  | Failure_RequirementNotMet_Fragment
  | Failure_SpendingLimitReached_Fragment
  | Failure_UnknownPackage_Fragment
  | Failure_UnknownPlan_Fragment
  | Failure_UnknownRate_Fragment
;

export type WatchBalanceSubscriptionVariables = Exact<{
  teamId?: string | null | undefined;
  locale?: string | null | undefined;
}>;


export type WatchBalanceSubscription = { readonly balance: { readonly available: string, readonly held: string, readonly owed: string, readonly included: string, readonly additional: string, readonly label: string, readonly state: BalanceState, readonly lowThreshold: string, readonly runwaySeconds: number | null, readonly revision: number, readonly asOf: string, readonly nextExpiry: { readonly amount: string, readonly at: string } | null, readonly period: { readonly allowance: string, readonly used: string, readonly remaining: string, readonly startsAt: string, readonly resetsAt: string } | null } };

export type WatchAlertsSubscriptionVariables = Exact<{
  teamId?: string | null | undefined;
  locale?: string | null | undefined;
}>;


export type WatchAlertsSubscription = { readonly lowBalance: { readonly state: BalanceState, readonly message: string, readonly nextGrantAt: string | null, readonly canPurchase: boolean, readonly packages: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string } }>, readonly balance: { readonly available: string, readonly held: string, readonly owed: string, readonly included: string, readonly additional: string, readonly label: string, readonly state: BalanceState, readonly lowThreshold: string, readonly runwaySeconds: number | null, readonly revision: number, readonly asOf: string, readonly nextExpiry: { readonly amount: string, readonly at: string } | null, readonly period: { readonly allowance: string, readonly used: string, readonly remaining: string, readonly startsAt: string, readonly resetsAt: string } | null } } };

export type WatchEventsSubscriptionVariables = Exact<{
  teamId?: string | null | undefined;
  after?: string | null | undefined;
  locale?: string | null | undefined;
}>;


export type WatchEventsSubscription = { readonly accountEvents: { readonly id: string, readonly type: AccountEventType, readonly message: string, readonly amount: string | null, readonly at: string, readonly revision: number, readonly activity: { readonly id: string, readonly type: ActivityType, readonly reference: string | null, readonly reason: string | null, readonly grantKind: GrantKind | null, readonly member: { readonly id: string, readonly memberId: string, readonly name: string | null } | null } | null, readonly balance: { readonly available: string, readonly held: string, readonly owed: string, readonly included: string, readonly additional: string, readonly label: string, readonly state: BalanceState, readonly lowThreshold: string, readonly runwaySeconds: number | null, readonly revision: number, readonly asOf: string, readonly nextExpiry: { readonly amount: string, readonly at: string } | null, readonly period: { readonly allowance: string, readonly used: string, readonly remaining: string, readonly startsAt: string, readonly resetsAt: string } | null } } };

export type EstimateQueryVariables = Exact<{
  usage: ReadonlyArray<UsageInput> | UsageInput;
  fit?: FitInput | null | undefined;
  teamId?: string | null | undefined;
}>;


export type EstimateQuery = { readonly estimate:
    | { readonly __typename: 'Estimate', readonly fitted: string | null, readonly low: string, readonly high: string, readonly sufficient: boolean, readonly balanceAfter: string, readonly quoteId: string, readonly quoteExpiresAt: string, readonly blockers: ReadonlyArray<{ readonly code: BlockerCode, readonly message: string }> }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type PackagesQueryVariables = Exact<{ [key: string]: never; }>;


export type PackagesQuery = { readonly packages: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string } }> };

export type PurchasePreviewQueryVariables = Exact<{
  packageId?: string | null | undefined;
  credits?: string | null | undefined;
}>;


export type PurchasePreviewQuery = { readonly purchasePreview: { readonly credits: string, readonly currentBalance: string, readonly projectedBalance: string, readonly price: { readonly amount: string, readonly currency: string }, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string } } | null } | null };

export type PurchaseCreditsMutationVariables = Exact<{
  input: PurchaseCreditsInput;
}>;


export type PurchaseCreditsMutation = { readonly purchaseCredits:
    | { readonly __typename: 'AmountNotSold', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentActionRequired', readonly actionUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentDeclined', readonly declineCode: string | null, readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentUnavailable', readonly retryAfterSeconds: number, readonly code: string, readonly message: string }
    | { readonly __typename: 'Purchase', readonly id: string, readonly state: PurchaseState, readonly checkoutUrl: string | null, readonly confirmUrl: string | null }
    | { readonly __typename: 'PurchaseNotAllowed', readonly contact: string | null, readonly code: string, readonly message: string, readonly admins: ReadonlyArray<{ readonly id: string, readonly memberId: string, readonly name: string | null }> }
    | { readonly __typename: 'UnknownPackage', readonly code: string, readonly message: string }
   };

export type LastEventQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type LastEventQuery = { readonly team: { readonly lastEventId: string | null } | null };

export type ReadSpendableQueryVariables = Exact<{
  rate: string;
  teamId?: string | null | undefined;
}>;


export type ReadSpendableQuery = { readonly team: { readonly balance: { readonly spendable: string | null, readonly revision: number } } | null };

export type RateNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type RateNamesQuery = { readonly rateCard: { readonly categories: ReadonlyArray<{ readonly rates: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string }> }> } };

export type ReadRechargeQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type ReadRechargeQuery = { readonly team: { readonly autoRecharge: { readonly state: AutoRechargeState, readonly actionUrl: string | null, readonly lastFailure: string | null, readonly threshold: string | null } } | null };

export type FirstLookQueryVariables = Exact<{
  teamId?: string | null | undefined;
  locale?: string | null | undefined;
  writtenIn?: string | null | undefined;
}>;


export type FirstLookQuery = { readonly viewer: { readonly memberId: string, readonly role: Role, readonly team: { readonly id: string } | null }, readonly team: { readonly balance: { readonly available: string, readonly held: string, readonly owed: string, readonly included: string, readonly additional: string, readonly label: string, readonly state: BalanceState, readonly lowThreshold: string, readonly runwaySeconds: number | null, readonly revision: number, readonly asOf: string, readonly written: string, readonly nextExpiry: { readonly amount: string, readonly at: string } | null, readonly period: { readonly allowance: string, readonly used: string, readonly remaining: string, readonly startsAt: string, readonly resetsAt: string } | null } } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BalanceFragmentDoc = new TypedDocumentString(`
    fragment Balance on Balance {
  available
  held
  owed
  included
  additional
  label(locale: $locale)
  state
  lowThreshold
  runwaySeconds
  nextExpiry {
    amount
    at
  }
  period {
    allowance
    used
    remaining
    startsAt
    resetsAt
  }
  revision
  asOf
}
    `, {"fragmentName":"Balance"}) as unknown as TypedDocumentString<BalanceFragment, unknown>;
export const CreditPackageFragmentDoc = new TypedDocumentString(`
    fragment CreditPackage on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  purchasable
}
    `, {"fragmentName":"CreditPackage"}) as unknown as TypedDocumentString<CreditPackageFragment, unknown>;
export const FailureFragmentDoc = new TypedDocumentString(`
    fragment Failure on Error {
  code
  message
}
    `, {"fragmentName":"Failure"}) as unknown as TypedDocumentString<FailureFragment, unknown>;
export const WatchBalanceDocument = new TypedDocumentString(`
    subscription WatchBalance($teamId: ID, $locale: String) {
  balance(teamId: $teamId) {
    ...Balance
  }
}
    fragment Balance on Balance {
  available
  held
  owed
  included
  additional
  label(locale: $locale)
  state
  lowThreshold
  runwaySeconds
  nextExpiry {
    amount
    at
  }
  period {
    allowance
    used
    remaining
    startsAt
    resetsAt
  }
  revision
  asOf
}`) as unknown as TypedDocumentString<WatchBalanceSubscription, WatchBalanceSubscriptionVariables>;
export const WatchAlertsDocument = new TypedDocumentString(`
    subscription WatchAlerts($teamId: ID, $locale: String) {
  lowBalance(teamId: $teamId) {
    state
    message
    nextGrantAt
    canPurchase
    packages {
      ...CreditPackage
    }
    balance {
      ...Balance
    }
  }
}
    fragment Balance on Balance {
  available
  held
  owed
  included
  additional
  label(locale: $locale)
  state
  lowThreshold
  runwaySeconds
  nextExpiry {
    amount
    at
  }
  period {
    allowance
    used
    remaining
    startsAt
    resetsAt
  }
  revision
  asOf
}
fragment CreditPackage on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  purchasable
}`) as unknown as TypedDocumentString<WatchAlertsSubscription, WatchAlertsSubscriptionVariables>;
export const WatchEventsDocument = new TypedDocumentString(`
    subscription WatchEvents($teamId: ID, $after: ID, $locale: String) {
  accountEvents(teamId: $teamId, after: $after) {
    id
    type
    message
    amount
    at
    revision
    activity {
      id
      type
      reference
      reason
      grantKind
      member {
        id
        memberId
        name
      }
    }
    balance {
      ...Balance
    }
  }
}
    fragment Balance on Balance {
  available
  held
  owed
  included
  additional
  label(locale: $locale)
  state
  lowThreshold
  runwaySeconds
  nextExpiry {
    amount
    at
  }
  period {
    allowance
    used
    remaining
    startsAt
    resetsAt
  }
  revision
  asOf
}`) as unknown as TypedDocumentString<WatchEventsSubscription, WatchEventsSubscriptionVariables>;
export const EstimateDocument = new TypedDocumentString(`
    query Estimate($usage: [UsageInput!]!, $fit: FitInput, $teamId: ID) {
  estimate(usage: $usage, fit: $fit, teamId: $teamId) {
    __typename
    ... on Estimate {
      fitted
      low
      high
      sufficient
      balanceAfter
      quoteId
      quoteExpiresAt
      blockers {
        code
        message
      }
    }
    ...Failure
  }
}
    fragment Failure on Error {
  code
  message
}`) as unknown as TypedDocumentString<EstimateQuery, EstimateQueryVariables>;
export const PackagesDocument = new TypedDocumentString(`
    query Packages {
  packages {
    ...CreditPackage
  }
}
    fragment CreditPackage on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  purchasable
}`) as unknown as TypedDocumentString<PackagesQuery, PackagesQueryVariables>;
export const PurchasePreviewDocument = new TypedDocumentString(`
    query PurchasePreview($packageId: ID, $credits: Credits) {
  purchasePreview(packageId: $packageId, credits: $credits) {
    credits
    currentBalance
    projectedBalance
    price {
      amount
      currency
    }
    package {
      ...CreditPackage
    }
  }
}
    fragment CreditPackage on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  purchasable
}`) as unknown as TypedDocumentString<PurchasePreviewQuery, PurchasePreviewQueryVariables>;
export const PurchaseCreditsDocument = new TypedDocumentString(`
    mutation PurchaseCredits($input: PurchaseCreditsInput!) {
  purchaseCredits(input: $input) {
    __typename
    ... on Purchase {
      id
      state
      checkoutUrl
      confirmUrl
    }
    ... on PaymentActionRequired {
      actionUrl
    }
    ... on PaymentDeclined {
      declineCode
    }
    ... on PaymentUnavailable {
      retryAfterSeconds
    }
    ... on PurchaseNotAllowed {
      contact
      admins {
        id
        memberId
        name
      }
    }
    ...Failure
  }
}
    fragment Failure on Error {
  code
  message
}`) as unknown as TypedDocumentString<PurchaseCreditsMutation, PurchaseCreditsMutationVariables>;
export const LastEventDocument = new TypedDocumentString(`
    query LastEvent($teamId: ID) {
  team(id: $teamId) {
    lastEventId
  }
}
    `) as unknown as TypedDocumentString<LastEventQuery, LastEventQueryVariables>;
export const ReadSpendableDocument = new TypedDocumentString(`
    query ReadSpendable($rate: ID!, $teamId: ID) {
  team(id: $teamId) {
    balance {
      spendable(rate: $rate)
      revision
    }
  }
}
    `) as unknown as TypedDocumentString<ReadSpendableQuery, ReadSpendableQueryVariables>;
export const RateNamesDocument = new TypedDocumentString(`
    query RateNames {
  rateCard {
    categories {
      rates {
        id
        code
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RateNamesQuery, RateNamesQueryVariables>;
export const ReadRechargeDocument = new TypedDocumentString(`
    query ReadRecharge($teamId: ID) {
  team(id: $teamId) {
    autoRecharge {
      state
      actionUrl
      lastFailure
      threshold
    }
  }
}
    `) as unknown as TypedDocumentString<ReadRechargeQuery, ReadRechargeQueryVariables>;
export const FirstLookDocument = new TypedDocumentString(`
    query FirstLook($teamId: ID, $locale: String, $writtenIn: String) {
  viewer {
    memberId
    role
    team {
      id
    }
  }
  team(id: $teamId) {
    balance {
      ...Balance
      written: label(locale: $writtenIn)
    }
  }
}
    fragment Balance on Balance {
  available
  held
  owed
  included
  additional
  label(locale: $locale)
  state
  lowThreshold
  runwaySeconds
  nextExpiry {
    amount
    at
  }
  period {
    allowance
    used
    remaining
    startsAt
    resetsAt
  }
  revision
  asOf
}`) as unknown as TypedDocumentString<FirstLookQuery, FirstLookQueryVariables>;
