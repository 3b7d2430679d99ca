// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import { TypedDocumentString } from '../../client/contract.ts'
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

/** The moment at which a hold is charged. */
export type ChargeTime =
  /** The hold is charged when it is placed. */
  | 'AT_START'
  /** The hold is charged when it is settled. */
  | 'AT_SUCCESS';

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

export type DemoCardQueryVariables = Exact<{ [key: string]: never; }>;


export type DemoCardQuery = { readonly rateCard: { readonly effectiveFrom: string, readonly categories: ReadonlyArray<{ readonly code: string, readonly name: string, readonly rates: ReadonlyArray<{ readonly code: string, readonly name: string, readonly unit: Unit, readonly per: string, readonly credits: string | null, readonly free: boolean, readonly charge: ChargeTime, readonly settlement: Settlement, readonly money: { readonly amount: string, readonly currency: string } | null }> }> }, readonly team: { readonly name: string, readonly plan: { readonly name: string } | null, readonly balance: { readonly asOf: string } } | null };

export type EstimateQueryVariables = Exact<{
  usage: ReadonlyArray<UsageInput> | UsageInput;
}>;


export type EstimateQuery = { readonly estimate:
    | { readonly __typename: 'Estimate', readonly low: string, readonly high: string, readonly balanceAfter: string, readonly sufficient: boolean, readonly blockers: ReadonlyArray<{ readonly code: BlockerCode, readonly message: string }>, readonly metered: { readonly amount: string, readonly currency: string } | null }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type HoldMutationVariables = Exact<{
  usage: ReadonlyArray<UsageInput> | UsageInput;
  reference: string;
  seconds: number;
  key: string;
}>;


export type HoldMutation = { readonly holdCredits:
    | { readonly __typename: 'Hold', readonly id: string, readonly amount: string }
    | { readonly __typename: 'HoldClosed', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly canPurchase: boolean, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'QuoteExpired', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type SettleMutationVariables = Exact<{
  hold: string;
  key: string;
}>;


export type SettleMutation = { readonly settleHold:
    | { readonly __typename: 'Charge', readonly amount: string }
    | { readonly __typename: 'HoldClosed', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type ReleaseMutationVariables = Exact<{
  hold: string;
  reason: string;
  key: string;
}>;


export type ReleaseMutation = { readonly releaseHold:
    | { readonly __typename: 'Hold', readonly amount: string, readonly captured: string }
    | { readonly __typename: 'HoldClosed', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
   };

export type CaptureMutationVariables = Exact<{
  hold: string;
  usage: ReadonlyArray<UsageInput> | UsageInput;
  key: string;
}>;


export type CaptureMutation = { readonly captureHold:
    | { readonly __typename: 'Charge', readonly amount: string, readonly hold: { readonly remaining: string } | null }
    | { readonly __typename: 'HoldClosed', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type ExtendMutationVariables = Exact<{
  hold: string;
  usage: ReadonlyArray<UsageInput> | UsageInput;
  seconds: number;
  key: string;
}>;


export type ExtendMutation = { readonly extendHold:
    | { readonly __typename: 'Hold', readonly amount: string }
    | { readonly __typename: 'HoldClosed', readonly code: string, readonly message: string }
    | { readonly __typename: 'IdempotencyConflict', readonly code: string, readonly message: string }
    | { readonly __typename: 'InsufficientCredits', readonly required: string, readonly available: string, readonly canPurchase: boolean, readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidInput', readonly code: string, readonly message: string }
    | { readonly __typename: 'InvalidUsage', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotAllowed', readonly code: string, readonly message: string }
    | { readonly __typename: 'NotFound', readonly code: string, readonly message: string }
    | { readonly __typename: 'QuoteExpired', readonly code: string, readonly message: string }
    | { readonly __typename: 'RequirementNotMet', readonly code: string, readonly message: string }
    | { readonly __typename: 'SpendingLimitReached', readonly code: string, readonly message: string }
    | { readonly __typename: 'UnknownRate', readonly code: string, readonly message: string }
   };

export type AdvanceClockMutationVariables = Exact<{
  to: string;
}>;


export type AdvanceClockMutation = { readonly advanceClock: string };


export const DemoCardDocument = new TypedDocumentString(`
    query DemoCard {
  rateCard {
    effectiveFrom
    categories {
      code
      name
      rates {
        code
        name
        unit
        per
        credits
        money {
          amount
          currency
        }
        free
        charge
        settlement
      }
    }
  }
  team {
    name
    plan {
      name
    }
    balance {
      asOf
    }
  }
}
    `) as unknown as TypedDocumentString<DemoCardQuery, DemoCardQueryVariables>;
export const EstimateDocument = new TypedDocumentString(`
    query Estimate($usage: [UsageInput!]!) {
  estimate(usage: $usage) {
    __typename
    ... on Estimate {
      low
      high
      balanceAfter
      sufficient
      blockers {
        code
        message
      }
      metered {
        amount
        currency
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EstimateQuery, EstimateQueryVariables>;
export const HoldDocument = new TypedDocumentString(`
    mutation Hold($usage: [UsageInput!]!, $reference: String!, $seconds: Int!, $key: String!) {
  holdCredits(
    input: {
      usage: $usage
      reference: $reference
      expiresInSeconds: $seconds
      idempotencyKey: $key
    }
  ) {
    __typename
    ... on Hold {
      id
      amount
    }
    ... on InsufficientCredits {
      required
      available
      canPurchase
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<HoldMutation, HoldMutationVariables>;
export const SettleDocument = new TypedDocumentString(`
    mutation Settle($hold: ID!, $key: String!) {
  settleHold(input: { holdId: $hold, idempotencyKey: $key }) {
    __typename
    ... on Charge {
      amount
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SettleMutation, SettleMutationVariables>;
export const ReleaseDocument = new TypedDocumentString(`
    mutation Release($hold: ID!, $reason: String!, $key: String!) {
  releaseHold(input: { holdId: $hold, reason: $reason, idempotencyKey: $key }) {
    __typename
    ... on Hold {
      amount
      captured
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReleaseMutation, ReleaseMutationVariables>;
export const CaptureDocument = new TypedDocumentString(`
    mutation Capture($hold: ID!, $usage: [UsageInput!]!, $key: String!) {
  captureHold(input: { holdId: $hold, usage: $usage, idempotencyKey: $key }) {
    __typename
    ... on Charge {
      amount
      hold {
        remaining
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CaptureMutation, CaptureMutationVariables>;
export const ExtendDocument = new TypedDocumentString(`
    mutation Extend($hold: ID!, $usage: [UsageInput!]!, $seconds: Int!, $key: String!) {
  extendHold(
    input: {
      holdId: $hold
      usage: $usage
      expiresInSeconds: $seconds
      idempotencyKey: $key
    }
  ) {
    __typename
    ... on Hold {
      amount
    }
    ... on InsufficientCredits {
      required
      available
      canPurchase
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ExtendMutation, ExtendMutationVariables>;
export const AdvanceClockDocument = new TypedDocumentString(`
    mutation AdvanceClock($to: DateTime!) {
  advanceClock(to: $to)
}
    `) as unknown as TypedDocumentString<AdvanceClockMutation, AdvanceClockMutationVariables>;
