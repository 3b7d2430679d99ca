import { AccountEntity } from './account.ts'
import { AccountNoticeEntity } from './account-notice.ts'
import { AllowanceEntity } from './allowance.ts'
import { CatalogPublicationEntity } from './catalog-publication.ts'
import { CheckpointEntity } from './checkpoint.ts'
import { CommandEntity } from './command.ts'
import { CreditGrantEntity } from './credit-grant.ts'
import { EntryEntity } from './entry.ts'
import { HoldEntity } from './hold.ts'
import { MemberEntity } from './member.ts'
import { RateCardEntity } from './rate-card.ts'
import { SpendingLimitEntity } from './spending-limit.ts'
import { StoredAmountEntity } from './stored-amount.ts'
import { UsageHourEntity } from './usage-hour.ts'

export const entities = [
  AccountEntity,
  AccountNoticeEntity,
  AllowanceEntity,
  CatalogPublicationEntity,
  CheckpointEntity,
  CommandEntity,
  CreditGrantEntity,
  EntryEntity,
  HoldEntity,
  MemberEntity,
  RateCardEntity,
  SpendingLimitEntity,
  StoredAmountEntity,
  UsageHourEntity,
]
