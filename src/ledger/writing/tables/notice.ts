import type { AccountNotice } from '../../../domain/notice.ts'
import type { AccountNoticeEntity } from '../../../entities/account-notice.ts'
import { bigint, type Described, instant, integer, table, text } from '../table.ts'

const description: Described<typeof AccountNoticeEntity, AccountNotice, null, 'teamId' | 'platformPosition'> = {
  revision: bigint((notice) => notice.revision),
  number: integer((notice) => notice.number),
  type: text((notice) => notice.type),
  effectiveAt: instant((notice) => notice.at),
  amount: bigint((notice) => notice.amount),
  reason: text((notice) => notice.reason),
}

export const notice = table('account_notice', description)
