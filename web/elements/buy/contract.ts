// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import { TypedDocumentString } from '../../client/contract.ts'
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

export type PackFragment = { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly approxMessages: number | null, readonly illustrative: boolean, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string }, readonly pricePer1000: { readonly amount: string, readonly currency: string } };

export type AnyAmountFragment = { readonly least: string, readonly most: string, readonly step: string, readonly illustrative: boolean, readonly purchasable: boolean };

export type RechargeChoiceFragment = { readonly state: AutoRechargeState, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly rechargesToday: number, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly approxMessages: number | null, readonly illustrative: boolean, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string }, readonly pricePer1000: { readonly amount: string, readonly currency: string } } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string } };

export type OfferQueryVariables = Exact<{
  currency?: string | null | undefined;
}>;


export type OfferQuery = { readonly currencies: ReadonlyArray<string>, readonly promotionCodes: boolean, readonly team: { readonly id: string, readonly name: string, readonly currency: string, readonly currencies: ReadonlyArray<string>, readonly plan: { readonly name: string, readonly topUp: boolean, readonly contact: string | null } | null, readonly balance: { readonly available: string, readonly lowThreshold: string, readonly revision: number } } | null, readonly packages: ReadonlyArray<{ readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly approxMessages: number | null, readonly illustrative: boolean, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string }, readonly pricePer1000: { readonly amount: string, readonly currency: string } }>, readonly customTopUp: { readonly least: string, readonly most: string, readonly step: string, readonly illustrative: boolean, readonly purchasable: boolean } | null };

export type RechargeNowQueryVariables = Exact<{ [key: string]: never; }>;


export type RechargeNowQuery = { readonly team: { readonly autoRecharge: { readonly state: AutoRechargeState, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly rechargesToday: number, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly approxMessages: number | null, readonly illustrative: boolean, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string }, readonly pricePer1000: { readonly amount: string, readonly currency: string } } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string } } } | null };

export type BillingCountryQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type BillingCountryQuery = { readonly billingDetails: { readonly country: string | null } | null };

export type RechargeTermsQueryVariables = Exact<{
  threshold?: string | null | undefined;
  packageId?: string | null | undefined;
  monthlyCap?: string | null | undefined;
  currency?: string | null | undefined;
}>;


export type RechargeTermsQuery = { readonly rechargeMandate: string | null };

export type PreviewQueryVariables = Exact<{
  packageId?: string | null | undefined;
  credits?: string | null | undefined;
  currency?: string | null | undefined;
}>;


export type PreviewQuery = { readonly purchasePreview: { readonly credits: string, readonly currentBalance: string, readonly projectedBalance: string, readonly locked: string, readonly unlocksAt: string | null, readonly net: { readonly amount: string, readonly currency: string }, readonly tax: { readonly amount: string, readonly currency: string } | null, readonly total: { readonly amount: string, readonly currency: string } } | null };

export type BuyMutationVariables = Exact<{
  input: PurchaseCreditsInput;
}>;


export type BuyMutation = { readonly purchaseCredits:
    | { readonly __typename: 'AmountNotSold', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentActionRequired', readonly actionUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentDeclined', readonly declineCode: string | null, readonly code: string, readonly message: string }
    | { readonly __typename: 'PaymentUnavailable', readonly retryAfterSeconds: number, readonly code: string, readonly message: string }
    | { readonly __typename: 'Purchase', readonly id: string, readonly state: PurchaseState, readonly checkoutUrl: string | null, readonly confirmUrl: string | null, readonly isUnderWay: boolean, readonly invoiceUrl: string | null, readonly failure: string | null, readonly balance: { readonly available: string, readonly revision: number } }
    | { readonly __typename: 'PurchaseNotAllowed', readonly contact: string | null, readonly code: string, readonly message: string, readonly admins: ReadonlyArray<{ readonly memberId: string, readonly name: string | null }> }
    | { readonly __typename: 'UnknownPackage', readonly code: string, readonly message: string }
   };

export type ConfigureRechargeMutationVariables = Exact<{
  input: AutoRechargeInput;
}>;


export type ConfigureRechargeMutation = { readonly configureAutoRecharge:
    | { readonly __typename: 'AutoRecharge', readonly state: AutoRechargeState, readonly threshold: string | null, readonly targetBalance: string | null, readonly maxPerDay: number | null, readonly rechargesToday: number, readonly lastFailure: string | null, readonly actionUrl: string | null, readonly package: { readonly id: string, readonly code: string, readonly name: string, readonly credits: string, readonly approxMessages: number | null, readonly illustrative: boolean, readonly purchasable: boolean, readonly price: { readonly amount: string, readonly currency: string }, readonly pricePer1000: { readonly amount: string, readonly currency: string } } | null, readonly monthlyCap: { readonly amount: string, readonly currency: string } | null, readonly spentThisMonth: { readonly amount: string, readonly currency: string } }
    | { readonly __typename: 'InvalidAmount', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly path: ReadonlyArray<string>, readonly code: string, readonly message: string }
    | { readonly __typename: 'NoPaymentMethod', readonly setupUrl: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'PurchaseNotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownPackage', readonly code: string, readonly message: string }
   };

export type OwnPurchasesQueryVariables = Exact<{ [key: string]: never; }>;


export type OwnPurchasesQuery = { readonly viewer: { readonly memberId: string }, readonly team: { readonly balance: { readonly available: string }, readonly purchases: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: PurchaseState, readonly createdAt: string, readonly invoiceUrl: string | null, readonly failure: string | null, readonly credits: string, readonly member: { readonly memberId: string } | null }> } | null } | null };

export const AnyAmountFragmentDoc = new TypedDocumentString(`
    fragment AnyAmount on CustomTopUp {
  least
  most
  step
  illustrative
  purchasable
}
    `, {"fragmentName":"AnyAmount"}) as unknown as TypedDocumentString<AnyAmountFragment, unknown>;
export const PackFragmentDoc = new TypedDocumentString(`
    fragment Pack on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  pricePer1000 {
    amount
    currency
  }
  approxMessages
  illustrative
  purchasable
}
    `, {"fragmentName":"Pack"}) as unknown as TypedDocumentString<PackFragment, unknown>;
export const RechargeChoiceFragmentDoc = new TypedDocumentString(`
    fragment RechargeChoice on AutoRecharge {
  state
  threshold
  targetBalance
  maxPerDay
  rechargesToday
  package {
    ...Pack
  }
  monthlyCap {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastFailure
  actionUrl
}
    fragment Pack on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  pricePer1000 {
    amount
    currency
  }
  approxMessages
  illustrative
  purchasable
}`, {"fragmentName":"RechargeChoice"}) as unknown as TypedDocumentString<RechargeChoiceFragment, unknown>;
export const OfferDocument = new TypedDocumentString(`
    query Offer($currency: String) {
  currencies
  team {
    id
    name
    currency
    currencies
    plan {
      name
      topUp
      contact
    }
    balance {
      available
      lowThreshold
      revision
    }
  }
  packages(currency: $currency) {
    ...Pack
  }
  customTopUp(currency: $currency) {
    ...AnyAmount
  }
  promotionCodes
}
    fragment Pack on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  pricePer1000 {
    amount
    currency
  }
  approxMessages
  illustrative
  purchasable
}
fragment AnyAmount on CustomTopUp {
  least
  most
  step
  illustrative
  purchasable
}`) as unknown as TypedDocumentString<OfferQuery, OfferQueryVariables>;
export const RechargeNowDocument = new TypedDocumentString(`
    query RechargeNow {
  team {
    autoRecharge {
      ...RechargeChoice
    }
  }
}
    fragment Pack on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  pricePer1000 {
    amount
    currency
  }
  approxMessages
  illustrative
  purchasable
}
fragment RechargeChoice on AutoRecharge {
  state
  threshold
  targetBalance
  maxPerDay
  rechargesToday
  package {
    ...Pack
  }
  monthlyCap {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastFailure
  actionUrl
}`) as unknown as TypedDocumentString<RechargeNowQuery, RechargeNowQueryVariables>;
export const BillingCountryDocument = new TypedDocumentString(`
    query BillingCountry($teamId: ID) {
  billingDetails(teamId: $teamId) {
    country
  }
}
    `) as unknown as TypedDocumentString<BillingCountryQuery, BillingCountryQueryVariables>;
export const RechargeTermsDocument = new TypedDocumentString(`
    query RechargeTerms($threshold: Credits, $packageId: ID, $monthlyCap: Decimal, $currency: String) {
  rechargeMandate(
    threshold: $threshold
    packageId: $packageId
    monthlyCap: $monthlyCap
    currency: $currency
  )
}
    `) as unknown as TypedDocumentString<RechargeTermsQuery, RechargeTermsQueryVariables>;
export const PreviewDocument = new TypedDocumentString(`
    query Preview($packageId: ID, $credits: Credits, $currency: String) {
  purchasePreview(packageId: $packageId, credits: $credits, currency: $currency) {
    net {
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
    credits
    currentBalance
    projectedBalance
    locked
    unlocksAt
  }
}
    `) as unknown as TypedDocumentString<PreviewQuery, PreviewQueryVariables>;
export const BuyDocument = new TypedDocumentString(`
    mutation Buy($input: PurchaseCreditsInput!) {
  purchaseCredits(input: $input) {
    __typename
    ... on Purchase {
      id
      state
      checkoutUrl
      confirmUrl
      isUnderWay
      invoiceUrl
      failure
      balance {
        available
        revision
      }
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
    ... on InvalidInput {
      path
    }
    ... on PurchaseNotAllowed {
      contact
      admins {
        memberId
        name
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<BuyMutation, BuyMutationVariables>;
export const ConfigureRechargeDocument = new TypedDocumentString(`
    mutation ConfigureRecharge($input: AutoRechargeInput!) {
  configureAutoRecharge(input: $input) {
    __typename
    ... on AutoRecharge {
      ...RechargeChoice
    }
    ... on NoPaymentMethod {
      setupUrl
    }
    ... on InvalidAmount {
      path
    }
    ... on InvalidInput {
      path
    }
    ... on Error {
      code
      message
    }
  }
}
    fragment Pack on CreditPackage {
  id
  code
  name
  credits
  price {
    amount
    currency
  }
  pricePer1000 {
    amount
    currency
  }
  approxMessages
  illustrative
  purchasable
}
fragment RechargeChoice on AutoRecharge {
  state
  threshold
  targetBalance
  maxPerDay
  rechargesToday
  package {
    ...Pack
  }
  monthlyCap {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastFailure
  actionUrl
}`) as unknown as TypedDocumentString<ConfigureRechargeMutation, ConfigureRechargeMutationVariables>;
export const OwnPurchasesDocument = new TypedDocumentString(`
    query OwnPurchases {
  viewer {
    memberId
  }
  team {
    balance {
      available
    }
    purchases(first: 5) {
      nodes {
        id
        state
        createdAt
        invoiceUrl
        failure
        credits
        member {
          memberId
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OwnPurchasesQuery, OwnPurchasesQueryVariables>;
