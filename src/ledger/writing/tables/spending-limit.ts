import type { SpendingLimit } from '../../../domain/spending-limit.ts'
import type { SpendingLimitEntity } from '../../../entities/spending-limit.ts'
import { bigint, type Described, instant, table, text } from '../table.ts'

const description: Described<typeof SpendingLimitEntity, SpendingLimit, null, 'teamId'> = {
  subject: text((limit) => limit.subject),
  subjectId: text((limit) => limit.id),
  per: text((limit) => limit.per),
  credits: bigint((limit) => limit.credits),
  windowStart: instant((limit) => limit.windowStart),
  resetsAt: instant((limit) => limit.resetsAt),
  used: bigint((limit) => limit.used),
  setAt: instant((limit) => limit.setAt),
}

export const limit = table('spending_limit', description, { key: ['subject', 'subjectId', 'per'] })
