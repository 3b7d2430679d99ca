import { AccessTurnEntity } from './access-turn.ts'
import { AccountEntity } from './account.ts'
import { AccountNoticeEntity } from './account-notice.ts'
import { AddOnChangeEntity } from './add-on-change.ts'
import { AllowanceEntity } from './allowance.ts'
import { ApiKeyEntity } from './api-key.ts'
import { ApiKeyPreviousSecretEntity } from './api-key-previous-secret.ts'
import { AuditRecordEntity } from './audit-record.ts'
import { CatalogPublicationEntity } from './catalog-publication.ts'
import { CheckpointEntity } from './checkpoint.ts'
import { ClawbackEntity } from './clawback.ts'
import { ClockEntity } from './clock.ts'
import { CommandEntity } from './command.ts'
import { CreditGrantEntity } from './credit-grant.ts'
import { CustomerEntity } from './customer.ts'
import { DepositCostEntity } from './deposit-cost.ts'
import { EntryEntity } from './entry.ts'
import { HoldEntity } from './hold.ts'
import { LeaseEntity } from './lease.ts'
import { MemberEntity } from './member.ts'
import { MemberGroupEntity } from './member-group.ts'
import { MeteredBillEntity } from './metered-bill.ts'
import { MeteredMonthEntity } from './metered-month.ts'
import { PillTokenEntity } from './pill-token.ts'
import { PostingFacetEntity } from './posting-facet.ts'
import { PurchaseEntity } from './purchase.ts'
import { PurchaseRefundEntity } from './purchase-refund.ts'
import { RateCardEntity } from './rate-card.ts'
import { RehearsalEntity } from './rehearsal.ts'
import { RehearsalEventEntity } from './rehearsal-event.ts'
import { ReversedInvoiceEntity } from './reversed-invoice.ts'
import { RevocationEntity } from './revocation.ts'
import { SpaceEntity } from './space.ts'
import { SpendingLimitEntity } from './spending-limit.ts'
import { StoredAmountEntity } from './stored-amount.ts'
import { StripeCatchUpEntity } from './stripe-catch-up.ts'
import { StripeEventEntity } from './stripe-event.ts'
import { StripeReconciliationEntity } from './stripe-reconciliation.ts'
import { UsageHourEntity } from './usage-hour.ts'
import { WebhookDeliveryEntity } from './webhook-delivery.ts'
import { WebhookEndpointEntity } from './webhook-endpoint.ts'
import { WebhookPositionEntity } from './webhook-position.ts'

export const entities = [
  AddOnChangeEntity,
  PurchaseRefundEntity,
  PostingFacetEntity,
  StripeCatchUpEntity,
  LeaseEntity,
  AccessTurnEntity,
  ClawbackEntity,
  ClockEntity,
  AccountEntity,
  AccountNoticeEntity,
  AllowanceEntity,
  ApiKeyEntity,
  ApiKeyPreviousSecretEntity,
  AuditRecordEntity,
  CatalogPublicationEntity,
  CheckpointEntity,
  CommandEntity,
  CreditGrantEntity,
  CustomerEntity,
  DepositCostEntity,
  EntryEntity,
  HoldEntity,
  MemberEntity,
  MemberGroupEntity,
  MeteredBillEntity,
  MeteredMonthEntity,
  PillTokenEntity,
  PurchaseEntity,
  RateCardEntity,
  RehearsalEntity,
  RehearsalEventEntity,
  ReversedInvoiceEntity,
  RevocationEntity,
  SpaceEntity,
  SpendingLimitEntity,
  StoredAmountEntity,
  StripeEventEntity,
  StripeReconciliationEntity,
  UsageHourEntity,
  WebhookDeliveryEntity,
  WebhookEndpointEntity,
  WebhookPositionEntity,
]
