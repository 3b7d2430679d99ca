import { type DecidedKind, type GivenBy, outcomes, type RefusedBy } from '../../domain/decisions/outcomes.ts'

/** Refusals of any mutation and estimate, as data: see schema/expected-faults.ts. */
const refusals = ['InvalidInput', 'NotAllowed', 'NotFound'] as const
/** The refusal that only a mutation with an idempotency key has. */
const underKey = ['IdempotencyConflict'] as const
const payment = ['PurchaseNotAllowed', 'PaymentDeclined', 'PaymentActionRequired', 'PaymentUnavailable'] as const

/** The types that show what commands give. What was ordered shows once it is paid. */
const shownAs = {
  hold: 'Hold',
  charge: 'Charge',
  refund: 'Refund',
  grant: 'CreditGrant',
  purchase: 'Purchase',
  ordered: 'Team',
  imported: 'Team',
  done: 'Team',
} as const

export type ShownBy<Kind extends DecidedKind> = (typeof shownAs)[GivenBy<Kind>]

/** A union of the schema: the members of a result, and the commands whose outcomes they show. */
export type ResultUnion<Kind extends DecidedKind = DecidedKind, Member extends string = string> = {
  readonly commands: readonly Kind[]
  readonly members: readonly Member[]
}

/** A result that shows outcomes of these commands, and beside them what its resolver adds. */
const unionOf = <Kind extends DecidedKind, Added extends string>(
  commands: readonly Kind[],
  added: readonly Added[],
): ResultUnion<Kind, ShownBy<Kind> | RefusedBy<Kind> | Added | (typeof refusals)[number]> =>
  unionAs(
    commands.map((kind) => shownAs[outcomes[kind].gives] as ShownBy<Kind>),
    commands,
    added,
  )

/** The same, where the resolver shows what the commands give by types of its own. */
function unionAs<Shown extends string, Kind extends DecidedKind, Added extends string>(
  shown: readonly Shown[],
  commands: readonly Kind[],
  added: readonly Added[],
): ResultUnion<Kind, Shown | RefusedBy<Kind> | Added | (typeof refusals)[number]> {
  const refused = commands.flatMap((kind): readonly RefusedBy<Kind>[] => outcomes[kind].refuses)
  return { commands, members: [...new Set([...shown, ...refused, ...added, ...refusals])] }
}

/** Every result union of the API, by its name. */
export const resultUnions = {
  HoldCreditsResult: unionOf(['place-hold', 'extend-hold'], underKey),
  SettleHoldResult: unionOf(['capture-hold', 'settle-hold'], underKey),
  ReleaseHoldResult: unionOf(['release-hold'], underKey),
  ChargeUsageResult: unionOf(['charge-usage'], ['InternalServerError', ...underKey]),
  RefundChargeResult: unionOf(['refund-charge'], underKey),
  GrantCreditsResult: unionOf(['grant-credits'], underKey),
  AssignPlanResult: unionOf(['assign-plan'], underKey),
  CutOverResult: unionAs(['CutOver'], ['cut-over'], underKey),
  CutBackResult: unionAs(['CutBack'], ['cut-back'], underKey),
  CreateContractResult: unionAs(['Contract'], ['create-contract'], underKey),
  EndContractResult: unionAs(['Contract'], ['end-contract'], underKey),
  RefundPurchaseResult: unionAs(['Purchase'], [], ['RefundExceedsPurchase', 'PaymentUnavailable', ...underKey]),
  RefundInvoiceResult: unionAs(['PaidInvoice'], [], ['RefundExceedsPurchase', 'PaymentUnavailable', ...underKey]),
  PurchaseCreditsResult: unionOf(['begin-purchase'], [...payment, ...underKey]),
  SetAddOnUnitsResult: unionOf(
    ['set-add-on-units', 'order-add-on-units'],
    [...payment, 'NoPaymentMethod', ...underKey],
  ),
  ConfigureAutoRechargeResult: unionAs(['AutoRecharge'], ['configure-recharge'], ['NoPaymentMethod']),
  SetBillingDetailsResult: unionAs(['Team'], [], ['InvalidInput', 'PaymentUnavailable']),
  SetStoredAmountResult: unionOf(['set-stored-amount'], underKey),
  SetSpendingLimitResult: unionOf(['set-spending-limit'], []),
  SetMemberGroupResult: unionOf(['set-member-group'], []),
  DeleteMemberGroupResult: unionOf(['delete-member-group'], []),
  MoveMemberResult: unionOf(['move-member'], []),
  SetAlertLevelsResult: unionOf(['set-alert-levels'], []),
  SetLowBalanceThresholdResult: unionOf(['set-low-threshold'], ['InvalidAmount']),
  PlanChangePreviewResult: unionAs(['PlanChangePreview'], [], ['UnknownPlan']),
  EstimateResult: unionAs(['Estimate'], [], ['UnknownRate', 'InvalidUsage']),
  PublishCatalogResult: unionAs(['PublishedCatalog'], [], ['InvalidCatalog', 'InvalidPublication']),
  CreateApiKeyResult: unionAs(['CreatedApiKey'], [], []),
  RevokeApiKeyResult: unionAs(['ApiKey'], [], []),
  RotateApiKeyResult: unionAs(['CreatedApiKey'], [], []),
  SetAllowedAddressesResult: unionAs(['ApiKey'], [], []),
  CreateWebhookEndpointResult: unionAs(['CreatedWebhookEndpoint'], [], []),
  DeleteWebhookEndpointResult: unionAs(['WebhookEndpoint'], [], []),
  RevokeTokensResult: unionAs(['RevokedTokens'], [], []),
} as const

type Unions = typeof resultUnions

export type UnionName = keyof Unions
export type MemberOf<Name extends UnionName> = Unions[Name]['members'][number]
/** The unions of mutations that have an idempotency key. */
export type KeyedUnion = {
  [Name in UnionName]: (typeof underKey)[number] extends MemberOf<Name> ? Name : never
}[UnionName]
export type KindOf<Name extends UnionName> = Unions[Name]['commands'][number]
