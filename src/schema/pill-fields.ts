import { defaultFieldResolver, type GraphQLSchema, isObjectType } from 'graphql'
import { Forbidden } from '../access/faults.ts'
import type { PillUse } from '../access/viewer.ts'
import type { GatewayContext } from '../resolvers/request/context.ts'
import type { Resolve } from './root-fields.ts'

const all = '*'
const error = 'code message'

/** The fields that a pill token may select, by type; other fields are refused. */
const toWatch: Readonly<Record<string, string>> = {
  // Plans, rate card, `spendable` and scopes only of a public catalog: their resolvers check that.
  Query: 'currencies customTopUp packages plans promotionCodes rateCard team viewer',
  Subscription: 'accountEvents balance lowBalance',
  Team: 'balance currencies currency id lastEventId name plan',
  // Tabs of one browser share a connection if their tokens are for the same member.
  Viewer: 'memberId role team',
  Balance: all,
  AllowancePeriod: all,
  Expiry: all,
  Unlock: all,
  ScopedCredits: all,
  GrantScope: all,
  Plan: all,
  RateCard: all,
  RateCategory: all,
  Rate: all,
  Allowance: all,
  AddOn: all,
  PlanTrial: all,
  CreditPackage: all,
  CustomTopUp: all,
  TopUpTier: all,
  Money: all,
  LowBalanceAlert: all,
  AutoRecharge: 'enabled lastFailure state',
  AccountEvent: 'amount at balance id message revision type',
  NotAllowed: error,
}

/** Further fields that a pill token with BUY may select. */
const toBuy: Readonly<Record<string, string>> = {
  Query: 'node purchasePreview rechargeMandate',
  Mutation: 'configureAutoRecharge purchaseCredits',
  Team: 'autoRecharge purchases',
  AutoRecharge: 'actionUrl maxPerDay monthlyCap package rechargesToday spentThisMonth targetBalance threshold',
  PurchasePreview: all,
  Purchase:
    'balance cause checkoutUrl confirmUrl createdAt credits discount failure id invoiceUrl isUnderWay net package paymentReference price refunded state tax team total',
  PurchaseConnection: all,
  PurchaseEdge: all,
  PageInfo: all,
  UnknownPackage: error,
  AmountNotSold: all,
  PurchaseNotAllowed: all,
  PaymentDeclined: all,
  PaymentActionRequired: all,
  PaymentUnavailable: all,
  NoPaymentMethod: all,
  InvalidAmount: all,
  InvalidInput: all,
  IdempotencyConflict: error,
  NotFound: error,
}

/** Fields that are null for every pill token: an alert does not need them, but clients select them beside it. */
const withheld: Readonly<Record<string, string>> = { AccountEvent: 'activity subject' }

const lists = (fields: string | undefined, field: string): boolean =>
  fields === all || fields?.split(' ').includes(field) === true

/** The least use that may select the field; null: no pill token may. */
function minUse(type: string, field: string): PillUse | null {
  if (lists(toWatch[type], field)) return 'WATCH'
  return lists(toBuy[type], field) ? 'BUY' : null
}

/** Refuses to pill tokens every field that is neither listed for them nor withheld. */
export function withPillFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const least = minUse(type.name, field.name)
      if (least === 'WATCH') continue
      const otherwise = lists(withheld[type.name], field.name) ? () => null : refusal(least)
      field.resolve = unlessPill(field.resolve ?? defaultFieldResolver, least, otherwise)
      if (field.subscribe) field.subscribe = unlessPill(field.subscribe, least, otherwise)
    }
  }
  return schema
}

const unlessPill =
  (resolve: Resolve, least: PillUse | null, otherwise: () => unknown): Resolve =>
  (source, args, context: GatewayContext, info) => {
    const pill = context.viewer?.pill
    return pill === undefined || pill === least ? resolve(source, args, context, info) : otherwise()
  }

const refusal = (least: PillUse | null) => (): never => {
  const reason = least === null ? 'no pill token may do this' : 'the pill token may not buy'
  throw new Forbidden(`${reason}: use another token or an API key`)
}
