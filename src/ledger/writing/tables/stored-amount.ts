import type { StoredAmount } from '../../../domain/stored-amount.ts'
import type { StoredAmountEntity } from '../../../entities/stored-amount.ts'
import { bigint, type Described, instant, numeric, table, text } from '../table.ts'

const description: Described<typeof StoredAmountEntity, StoredAmount, null, 'teamId'> = {
  rate: text((stored) => stored.rate),
  amount: bigint((stored) => stored.amount),
  changedAt: instant((stored) => stored.changedAt),
  accrued: numeric((stored) => stored.accrued),
  dayEndsAt: instant((stored) => stored.dayEndsAt),
}

export const stored = table('stored_amount', description, { key: ['rate'] })
