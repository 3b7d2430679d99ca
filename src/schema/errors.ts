import { notAllowedAdmins, notAllowedMessage } from '../resolvers/buying.ts'
import { shortageCanPurchase, shortageMessage, shortagePackages } from '../resolvers/catalogs.ts'
import { limitReachedMessage } from '../resolvers/notices.ts'
import { typeNameOf } from '../resolvers/request/results.ts'
import { HoldStateEnum, LimitPeriodEnum } from './enums.ts'
import * as refs from './refs.ts'

refs.ErrorType.implement({
  description:
    "Every expected failure. `code` is stable (SCREAMING_SNAKE of the type's name); `message` is for people.",
  resolveType: typeNameOf,
  fields: (t) => ({ code: t.exposeString('code'), message: t.exposeString('message') }),
})

const interfaces = [refs.ErrorType]

refs.InsufficientCreditsType.implement({
  interfaces,
  fields: (t) => ({
    message: t.string({ resolve: shortageMessage }),
    required: t.expose('required', { type: 'Credits' }),
    available: t.expose('available', { type: 'Credits' }),
    shortfall: t.expose('shortfall', { type: 'Credits' }),
    nextGrantAt: t.expose('nextGrantAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the next allowance lands.',
    }),
    packages: t.field({
      type: [refs.CreditPackageType],
      description: 'Smallest first; empty where the caller may not buy.',
      resolve: shortagePackages,
    }),
    canPurchase: t.boolean({ resolve: shortageCanPurchase }),
  }),
})

refs.RequirementNotMetType.implement({
  interfaces,
  fields: (t) => ({ blockers: t.expose('blockers', { type: [refs.BlockerType] }) }),
})
refs.SpendingLimitReachedType.implement({
  interfaces,
  description:
    'The request would exceed a spending limit of the member, of the caller, or of a group that the use counts in.',
  fields: (t) => ({
    message: t.string({ resolve: limitReachedMessage }),
    per: t.field({ type: LimitPeriodEnum, resolve: ({ reached }) => reached.per }),
    groupId: t.id({
      nullable: true,
      description: 'The group whose limit refuses; null: it is a limit of the member or of the caller.',
      resolve: ({ reached }) => (reached.subject === 'GROUP' ? reached.id : null),
    }),
    limit: t.field({ type: 'Credits', resolve: ({ reached }) => reached.limit }),
    used: t.field({
      type: 'Credits',
      description: 'Reserved or charged in the running window.',
      resolve: ({ reached }) => reached.used,
    }),
    remaining: t.field({
      type: 'Credits',
      description: 'The rest of the limit in the running window, never below 0.',
      resolve: ({ reached: { limit, used } }) => (used < limit ? limit - used : 0n),
    }),
    required: t.field({ type: 'Credits', resolve: ({ reached }) => reached.required }),
    resetsAt: t.field({ type: 'DateTime', resolve: ({ reached }) => reached.resetsAt }),
  }),
})
refs.UnknownRateType.implement({ interfaces, fields: (t) => ({ rate: t.exposeID('rate') }) })
refs.InvalidUsageType.implement({ interfaces, fields: (t) => ({ path: t.exposeStringList('path') }) })
refs.HoldClosedType.implement({ interfaces, fields: (t) => ({ state: t.expose('state', { type: HoldStateEnum }) }) })
refs.RefundExceedsChargeType.implement({
  interfaces,
  fields: (t) => ({ refundable: t.expose('refundable', { type: 'Credits' }) }),
})
refs.InvalidAmountType.implement({ interfaces, fields: (t) => ({ path: t.exposeStringList('path') }) })
refs.InvalidInputType.implement({ interfaces, fields: (t) => ({ path: t.exposeStringList('path') }) })
refs.AddOnNotAvailableType.implement({ interfaces })
refs.UnknownPlanType.implement({ interfaces })
refs.InvalidCatalogType.implement({
  interfaces,
  fields: (t) => ({ faults: t.expose('faults', { type: [refs.CatalogFaultType] }) }),
})
refs.InvalidPublicationType.implement({ interfaces })
refs.UnknownPackageType.implement({ interfaces })
refs.AmountNotSoldType.implement({
  interfaces,
  fields: (t) => ({
    least: t.expose('least', { type: 'Credits', nullable: true }),
    most: t.expose('most', { type: 'Credits', nullable: true }),
    step: t.expose('step', { type: 'Credits', nullable: true }),
  }),
})
refs.PurchaseNotAllowedType.implement({
  interfaces,
  description: 'Not an admin (then `admins` says whom to ask), or the plan sells no packs (then: contact sales).',
  fields: (t) => ({
    message: t.string({ resolve: notAllowedMessage }),
    admins: t.field({ type: [refs.MemberType], resolve: notAllowedAdmins }),
    contact: t.string({ nullable: true, resolve: ({ refusal }) => refusal.contact }),
  }),
})
refs.PaymentDeclinedType.implement({
  interfaces,
  fields: (t) => ({ declineCode: t.exposeString('declineCode', { nullable: true }) }),
})
refs.PaymentActionRequiredType.implement({ interfaces, fields: (t) => ({ actionUrl: t.exposeString('actionUrl') }) })
refs.PaymentUnavailableType.implement({
  interfaces,
  fields: (t) => ({ retryAfterSeconds: t.exposeInt('retryAfterSeconds') }),
})
refs.InternalServerErrorType.implement({ interfaces, fields: (t) => ({ traceId: t.exposeString('traceId') }) })
refs.RefundExceedsPurchaseType.implement({
  interfaces,
  fields: (t) => ({ refundable: t.expose('refundable', { type: refs.MoneyType }) }),
})
refs.NoPaymentMethodType.implement({ interfaces, fields: (t) => ({ setupUrl: t.exposeString('setupUrl') }) })
refs.QuoteExpiredType.implement({ interfaces })
refs.NotAllowedType.implement({
  interfaces,
  description: 'The role does not suffice, or somebody else placed what this acts on.',
})
refs.NotFoundType.implement({ interfaces })
refs.IdempotencyConflictType.implement({ interfaces })
