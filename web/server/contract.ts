// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import { TypedDocumentString } from '../client/contract.ts'
/** The input of the mutation of that name. */
export type CaptureHoldInput = {
  /** The `id` of an open hold. */
  readonly holdId: string;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The usage, 1 to 50 lines. */
  readonly usage: ReadonlyArray<UsageInput>;
};

/** The moment at which a hold is charged. */
export type ChargeTime =
  /** The hold is charged when it is placed. */
  | 'AT_START'
  /** The hold is charged when it is settled. */
  | 'AT_SUCCESS';

/** The input of the mutation of that name. */
export type ChargeUsageInput = {
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The member that a PLATFORM caller acts for: the `sub` of its token, or its `id`. Absent: the caller. */
  readonly memberId?: string | null | undefined;
  /** The caller's own name for the work (job, message, conversation), at most 500 characters. The activity shows it. */
  readonly reference?: string | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
  /** The usage, 1 to 50 lines. */
  readonly usage: ReadonlyArray<UsageInput>;
};

/** The input of the mutation of that name. */
export type ExtendHoldInput = {
  /** The new deadline in seconds from now: 1 to 86,400. Absent: the deadline stays. */
  readonly expiresInSeconds?: number | null | undefined;
  /** The `id` of an open hold. */
  readonly holdId: string;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The usage to reserve on top, 1 to 50 lines. Absent: none. If a live session lacks the credits while a recharge is being paid, its extension is refused, and tried again under its key when the recharge lands. */
  readonly usage?: ReadonlyArray<UsageInput> | null | undefined;
};

/** As much of the last usage line as the balance pays, between the two; the quantity is in `Hold.fitted`, rounded down: whole for TOKEN, CHARACTER, USE and IMAGE, to 6 digits else. */
export type FitInput = {
  /** The least that is of use, above 0 and at most `atMost`. Where not even this can be held, the answer is the refusal of a hold for it. */
  readonly atLeast: string;
  /** The most that is of use, at most 10^12. The spending limits of the caller and the member bound the quantity, too, and so does the most that one request may use of the rate. */
  readonly atMost: string;
};

/** The input of the mutation of that name. */
export type HoldCreditsInput = {
  /** Default 600, at most 86,400. */
  readonly expiresInSeconds?: number | null | undefined;
  /** Beside `usage`, whose last line has no quantity of its own then. Not beside `quoteId`: `estimate` makes quotes that fit. */
  readonly fit?: FitInput | null | undefined;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The member that a PLATFORM caller acts for: the `sub` of its token, or its `id`. Absent: the caller. */
  readonly memberId?: string | null | undefined;
  /** The `quoteId` of an estimate, whose price then binds. Either this or `usage`. */
  readonly quoteId?: string | null | undefined;
  /** The caller's own name for the work (job, message, conversation), at most 500 characters. The activity shows it. */
  readonly reference?: string | null | undefined;
  /** The team, for PLATFORM callers. Absent: the caller's own team. */
  readonly teamId?: string | null | undefined;
  /** The most that the work may use, 1 to 50 lines. Either this or `quoteId`. */
  readonly usage?: ReadonlyArray<UsageInput> | null | undefined;
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

/** The input of the mutation of that name. */
export type ReleaseHoldInput = {
  /** The `id` of an open hold. */
  readonly holdId: string;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The reason for people, at most 500 characters. The activity shows it. */
  readonly reason?: string | null | undefined;
};

/** The way in which a number between two steps is rounded. */
export type RoundingMode =
  /** Toward zero. */
  | 'DOWN'
  /** To the nearer step; in the middle, to the even one. */
  | 'HALF_EVEN'
  /** To the nearer step; in the middle, away from zero. */
  | 'HALF_UP'
  /** Away from zero. */
  | 'UP';

/** Without `usage`: what was held. */
export type SettleHoldInput = {
  /** The `id` of an open hold. */
  readonly holdId: string;
  /** 1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever. */
  readonly idempotencyKey: string;
  /** The actual usage, 1 to 50 lines. Absent: all that is still held. */
  readonly usage?: ReadonlyArray<UsageInput> | null | undefined;
};

/** The way in which work is paid for. */
export type Settlement =
  /** The balance pays. */
  | 'CREDITS'
  /** A bill of its own each month, in money. The balance does not change. */
  | 'METERED';

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

type Refused_AddOnNotAvailable_Fragment = { readonly __typename: 'AddOnNotAvailable', readonly code: string, readonly message: string };

type Refused_AmountNotSold_Fragment = { readonly __typename: 'AmountNotSold', readonly code: string, readonly message: string };

type Refused_HoldClosed_Fragment = { readonly __typename: 'HoldClosed', readonly state: HoldState, readonly code: string, readonly message: string };

type Refused_IdempotencyConflict_Fragment = { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string };

type Refused_InsufficientCredits_Fragment = { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string };

type Refused_InternalServerError_Fragment = { readonly __typename: 'InternalServerError', readonly code: string, readonly message: string };

type Refused_InvalidAmount_Fragment = { readonly __typename: 'InvalidAmount', readonly code: string, readonly message: string };

type Refused_InvalidCatalog_Fragment = { readonly __typename: 'InvalidCatalog', readonly code: string, readonly message: string };

type Refused_InvalidInput_Fragment = { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string };

type Refused_InvalidPublication_Fragment = { readonly __typename: 'InvalidPublication', readonly code: string, readonly message: string };

type Refused_InvalidUsage_Fragment = { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string };

type Refused_NoPaymentMethod_Fragment = { readonly __typename: 'NoPaymentMethod', readonly code: string, readonly message: string };

type Refused_NotAllowed_Fragment = { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string };

type Refused_NotFound_Fragment = { readonly __typename: 'NotFound', readonly code: string, readonly message: string };

type Refused_PaymentActionRequired_Fragment = { readonly __typename: 'PaymentActionRequired', readonly code: string, readonly message: string };

type Refused_PaymentDeclined_Fragment = { readonly __typename: 'PaymentDeclined', readonly code: string, readonly message: string };

type Refused_PaymentUnavailable_Fragment = { readonly __typename: 'PaymentUnavailable', readonly code: string, readonly message: string };

type Refused_PurchaseNotAllowed_Fragment = { readonly __typename: 'PurchaseNotAllowed', readonly code: string, readonly message: string };

type Refused_QuoteExpired_Fragment = { readonly __typename: 'QuoteExpired', readonly code: string, readonly message: string };

type Refused_RefundExceedsCharge_Fragment = { readonly __typename: 'RefundExceedsCharge', readonly code: string, readonly message: string };

type Refused_RefundExceedsPurchase_Fragment = { readonly __typename: 'RefundExceedsPurchase', readonly code: string, readonly message: string };

type Refused_RequirementNotMet_Fragment = { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string };

type Refused_SpendingLimitReached_Fragment = { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string };

type Refused_UnknownPackage_Fragment = { readonly __typename: 'UnknownPackage', readonly code: string, readonly message: string };

type Refused_UnknownPlan_Fragment = { readonly __typename: 'UnknownPlan', readonly code: string, readonly message: string };

type Refused_UnknownRate_Fragment = { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string };

export type RefusedFragment =
  | Refused_AddOnNotAvailable_Fragment
  | Refused_AmountNotSold_Fragment
  | Refused_HoldClosed_Fragment
  | Refused_IdempotencyConflict_Fragment
  | Refused_InsufficientCredits_Fragment
  | Refused_InternalServerError_Fragment
  | Refused_InvalidAmount_Fragment
  | Refused_InvalidCatalog_Fragment
  | Refused_InvalidInput_Fragment
  | Refused_InvalidPublication_Fragment
  | Refused_InvalidUsage_Fragment
  | Refused_NoPaymentMethod_Fragment
  | Refused_NotAllowed_Fragment
  | Refused_NotFound_Fragment
  | Refused_PaymentActionRequired_Fragment
  | Refused_PaymentDeclined_Fragment
  | Refused_PaymentUnavailable_Fragment
  | Refused_PurchaseNotAllowed_Fragment
  | Refused_QuoteExpired_Fragment
  | Refused_RefundExceedsCharge_Fragment
  | Refused_RefundExceedsPurchase_Fragment
  | Refused_RequirementNotMet_Fragment
  | Refused_SpendingLimitReached_Fragment
  | Refused_UnknownPackage_Fragment
  | Refused_UnknownPlan_Fragment
  | Refused_UnknownRate_Fragment
;

export type HeldFragment = { readonly __typename: 'Hold', readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly fitted: string | null, readonly state: HoldState, readonly expiresAt: string, readonly chargedAtStart: boolean, readonly reference: string | null };

export type ChargedFragment = { readonly __typename: 'Charge', readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly quantity: string, readonly count: number, readonly credits: string }> };

export type HoldMutationVariables = Exact<{
  input: HoldCreditsInput;
}>;


export type HoldMutation = { readonly result:
    | { readonly __typename: 'Hold', readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly fitted: string | null, readonly state: HoldState, readonly expiresAt: string, readonly chargedAtStart: boolean, readonly reference: string | null }
    | { readonly __typename: 'HoldClosed', readonly state: HoldState, readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'QuoteExpired', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type ExtendMutationVariables = Exact<{
  input: ExtendHoldInput;
}>;


export type ExtendMutation = { readonly result:
    | { readonly __typename: 'Hold', readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly fitted: string | null, readonly state: HoldState, readonly expiresAt: string, readonly chargedAtStart: boolean, readonly reference: string | null }
    | { readonly __typename: 'HoldClosed', readonly state: HoldState, readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'QuoteExpired', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type CaptureMutationVariables = Exact<{
  input: CaptureHoldInput;
}>;


export type CaptureMutation = { readonly result:
    | { readonly __typename: 'Charge', readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly quantity: string, readonly count: number, readonly credits: string }> }
    | { readonly __typename: 'HoldClosed', readonly state: HoldState, readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type SettleMutationVariables = Exact<{
  input: SettleHoldInput;
}>;


export type SettleMutation = { readonly result:
    | { readonly __typename: 'Charge', readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly quantity: string, readonly count: number, readonly credits: string }> }
    | { readonly __typename: 'HoldClosed', readonly state: HoldState, readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type ReleaseMutationVariables = Exact<{
  input: ReleaseHoldInput;
}>;


export type ReleaseMutation = { readonly result:
    | { readonly __typename: 'Hold', readonly id: string, readonly amount: string, readonly captured: string, readonly remaining: string, readonly fitted: string | null, readonly state: HoldState, readonly expiresAt: string, readonly chargedAtStart: boolean, readonly reference: string | null }
    | { readonly __typename: 'HoldClosed', readonly state: HoldState, readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type ChargeMutationVariables = Exact<{
  input: ChargeUsageInput;
}>;


export type ChargeMutation = { readonly result:
    | { readonly __typename: 'Charge', readonly id: string, readonly amount: string, readonly at: string, readonly reference: string | null, readonly lines: ReadonlyArray<{ readonly rate: string, readonly quantity: string, readonly count: number, readonly credits: string }> }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'InternalServerError', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type RecordMutationVariables = Exact<{
  events: ReadonlyArray<ChargeUsageInput> | ChargeUsageInput;
}>;


export type RecordMutation = { readonly result: ReadonlyArray<
    | { readonly __typename: 'Charge', readonly id: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly shortfall: string, readonly code: string, readonly message: string }
    | { readonly __typename: 'InternalServerError', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
  > };

export type PricesQueryVariables = Exact<{
  teamId?: string | null | undefined;
}>;


export type PricesQuery = { readonly team: { readonly lastEventId: string | null } | null, readonly rateCard: { readonly roundedTo: string, readonly roundingMode: RoundingMode, readonly categories: ReadonlyArray<{ readonly rates: ReadonlyArray<{ readonly code: string, readonly credits: string | null, readonly per: string, readonly roundsUp: boolean, readonly settlement: Settlement, readonly charge: ChargeTime }> }> } };

export const RefusedFragmentDoc = new TypedDocumentString(`
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
    `, {"fragmentName":"Refused"}) as unknown as TypedDocumentString<RefusedFragment, unknown>;
export const HeldFragmentDoc = new TypedDocumentString(`
    fragment Held on Hold {
  __typename
  id
  amount
  captured
  remaining
  fitted
  state
  expiresAt
  chargedAtStart
  reference
}
    `, {"fragmentName":"Held"}) as unknown as TypedDocumentString<HeldFragment, unknown>;
export const ChargedFragmentDoc = new TypedDocumentString(`
    fragment Charged on Charge {
  __typename
  id
  amount
  at
  reference
  lines {
    rate
    quantity
    count
    credits
  }
}
    `, {"fragmentName":"Charged"}) as unknown as TypedDocumentString<ChargedFragment, unknown>;
export const HoldDocument = new TypedDocumentString(`
    mutation Hold($input: HoldCreditsInput!) {
  result: holdCredits(input: $input) {
    ...Held
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
fragment Held on Hold {
  __typename
  id
  amount
  captured
  remaining
  fitted
  state
  expiresAt
  chargedAtStart
  reference
}`) as unknown as TypedDocumentString<HoldMutation, HoldMutationVariables>;
export const ExtendDocument = new TypedDocumentString(`
    mutation Extend($input: ExtendHoldInput!) {
  result: extendHold(input: $input) {
    ...Held
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
fragment Held on Hold {
  __typename
  id
  amount
  captured
  remaining
  fitted
  state
  expiresAt
  chargedAtStart
  reference
}`) as unknown as TypedDocumentString<ExtendMutation, ExtendMutationVariables>;
export const CaptureDocument = new TypedDocumentString(`
    mutation Capture($input: CaptureHoldInput!) {
  result: captureHold(input: $input) {
    ...Charged
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
fragment Charged on Charge {
  __typename
  id
  amount
  at
  reference
  lines {
    rate
    quantity
    count
    credits
  }
}`) as unknown as TypedDocumentString<CaptureMutation, CaptureMutationVariables>;
export const SettleDocument = new TypedDocumentString(`
    mutation Settle($input: SettleHoldInput!) {
  result: settleHold(input: $input) {
    ...Charged
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
fragment Charged on Charge {
  __typename
  id
  amount
  at
  reference
  lines {
    rate
    quantity
    count
    credits
  }
}`) as unknown as TypedDocumentString<SettleMutation, SettleMutationVariables>;
export const ReleaseDocument = new TypedDocumentString(`
    mutation Release($input: ReleaseHoldInput!) {
  result: releaseHold(input: $input) {
    ...Held
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
fragment Held on Hold {
  __typename
  id
  amount
  captured
  remaining
  fitted
  state
  expiresAt
  chargedAtStart
  reference
}`) as unknown as TypedDocumentString<ReleaseMutation, ReleaseMutationVariables>;
export const ChargeDocument = new TypedDocumentString(`
    mutation Charge($input: ChargeUsageInput!) {
  result: chargeUsage(input: $input) {
    ...Charged
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}
fragment Charged on Charge {
  __typename
  id
  amount
  at
  reference
  lines {
    rate
    quantity
    count
    credits
  }
}`) as unknown as TypedDocumentString<ChargeMutation, ChargeMutationVariables>;
export const RecordDocument = new TypedDocumentString(`
    mutation Record($events: [ChargeUsageInput!]!) {
  result: recordUsage(events: $events) {
    __typename
    ... on Charge {
      id
    }
    ...Refused
  }
}
    fragment Refused on Error {
  __typename
  code
  message
  ... on InsufficientCredits {
    required
    available
    shortfall
  }
  ... on HoldClosed {
    state
  }
}`) as unknown as TypedDocumentString<RecordMutation, RecordMutationVariables>;
export const PricesDocument = new TypedDocumentString(`
    query Prices($teamId: ID) {
  team(id: $teamId) {
    lastEventId
  }
  rateCard {
    roundedTo
    roundingMode
    categories {
      rates {
        code
        credits
        per
        roundsUp
        settlement
        charge
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PricesQuery, PricesQueryVariables>;
