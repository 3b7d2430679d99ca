import type { ApiKey } from '../../access/api-key-rows.ts'
import type { InvalidCatalog } from '../../catalog/faults.ts'
import type { Account } from '../../domain/account.ts'
import type { Allowance } from '../../domain/allowance.ts'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Charge, Refund } from '../../domain/charge.ts'
import type { Answer } from '../../domain/decisions/command.ts'
import { type NameOf, outcomes } from '../../domain/decisions/outcomes.ts'
import {
  ExpectedError,
  type Failure,
  InsufficientCredits,
  type InvalidPublication,
  PurchaseNotAllowed,
  SpendingLimitReached,
} from '../../domain/errors.ts'
import type { Grant } from '../../domain/grant.ts'
import type { Hold } from '../../domain/hold.ts'
import type { Instant, MemberId, TeamId } from '../../domain/identity.ts'
import type {
  NoPaymentMethod,
  PaymentActionRequired,
  PaymentDeclined,
  PaymentUnavailable,
  RefundExceedsPurchase,
} from '../../domain/payment-errors.ts'
import type { Activity } from '../../ledger/history/activity.ts'
import type { AuditRecord } from '../../ledger/history/audit-records.ts'
import type { PostedRefund } from '../../ledger/history/refunds.ts'
import type { TeamNow } from '../../ledger/team-reader.ts'
import type { Delivery } from '../../partners/delivery.ts'
import type { Endpoint } from '../../partners/endpoint.ts'
import type { PaidInvoice } from '../../payments/paid-invoice.ts'
import type { Purchase } from '../../payments/purchase.ts'
import type { InternalServerError } from './internal-server-error.ts'
import {
  type KindOf,
  type MemberOf,
  type ResultUnion,
  resultUnions,
  type ShownBy,
  type UnionName,
} from './result-unions.ts'

export type TeamView = TeamNow & { readonly type: 'Team' }
/** Something that a team has. `team`: the team now, where it is known; null: read it when it is wanted. */
export type OfTeam = { readonly teamId: TeamId; readonly team: TeamNow | null }
/** The effect of a mutation. `past`: how the team stood right after it, where it has moved on since. */
type Done = OfTeam & { readonly past?: TeamNow | undefined }
export type HoldView = Done & { readonly type: 'Hold'; readonly hold: Hold }
/** `hold`: its hold as the mutation left it; absent: read it when it is wanted. */
export type ChargeView = Done & {
  readonly type: 'Charge'
  readonly charge: Charge
  readonly hold?: Hold | null | undefined
}
export type RefundView = Done & { readonly type: 'Refund'; readonly refund: Refund | PostedRefund }
export type MemberView = { readonly type: 'Member'; readonly teamId: TeamId; readonly id: MemberId }
export type GrantView = OfTeam & { readonly type: 'CreditGrant'; readonly grant: Grant }
export type ActivityView = OfTeam & { readonly type: 'Activity'; readonly activity: Activity }
/** A contract of a team, as it stood at `at`. */
export type ContractView = OfTeam & {
  readonly type: 'Contract'
  readonly contract: Allowance
  readonly at: Instant
}
/** `grant` as it was last written; null: its credits have not arrived. */
export type PurchaseView = OfTeam & {
  readonly type: 'Purchase'
  readonly purchase: Purchase
  readonly grant: Grant | null
}
/** A paid invoice that is no purchase. */
export type PaidInvoiceView = { readonly type: 'PaidInvoice'; readonly paid: PaidInvoice }
/** `key` never has its secret. */
export type ApiKeyView = { readonly type: 'ApiKey'; readonly key: ApiKey }
/** `endpoint` never has its secret. */
export type WebhookEndpointView = { readonly type: 'WebhookEndpoint'; readonly endpoint: Endpoint }
/** `owner`: of its endpoint. */
export type WebhookDeliveryView = {
  readonly type: 'WebhookDelivery'
  readonly owner: TeamId
  readonly delivery: Delivery
}
/** An administrative act. */
export type AuditEntryView = { readonly type: 'AuditEntry'; readonly record: AuditRecord }
export type NodeView =
  | TeamView
  | HoldView
  | ChargeView
  | RefundView
  | GrantView
  | ActivityView
  | PurchaseView
  | ApiKeyView
  | WebhookEndpointView
  | WebhookDeliveryView
  | MemberView
  | AuditEntryView

/** The refusal with the account that shows what can be bought. `message` is the domain's; people are told another. */
export type InsufficientView = {
  readonly type: 'InsufficientCredits'
  readonly code: string
  readonly message: string
  readonly required: Credits
  readonly available: Credits
  readonly shortfall: Credits
  readonly nextGrantAt: Instant | null
  readonly account: Account | null
  /** When it was refused. */
  readonly at: Instant
}

/** The refusal with the team whose member it names. `message` is the domain's; people are told another. */
export type LimitReachedView = {
  readonly type: 'SpendingLimitReached'
  readonly code: string
  readonly message: string
  readonly teamId: TeamId
  readonly reached: SpendingLimitReached
  /** When it was refused. */
  readonly at: Instant
}

/** The refusal with the team whose admins may buy. `message` is the domain's; people are told another. */
export type PurchaseNotAllowedView = {
  readonly type: 'PurchaseNotAllowed'
  readonly code: string
  readonly message: string
  readonly teamId: TeamId
  readonly refusal: PurchaseNotAllowed
}

/** Failures that are shown as they are. */
type PlainFailure = Exclude<Failure, InsufficientCredits | SpendingLimitReached | PurchaseNotAllowed>
export type PaymentError =
  | PaymentDeclined
  | PaymentActionRequired
  | PaymentUnavailable
  | NoPaymentMethod
  | RefundExceedsPurchase

export type ErrorView =
  | InsufficientView
  | LimitReachedView
  | PurchaseNotAllowedView
  | PlainFailure
  | PaymentError
  | InvalidCatalog
  | InvalidPublication
  | InternalServerError

/** Members of result unions, by their type's name. */
export type Results = {
  Team: TeamView
  Hold: HoldView
  Charge: ChargeView
  Refund: RefundView
  CreditGrant: GrantView
  InsufficientCredits: InsufficientView
  SpendingLimitReached: LimitReachedView
  PurchaseNotAllowed: PurchaseNotAllowedView
  Purchase: PurchaseView
  PaidInvoice: PaidInvoiceView
} & { [F in PlainFailure | PaymentError | InternalServerError as NameOf<F['code']>]: F }

/** The types by which resolvers show the ledger's answers to a union's commands: their outcomes, and the errors of the union. */
export type ResultOf<Name extends UnionName> = Results[(ShownBy<KindOf<Name>> | MemberOf<Name>) & keyof Results]

/** The name of the GraphQL type of anything that is a member of a union or an interface. */
export const typeNameOf = (value: { readonly type: string } | ExpectedError): string =>
  value instanceof ExpectedError ? value.name : value.type

/** The ledger's answer as a result of one union. An outcome that its commands don't state is a defect. */
export function resultOf<Name extends UnionName>(answer: Answer, teamId: TeamId, name: Name): ResultOf<Name> {
  const { outcome } = answer
  const { commands, members }: ResultUnion = resultUnions[name]
  const isStated =
    outcome.kind === 'refused'
      ? members.includes(outcome.failure.name)
      : commands.some((kind) => outcomes[kind].gives === outcome.kind)
  if (isStated) return viewOf(answer, teamId) as ResultOf<Name>
  throw new Error(`${outcome.kind === 'refused' ? outcome.failure.name : outcome.kind} is no outcome of ${name}`)
}

function viewOf(answer: Answer, teamId: TeamId) {
  const { outcome, account, at, hold, overtaken = false } = answer
  const after = account === null ? null : { account, at }
  const team = overtaken ? null : after
  const done = { teamId, team, past: overtaken && after !== null ? after : undefined }
  switch (outcome.kind) {
    case 'hold':
      return { type: 'Hold', hold: outcome.hold, ...done }
    case 'charge':
      return { type: 'Charge', charge: outcome.charge, hold, ...done }
    case 'refund':
      return { type: 'Refund', refund: outcome.refund, ...done }
    case 'grant':
      return { type: 'CreditGrant', grant: outcome.grant, teamId, team }
    case 'done':
      if (after === null) throw new Error(`Done to ${teamId}, which does not exist`)
      return { type: 'Team', ...after }
    case 'purchase':
      throw new Error(`Purchase ${outcome.purchase.id} of ${teamId} is told by what came of it`)
    case 'ordered':
      throw new Error(`What ${teamId} ordered is told by what came of it`)
    case 'imported':
      throw new Error(`The import of ${teamId} is told in a list`)
    case 'refused':
      return failureView(outcome.failure, account, teamId, at)
  }
}

const failureView = (failure: Failure, account: Account | null, teamId: TeamId, at: Instant) => {
  if (failure instanceof SpendingLimitReached) {
    const { code, message } = failure
    return { type: 'SpendingLimitReached' as const, code, message, teamId, reached: failure, at }
  }
  if (failure instanceof PurchaseNotAllowed) return purchaseNotAllowedView(failure, teamId)
  if (!(failure instanceof InsufficientCredits)) return failure
  const { code, message, required, available, shortfall, nextGrantAt } = failure
  const told = { code, message, required, available, shortfall, nextGrantAt }
  return { type: 'InsufficientCredits' as const, ...told, account, at }
}

export const purchaseNotAllowedView = (refusal: PurchaseNotAllowed, teamId: TeamId): PurchaseNotAllowedView => {
  const { code, message } = refusal
  return { type: 'PurchaseNotAllowed', code, message, teamId, refusal }
}
