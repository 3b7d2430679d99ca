import { allowance } from './tables/allowance.ts'
import { audit } from './tables/audit-record.ts'
import { clawback } from './tables/clawback.ts'
import { command } from './tables/command.ts'
import { entry } from './tables/entry.ts'
import { burnt, grant } from './tables/grant.ts'
import { hold } from './tables/hold.ts'
import { group } from './tables/member-group.ts'
import { notice } from './tables/notice.ts'
import { posted, purchase } from './tables/purchase.ts'
import { limit } from './tables/spending-limit.ts'
import { stored } from './tables/stored-amount.ts'

/** The tables that a batch writes besides accounts, in the order of the statement. */
export const tables = {
  grant,
  burnt,
  allowance,
  stored,
  limit,
  group,
  hold,
  entry,
  command,
  audit,
  notice,
  purchase,
  posted,
  clawback,
}

export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as TableName[]
