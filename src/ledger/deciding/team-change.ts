import type { Account } from '../../domain/account.ts'
import type { Act, AuditChange } from '../../domain/audit.ts'
import type { Answer } from '../../domain/decisions/command.ts'
import type { Clawback } from '../../domain/grant.ts'
import type { Hold } from '../../domain/hold.ts'
import type { HoldId, Revision } from '../../domain/identity.ts'
import type { AccountNotice } from '../../domain/notice.ts'
import type { Posting } from '../../domain/posting.ts'
import type { NewPurchase } from '../../domain/purchase.ts'
import type { PostedFacts, StoredCommand, Submission } from './team-state.ts'

/** The result of one submission: decided now, decided before under the same key, or failed by a defect. */
export type Decided = { readonly answer: Answer } | { readonly replay: StoredCommand } | { readonly defect: unknown }

/** An act of an audited mutation that had an effect. `key`: its idempotency key; null: it has none. */
export type AuditedAct = {
  readonly act: Act
  readonly change: AuditChange
  readonly key: string | null
  readonly revision: Revision
}

/** The effects of a batch on one team; `account` null: there is no such team and nothing to write. */
export type TeamChange = {
  readonly before: Account | null
  readonly account: Account | null
  readonly postings: readonly Posting[]
  readonly notices: readonly AccountNotice[]
  readonly purchases: readonly NewPurchase[]
  readonly clawbacks: readonly Clawback[]
  readonly holds: ReadonlyMap<HoldId, Hold>
  /** The commands that had an effect under a key. */
  readonly commands: readonly { key: string; command: StoredCommand; audited: boolean }[]
  readonly audits: readonly AuditedAct[]
  /** The facts of payments that the ledger has with this change. */
  readonly posted: readonly PostedFacts[]
  readonly decided: readonly Decided[]
  readonly at: number
}

/**
 * Whether a key was refused. The earlier effect of the key may be stored, so a decision without reading must not answer
 * with this refusal: nothing is written under the key that would conflict with the stored command.
 */
export const refusesKey = ({ decided }: TeamChange, submissions: readonly Submission[]): boolean =>
  decided.some(
    (one, index) => 'answer' in one && one.answer.outcome.kind === 'refused' && submissions[index]?.key != null,
  )

/** Whether there is anything to write: a batch of repeated keys has nothing. */
export const isWritten = ({ before, account, holds, commands, audits, posted }: TeamChange) =>
  account !== null &&
  (account !== before || holds.size > 0 || commands.length > 0 || audits.length > 0 || posted.length > 0)
