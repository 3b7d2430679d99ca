import { keyScopes } from '../access/key-scope.ts'
import { blockerCodes } from '../domain/errors.ts'
import { accountEventTypes } from '../domain/event-type.ts'
import { grantKinds } from '../domain/grant.ts'
import { holdStates } from '../domain/hold.ts'
import { balanceStates } from '../domain/low-balance.ts'
import { cadences } from '../domain/period.ts'
import { prorations } from '../domain/plan-change-cost.ts'
import { activityTypes } from '../domain/posting.ts'
import { payWiths, purchaseCauses, purchaseStates } from '../domain/purchase.ts'
import { requirements, settlements, units } from '../domain/rate-card.ts'
import { rechargeStates } from '../domain/recharge.ts'
import { roles } from '../domain/role.ts'
import { spaces } from '../domain/space.ts'
import { limitPeriods } from '../domain/spending-limit.ts'
import { trialEnds } from '../domain/trial.ts'
import { origins } from '../ledger/catalogs/publication.ts'
import { invoiceKinds } from '../payments/paid-invoice.ts'
import { testCards } from '../payments/test-cards.ts'
import { rolloverRules } from '../resolvers/contracts.ts'
import { meteredBillStates } from '../resolvers/metered-bills.ts'
import { usageDimensions } from '../resolvers/usages.ts'
import { builder } from './builder.ts'

export const RoleEnum = builder.enumType('Role', {
  description:
    "VIEWER reads; MEMBER also spends; ADMIN also buys and configures; PLATFORM (the operator's backend) acts for any team, grants, refunds and settles.",
  values: roles,
})
export const ScopeEnum = builder.enumType('Scope', { values: keyScopes })
export const SpaceEnum = builder.enumType('Space', { values: spaces })
export const BalanceStateEnum = builder.enumType('BalanceState', { values: balanceStates })
export const GrantKindEnum = builder.enumType('GrantKind', { values: grantKinds })
export const ActivityTypeEnum = builder.enumType('ActivityType', { values: activityTypes })
export const HoldStateEnum = builder.enumType('HoldState', { values: holdStates })
export const TrialEndEnum = builder.enumType('TrialEnd', { values: trialEnds })
export const CadenceEnum = builder.enumType('Cadence', { values: cadences })
export const UsageDimensionEnum = builder.enumType('UsageDimension', { values: usageDimensions })
export const AccountEventTypeEnum = builder.enumType('AccountEventType', { values: accountEventTypes })
export const PurchaseStateEnum = builder.enumType('PurchaseState', { values: purchaseStates })
export const PurchaseCauseEnum = builder.enumType('PurchaseCause', {
  description: 'PURCHASE: somebody bought. RECHARGE: the balance fell below the threshold of auto-recharge.',
  values: purchaseCauses,
})
export const PayWithEnum = builder.enumType('PayWith', {
  description: 'AUTO: the saved method where there is one, else Checkout.',
  values: payWiths,
})
export const ProrationEnum = builder.enumType('Proration', {
  description: "Stripe's `proration_behavior`. With another interval, a new period is billed at once in each case.",
  values: prorations,
})
export const AutoRechargeStateEnum = builder.enumType('AutoRechargeState', { values: rechargeStates })
export const CatalogOriginEnum = builder.enumType('CatalogOrigin', {
  description: 'FILE: the file that a gateway started with. PUBLISHED: a call of `publishCatalog`.',
  values: origins,
})
export const InvoiceKindEnum = builder.enumType('InvoiceKind', { values: invoiceKinds })
export const MeteredBillStateEnum = builder.enumType('MeteredBillState', { values: meteredBillStates })
export const UnitEnum = builder.enumType('Unit', { values: units })
export const SettlementEnum = builder.enumType('Settlement', { values: settlements })
export const ChargeTimeEnum = builder.enumType('ChargeTime', { values: ['AT_SUCCESS', 'AT_START'] as const })
export const RoundingModeEnum = builder.enumType('RoundingMode', {
  values: {
    UP: { value: 'up' },
    DOWN: { value: 'down' },
    HALF_EVEN: { value: 'half-even' },
    HALF_UP: { value: 'half-up' },
  } as const,
})
export const RequirementEnum = builder.enumType('Requirement', { values: requirements })
export const BlockerCodeEnum = builder.enumType('BlockerCode', { values: blockerCodes })
export const LimitPeriodEnum = builder.enumType('LimitPeriod', {
  description: "A calendar day, week (from Monday) or month of the catalog's time zone.",
  values: limitPeriods,
})
export const RolloverRuleEnum = builder.enumType('RolloverRule', {
  description:
    'The rule for credits that are left when a period ends: lost, carried over, or carried over up to `rolloverUpTo`.',
  values: rolloverRules,
})
export const TestCardEnum = builder.enumType('TestCard', { values: testCards })
