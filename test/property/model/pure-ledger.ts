import type { Account } from '../../../src/domain/account.ts'
import { burnsBefore } from '../../../src/domain/burn-order.ts'
import type { Charge, RefundableCharge } from '../../../src/domain/charge.ts'
import type { Outcome } from '../../../src/domain/decisions/command.ts'
import { type Grant, isOpen } from '../../../src/domain/grant.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { fullKey } from '../../../src/domain/idempotency.ts'
import { type ChargeId, chargeId, type GrantId, type HoldId, teamId } from '../../../src/domain/identity.ts'
import type { AccountNotice } from '../../../src/domain/notice.ts'
import type { Posting } from '../../../src/domain/posting.ts'
import { readOutcome } from '../../../src/entities/json/stored.ts'
import { decideTeam } from '../../../src/ledger/deciding/decide-batch.ts'
import type { TeamChange } from '../../../src/ledger/deciding/team-change.ts'
import type { StoredCommand, Submission, TeamState } from '../../../src/ledger/deciding/team-state.ts'
import { worlds } from './world.ts'

/** The pure core, chained over states as the database would keep and load them. */
export class PureLedger {
  readonly team = teamId('team')
  account: Account | null = null
  readonly grants = new Map<GrantId, { grant: Grant; open: boolean }>()
  readonly holds = new Map<HoldId, Hold>()
  readonly charges = new Map<ChargeId, { charge: Charge | null; refundable: RefundableCharge }>()
  readonly notices: AccountNotice[] = []
  readonly #stored = new Map<string, StoredCommand>()

  /** The outcomes of a batch, told from storage where a key had come before. */
  submit(submissions: readonly Submission[], at: number): { outcomes: Outcome[]; change: TeamChange } {
    const change = decideTeam(this.#state(submissions, at), submissions, worlds, at)
    this.#write(change)
    const outcomes = change.decided.map((decided) => {
      if ('defect' in decided) throw decided.defect
      if ('answer' in decided) return decided.answer.outcome
      const { outcome } = decided.replay
      return outcome.kind === 'charge' ? this.#chargeOf(outcome.id) : readOutcome(outcome)
    })
    return { outcomes, change }
  }

  #state(submissions: readonly Submission[], at: number): TeamState {
    const commands = submissions.map(({ command }) => command)
    const referred = new Set<HoldId>(commands.flatMap((command) => ('holdId' in command ? [command.holdId] : [])))
    const sources = new Set(commands.flatMap((command) => ('source' in command ? [command.source] : [])))
    const open = [...this.holds.values()].filter(({ state }) => state === 'OPEN')
    const due = open.filter(({ expiresAt }) => expiresAt <= at)
    const charges = new Map<ChargeId, RefundableCharge>()
    const grantsOfCharges = new Set<GrantId>()
    for (const command of commands) {
      const known = command.kind === 'refund-charge' ? this.charges.get(command.chargeId) : undefined
      if (known === undefined) continue
      const { refundable } = known
      charges.set(refundable.id, {
        ...refundable,
        unconfirmed: open.some(({ charged }) => charged?.id === refundable.id),
      })
      for (const { grantId } of refundable.movements) grantsOfCharges.add(grantId)
    }
    const holds = new Map([...this.holds].filter(([id, hold]) => referred.has(id) || due.includes(hold)))
    for (const { charged } of holds.values()) {
      for (const { grantId } of charged?.movements ?? []) grantsOfCharges.add(grantId)
    }
    const next = Math.min(...open.map(({ expiresAt }) => expiresAt).filter((expiresAt) => expiresAt > at))
    const grants = [...this.grants.values()]
      .filter(({ grant, open }) => open || sources.has(grant.source) || grantsOfCharges.has(grant.id))
      .map(({ grant }) => grant)
    return {
      account: this.account && { ...this.account, grants: grants.sort(burnsBefore) },
      holds,
      nextHoldDeadline: Number.isFinite(next) ? next : null,
      charges,
      stored: this.#stored,
      usedBefore: new Map(),
      leftover: [],
      hasPaid: false,
      posted: new Map(),
      checkpoint: 0,
    }
  }

  #write({ account, at, holds, commands, decided, postings, notices }: TeamChange): void {
    this.notices.push(...notices)
    this.account = account
    for (const grant of account?.grants ?? []) this.grants.set(grant.id, { grant, open: isOpen(grant, at) })
    for (const hold of holds.values()) this.holds.set(hold.id, hold)
    for (const { key, command } of commands) this.#stored.set(fullKey(command.namespace, key), command)
    for (const posting of postings) if (posting.type === 'CHARGE') this.#addCharge(posting)
    for (const one of decided) {
      if (!('answer' in one) || one.answer.outcome.kind !== 'charge') continue
      const { charge } = one.answer.outcome
      const known = this.charges.get(charge.id)
      if (known) known.charge = charge
    }
    for (const { type, chargeId, change } of postings) {
      const known = type === 'REFUND' && chargeId !== null ? this.charges.get(chargeId) : undefined
      if (known) known.refundable = { ...known.refundable, refunded: known.refundable.refunded + change }
    }
  }

  #addCharge({ revision, entries, at }: Posting): void {
    const id = chargeId(revision)
    const movements = entries.flatMap(({ grantId, to, amount, rate }) =>
      to === 'spent' && grantId !== null ? [{ grantId, amount, rate }] : [],
    )
    const refundable = {
      id,
      movements,
      refunded: 0n,
      unconfirmed: false,
      since: at,
      memberId: null,
      groupIds: [],
      reference: null,
    }
    this.charges.set(id, { charge: null, refundable })
  }

  #chargeOf(id: number): Outcome {
    const known = this.charges.get(chargeId(id))
    if (known == null || known.charge === null) throw new Error(`No charge ${id}`)
    return { kind: 'charge', charge: known.charge }
  }
}
