import type { Viewer } from '../access/viewer.ts'
import type { AddOn, Plan, PlanAllowance } from '../catalog/catalog.ts'
import type { CatalogFault, InvalidCatalog } from '../catalog/faults.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import type { Money } from '../domain/amounts/money.ts'
import type { AllowancePeriod, ScopedCredits } from '../domain/balance.ts'
import type * as errors from '../domain/errors.ts'
import type { GrantScope } from '../domain/grant-scope.ts'
import type { Instant } from '../domain/identity.ts'
import type * as payments from '../domain/payment-errors.ts'
import type { Tag } from '../domain/tags.ts'
import type { TrialTerms } from '../domain/trial.ts'
import type { CreatedApiKeyView } from '../resolvers/api-keys.ts'
import type { AutoRechargeView } from '../resolvers/auto-recharge.ts'
import type { BalanceView } from '../resolvers/balances.ts'
import type { PackageView, RateCardView } from '../resolvers/catalogs.ts'
import type { BurnView, PriceLine } from '../resolvers/charges.ts'
import type { CreditLineView } from '../resolvers/credit-lines.ts'
import type { CustomTopUpView } from '../resolvers/custom-top-ups.ts'
import type { EstimateView } from '../resolvers/estimates.ts'
import type { GrantUseView } from '../resolvers/grant-uses.ts'
import type { MemberGroupView } from '../resolvers/member-groups.ts'
import type { MeteredReport, MeteredRow } from '../resolvers/metered.ts'
import type { MeteredBillView } from '../resolvers/metered-bills.ts'
import type { CutBackView, CutOverView } from '../resolvers/moves.ts'
import type { BalanceEmail } from '../resolvers/notices.ts'
import type { PlanChangePreviewView } from '../resolvers/plan-change-previews.ts'
import type { PlatformEventView } from '../resolvers/platform-events.ts'
import type { PublicationView } from '../resolvers/publications.ts'
import type { RateCategoryView, RateView } from '../resolvers/rates.ts'
import type { ReceiptView } from '../resolvers/receipts.ts'
import type { InternalServerError } from '../resolvers/request/internal-server-error.ts'
import type { PageInfo } from '../resolvers/request/pages.ts'
import type * as views from '../resolvers/request/results.ts'
import type { SpendingLimitView } from '../resolvers/spending-limits.ts'
import type { StoredAmountView } from '../resolvers/stored-amounts.ts'
import type { AccountEventView, LowBalanceView } from '../resolvers/subscriptions.ts'
import type { AlertLevelView } from '../resolvers/thresholds.ts'
import type { RevokedTokensView } from '../resolvers/token-revocations.ts'
import type { TrialView } from '../resolvers/trials.ts'
import type { Forecast, UsageReport, UsageRow } from '../resolvers/usages.ts'
import type { CreatedWebhookEndpointView } from '../resolvers/webhooks.ts'
import { builder } from './builder.ts'

/** Every type by its name, so that the files that describe them need not import each other. */
export const NodeType = builder.interfaceRef<views.NodeView>('Node')
export const ErrorType = builder.interfaceRef<views.ErrorView>('Error')

export const MoneyType = builder.objectRef<Money>('Money')
export const ViewerType = builder.objectRef<Viewer>('Viewer')
export const MemberType = builder.objectRef<views.MemberView>('Member')
export const PageInfoType = builder.objectRef<PageInfo>('PageInfo')

export const ContractType = builder.objectRef<views.ContractView>('Contract')
export const CutOverType = builder.objectRef<CutOverView>('CutOver')
export const CutBackType = builder.objectRef<CutBackView>('CutBack')
export const TeamType = builder.objectRef<views.TeamView>('Team')
export const BalanceType = builder.objectRef<BalanceView>('Balance')
export const AllowancePeriodType = builder.objectRef<AllowancePeriod>('AllowancePeriod')
export const GrantScopeType = builder.objectRef<GrantScope>('GrantScope')
export const ScopedCreditsType = builder.objectRef<ScopedCredits>('ScopedCredits')
export const UnlockType = builder.objectRef<{ amount: Credits; at: Instant }>('Unlock')
export const ExpiryType = builder.objectRef<{ amount: Credits; at: Instant }>('Expiry')
export const CreditGrantType = builder.objectRef<views.GrantView>('CreditGrant')
export const ActivityType = builder.objectRef<views.ActivityView>('Activity')
export const HoldType = builder.objectRef<views.HoldView>('Hold')
export const ChargeType = builder.objectRef<views.ChargeView>('Charge')
export const RefundType = builder.objectRef<views.RefundView>('Refund')
export const ReceiptType = builder.objectRef<ReceiptView>('Receipt')
export const GrantUseType = builder.objectRef<GrantUseView>('GrantUse')
export const TagType = builder.objectRef<Tag>('Tag')
export const CreditLineType = builder.objectRef<CreditLineView>('CreditLine')
export const PlanChangePreviewType = builder.objectRef<PlanChangePreviewView>('PlanChangePreview')
export const TrialType = builder.objectRef<TrialView>('Trial')
export const PlanTrialType = builder.objectRef<TrialTerms>('PlanTrial')
export const AlertLevelType = builder.objectRef<AlertLevelView>('AlertLevel')
export const BalanceEmailType = builder.objectRef<BalanceEmail>('BalanceEmail')
export const MemberGroupType = builder.objectRef<MemberGroupView>('MemberGroup')
export const SpendingLimitType = builder.objectRef<SpendingLimitView>('SpendingLimit')
export const UsageReportType = builder.objectRef<UsageReport>('UsageReport')
export const UsageRowType = builder.objectRef<UsageRow>('UsageRow')
export const PaidInvoiceType = builder.objectRef<views.PaidInvoiceView>('PaidInvoice')
export const MeteredBillType = builder.objectRef<MeteredBillView>('MeteredBill')
export const MeteredReportType = builder.objectRef<MeteredReport>('MeteredReport')
export const MeteredRowType = builder.objectRef<MeteredRow>('MeteredRow')
export const ForecastType = builder.objectRef<Forecast>('Forecast')

export const StoredAmountType = builder.objectRef<StoredAmountView>('StoredAmount')

export const AuditEntryType = builder.objectRef<views.AuditEntryView>('AuditEntry')

export const ApiKeyType = builder.objectRef<views.ApiKeyView>('ApiKey')
export const CreatedApiKeyType = builder.objectRef<CreatedApiKeyView>('CreatedApiKey')
export const RevokedTokensType = builder.objectRef<RevokedTokensView>('RevokedTokens')

export const WebhookEndpointType = builder.objectRef<views.WebhookEndpointView>('WebhookEndpoint')
export const WebhookDeliveryType = builder.objectRef<views.WebhookDeliveryView>('WebhookDelivery')
export const CreatedWebhookEndpointType = builder.objectRef<CreatedWebhookEndpointView>('CreatedWebhookEndpoint')

export const PurchaseType = builder.objectRef<views.PurchaseView>('Purchase')
export const AutoRechargeType = builder.objectRef<AutoRechargeView>('AutoRecharge')

export const RateCardType = builder.objectRef<RateCardView>('RateCard')
export const RateCategoryType = builder.objectRef<RateCategoryView>('RateCategory')
export const RateType = builder.objectRef<RateView>('Rate')
export const EstimateType = builder.objectRef<EstimateView>('Estimate')
export const PriceLineType = builder.objectRef<PriceLine>('PriceLine')
export const BurnStepType = builder.objectRef<BurnView>('BurnStep')
export const BlockerType = builder.objectRef<errors.Blocker>('Blocker')
export const CreditPackageType = builder.objectRef<PackageView>('CreditPackage')
export const CustomTopUpType = builder.objectRef<CustomTopUpView>('CustomTopUp')
export const TopUpTierType = builder.objectRef<{ from: Credits; perCredit: Money }>('TopUpTier')
export const PlanType = builder.objectRef<Plan>('Plan')
export const AllowanceType = builder.objectRef<PlanAllowance>('Allowance')
export const AddOnType = builder.objectRef<AddOn>('AddOn')
export const PublishedCatalogType = builder.objectRef<PublicationView>('PublishedCatalog')
export const CatalogFaultType = builder.objectRef<CatalogFault>('CatalogFault')

export const LowBalanceAlertType = builder.objectRef<LowBalanceView>('LowBalanceAlert')
export const PlatformEventType = builder.objectRef<PlatformEventView>('PlatformEvent')
export const AccountEventType = builder.objectRef<AccountEventView>('AccountEvent')

export const InsufficientCreditsType = builder.objectRef<views.InsufficientView>('InsufficientCredits')
export const RequirementNotMetType = builder.objectRef<errors.RequirementNotMet>('RequirementNotMet')
export const SpendingLimitReachedType = builder.objectRef<views.LimitReachedView>('SpendingLimitReached')
export const UnknownRateType = builder.objectRef<errors.UnknownRate>('UnknownRate')
export const InvalidUsageType = builder.objectRef<errors.InvalidUsage>('InvalidUsage')
export const InvalidAmountType = builder.objectRef<errors.InvalidAmount>('InvalidAmount')
export const InvalidInputType = builder.objectRef<errors.InvalidInput>('InvalidInput')
export const AddOnNotAvailableType = builder.objectRef<errors.AddOnNotAvailable>('AddOnNotAvailable')
export const UnknownPlanType = builder.objectRef<errors.UnknownPlan>('UnknownPlan')
export const InvalidCatalogType = builder.objectRef<InvalidCatalog>('InvalidCatalog')
export const InvalidPublicationType = builder.objectRef<errors.InvalidPublication>('InvalidPublication')
export const AmountNotSoldType = builder.objectRef<errors.AmountNotSold>('AmountNotSold')
export const UnknownPackageType = builder.objectRef<errors.UnknownPackage>('UnknownPackage')
export const PurchaseNotAllowedType = builder.objectRef<views.PurchaseNotAllowedView>('PurchaseNotAllowed')
export const PaymentDeclinedType = builder.objectRef<payments.PaymentDeclined>('PaymentDeclined')
export const PaymentActionRequiredType = builder.objectRef<payments.PaymentActionRequired>('PaymentActionRequired')
export const PaymentUnavailableType = builder.objectRef<payments.PaymentUnavailable>('PaymentUnavailable')
export const InternalServerErrorType = builder.objectRef<InternalServerError>('InternalServerError')
export const RefundExceedsPurchaseType = builder.objectRef<payments.RefundExceedsPurchase>('RefundExceedsPurchase')
export const NoPaymentMethodType = builder.objectRef<payments.NoPaymentMethod>('NoPaymentMethod')
export const QuoteExpiredType = builder.objectRef<errors.QuoteExpired>('QuoteExpired')
export const HoldClosedType = builder.objectRef<errors.HoldClosed>('HoldClosed')
export const RefundExceedsChargeType = builder.objectRef<errors.RefundExceedsCharge>('RefundExceedsCharge')
export const NotAllowedType = builder.objectRef<errors.NotAllowed>('NotAllowed')
export const NotFoundType = builder.objectRef<errors.NotFound>('NotFound')
export const IdempotencyConflictType = builder.objectRef<errors.IdempotencyConflict>('IdempotencyConflict')
