import type { Account } from '../../domain/account.ts'
import type { Leftover } from '../../domain/allowance.ts'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Act } from '../../domain/audit.ts'
import type { RefundableCharge } from '../../domain/charge.ts'
import type { Command, SetSpendingLimit } from '../../domain/decisions/command.ts'
import type { Hold } from '../../domain/hold.ts'
import type { KeyNamespace, KeyOrigin } from '../../domain/idempotency.ts'
import type { ChargeId, HoldId, Instant, PurchaseId, Revision, TeamId } from '../../domain/identity.ts'
import type { Caller } from '../../domain/placer.ts'
import type { StoredOutcome } from '../../entities/json/stored.ts'

/** The facts of a payment that the ledger has once all commands that carry this very object have had their effect. */
export type PostedFacts = {
  readonly purchase: PurchaseId
  /** How many facts they are. Commands of no more facts than are posted have no effect: newer ones came first. */
  readonly facts: number
  /** When the purchase is due next, unless more facts are known by then; null: never. */
  readonly askAt: Instant | null
}

/** A command for a team's ledger. `key`: its idempotency key; null: it has none (time, settings). */
export type Submission<C extends Command = Command> = {
  readonly teamId: TeamId
  readonly key: string | null
  /** The caller and the mutation that the key belongs to; absent: the gateway's own key, in a namespace of its own. */
  readonly origin?: KeyOrigin
  /** The fingerprint of the input, in hex: the same key must come with the same fingerprint. */
  readonly fingerprint: string
  readonly command: C
  /** The act for the command's audit record; absent: it leaves no record. */
  readonly act?: Act
  /** The facts of a payment that the command follows from. Commands that share one are decided together. */
  readonly posts?: PostedFacts
}

/** The currency that a command names; null: none. */
export const currencyChosenBy = (command: Command): string | null =>
  'currency' in command ? (command.currency ?? null) : null

/** A command that may be repeated without harm, so that it needs no key. */
export const keyless = <C extends Command>(teamId: TeamId, command: C, act?: Act): Submission<C> => ({
  teamId,
  key: null,
  fingerprint: '',
  command,
  ...(act && { act }),
})

/** A command that had an effect under a key. */
export type StoredCommand = {
  readonly namespace: KeyNamespace
  /** The first user of the key; null: the gateway itself, or it isn't known. */
  readonly caller: Caller | null
  readonly fingerprint: string
  readonly revision: Revision
  readonly decidedAt: Instant
  readonly outcome: StoredOutcome
}

/**
 * The loaded data of a team when a batch is decided: all objects that its commands refer to, and every hold that is
 * due.
 */
export type TeamState = {
  readonly account: Account | null
  readonly holds: ReadonlyMap<HoldId, Hold>
  /** The first deadline among open holds that are not in `holds` or not due; null: there is none. */
  readonly nextHoldDeadline: Instant | null
  readonly charges: ReadonlyMap<ChargeId, RefundableCharge>
  /** The stored commands by full key. */
  readonly stored: ReadonlyMap<string, StoredCommand>
  /** The use in the running window of each subject whose limit is being set. */
  readonly usedBefore: ReadonlyMap<SetSpendingLimit, Credits>
  /** The credits left in periods that have ended since their last deposit. */
  readonly leftover: readonly Leftover[]
  /** Where a command chooses a currency: whether the team paid, used or was billed money, or may still pay. */
  readonly hasPaid: boolean
  /** How many facts are posted, of each purchase whose facts a command follows from. */
  readonly posted: ReadonlyMap<PurchaseId, number>
  /** The last revision that has a checkpoint. */
  readonly checkpoint: Revision
}
