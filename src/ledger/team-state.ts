import type { Account } from '../domain/account.ts'
import type { Leftover } from '../domain/allowance.ts'
import type { Act } from '../domain/audit.ts'
import type { RefundableCharge } from '../domain/charge.ts'
import type { Command, SetSpendingLimit } from '../domain/command.ts'
import type { Credits } from '../domain/credits.ts'
import type { Hold } from '../domain/hold.ts'
import type { KeyNamespace, KeyOrigin } from '../domain/idempotency.ts'
import type { ChargeId, HoldId, Instant, Revision, TeamId } from '../domain/identity.ts'
import type { Caller } from '../domain/placer.ts'
import type { StoredOutcome } from '../domain/stored.ts'

/** A command on its way to a team's ledger. `key`: its idempotency key; null where it has none (time, settings). */
export type Submission<C extends Command = Command> = {
  readonly teamId: TeamId
  readonly key: string | null
  /** Whose key it is, and for which mutation; absent: the gateway's own, which has a namespace of its own. */
  readonly origin?: KeyOrigin
  /** Of the input, hex: the same key must come with the same one. */
  readonly fingerprint: string
  readonly command: C
  /** What its audit record tells; absent: it leaves none. */
  readonly act?: Act
}

/** A command that may be repeated without harm, so that it needs no key. */
export const keyless = <C extends Command>(teamId: TeamId, command: C, act?: Act): Submission<C> => ({
  teamId,
  key: null,
  fingerprint: '',
  command,
  ...(act && { act }),
})

/** What had an effect under a key before. */
export type StoredCommand = {
  readonly namespace: KeyNamespace
  /** Who used the key first; null: the gateway itself, or it isn't known. */
  readonly caller: Caller | null
  readonly fingerprint: string
  readonly revision: Revision
  readonly decidedAt: Instant
  readonly outcome: StoredOutcome
}

/** What is known of a team when a batch is decided: all that its commands refer to, and every hold that is due. */
export type TeamState = {
  readonly account: Account | null
  readonly holds: ReadonlyMap<HoldId, Hold>
  /** The first deadline among open holds that are not in `holds` or not due; null: there is none. */
  readonly nextHoldDeadline: Instant | null
  readonly charges: ReadonlyMap<ChargeId, RefundableCharge>
  /** By full key. */
  readonly stored: ReadonlyMap<string, StoredCommand>
  /** What subjects of limits that are being set had used in the running window. */
  readonly usedBefore: ReadonlyMap<SetSpendingLimit, Credits>
  /** What periods had left that have ended since their last deposit. */
  readonly leftover: readonly Leftover[]
  /** The last revision that has a checkpoint. */
  readonly checkpoint: Revision
}
