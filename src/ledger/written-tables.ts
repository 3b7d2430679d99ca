import { allowance } from './written/allowance.ts'
import { audit } from './written/audit-record.ts'
import { command } from './written/command.ts'
import { entry } from './written/entry.ts'
import { burnt, grant } from './written/grant.ts'
import { hold } from './written/hold.ts'
import { notice } from './written/notice.ts'
import { purchase } from './written/purchase.ts'
import { limit } from './written/spending-limit.ts'
import { stored } from './written/stored-amount.ts'

/** The tables that a batch writes besides accounts, in the order of the statement. */
export const tables = { grant, burnt, allowance, stored, limit, hold, entry, command, audit, notice, purchase }

export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as TableName[]
