import type { Account } from '../../domain/account.ts'
import type { Credits } from '../../domain/amounts/credits.ts'
import { type Act, type AuditChange, factsText } from '../../domain/audit.ts'
import { movedBy, type RefundableCharge } from '../../domain/charge.ts'
import { changeBy } from '../../domain/decisions/audit-change.ts'
import {
  type Answer,
  type Command,
  type Decision,
  type Facts,
  refused,
  type SetSpendingLimit,
} from '../../domain/decisions/command.ts'
import { newAccount } from '../../domain/decisions/commands/assign-plan.ts'
import { decide } from '../../domain/decisions/decide.ts'
import { leftoverIn } from '../../domain/decisions/deposits.ts'
import { rollForward } from '../../domain/decisions/roll-forward.ts'
import { type Failure, IdempotencyConflict, NotFound } from '../../domain/errors.ts'
import type { Hold } from '../../domain/hold.ts'
import { formerKeys, fullKey, namespaceOf } from '../../domain/idempotency.ts'
import type { ChargeId, HoldId, Revision } from '../../domain/identity.ts'
import type { AccountNotice } from '../../domain/notice.ts'
import { mayRepeat } from '../../domain/placer.ts'
import { type Posting, takenIn } from '../../domain/posting.ts'
import type { NewPurchase } from '../../domain/purchase.ts'
import { contextAt, type World } from '../../domain/rules.ts'
import { storeOutcome } from '../../entities/json/stored.ts'
import type { StoredCommand, Submission, TeamState } from './team-state.ts'

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
  readonly holds: ReadonlyMap<HoldId, Hold>
  /** The commands that had an effect under a key. */
  readonly commands: readonly { key: string; command: StoredCommand; audited: boolean }[]
  readonly audits: readonly AuditedAct[]
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
export const isWritten = ({ before, account, commands, audits }: TeamChange) =>
  account !== null && (account !== before || commands.length > 0 || audits.length > 0)

/**
 * Decides a team's submissions one after another, as if each had arrived alone: first the effects of time, then each
 * command on the state that the one before left. Pure; `now` is the ledger's clock.
 */
export function decideTeam(
  state: TeamState,
  submissions: readonly Submission[],
  world: World,
  now: number,
): TeamChange {
  const at = Math.max(now, state.account?.lastAt ?? now)
  const context = contextAt(world, at)
  const postings: Posting[] = []
  const notices: AccountNotice[] = []
  const purchases: NewPurchase[] = []
  const holds = new Map<HoldId, Hold>()
  const commands: { key: string; command: StoredCommand; audited: boolean }[] = []
  const audits: AuditedAct[] = []
  /** The commands that had an effect in this batch, by full key. */
  const answered = new Map<string, { stored: StoredCommand; answer: Answer }>()
  let account = state.account

  if (account !== null) {
    const open = [...state.holds.values()].filter((hold) => hold.state === 'OPEN')
    const due = open.filter((hold) => hold.expiresAt <= at)
    const later = open.filter((hold) => hold.expiresAt > at).map((hold) => hold.expiresAt)
    const next = Math.min(...later, state.nextHoldDeadline ?? Infinity)
    const rolled = rollForward(account, { due, nextDeadline: next === Infinity ? null : next }, world.rulesAt, at)
    account = rolled.account
    postings.push(...rolled.postings)
    notices.push(...rolled.notices)
    purchases.push(...rolled.purchases)
    for (const hold of rolled.holds) holds.set(hold.id, hold)
  }

  const holdOf = (id: HoldId): Hold | undefined => holds.get(id) ?? state.holds.get(id)

  /** The charge in its present state. An earlier command of this batch may have created or changed it. */
  const chargeNow = (id: ChargeId): RefundableCharge | undefined => {
    const made = postings.find(({ type, revision }) => type === 'CHARGE' && revision === id)
    const charge = made === undefined ? state.charges.get(id) : freshCharge(made, made.holdId && holdOf(made.holdId))
    if (charge === undefined) return undefined
    const since = postings.filter(({ type, chargeId }) => type === 'REFUND' && chargeId === id)
    const hold = [...holds.values()].find(({ charged }) => charged?.id === id)
    return {
      ...charge,
      refunded: since.reduce((refunded, { change }) => refunded + change, charge.refunded),
      unconfirmed: hold === undefined ? charge.unconfirmed : hold.state === 'OPEN',
    }
  }

  /** The use that was loaded, plus the use in this batch so far. */
  const usedBefore = (limit: SetSpendingLimit): Credits => {
    const theirs = ({ memberId, holdId }: Posting): boolean =>
      limit.id === (limit.subject === 'MEMBER' ? memberId : holdId && holdOf(holdId)?.callerId)
    return (state.usedBefore.get(limit) ?? 0n) + takenIn(postings.filter(theirs))
  }

  const factsOf = (command: Command): Facts => ({
    hold: 'holdId' in command ? holdOf(command.holdId) : undefined,
    charge: command.kind === 'refund-charge' ? chargeNow(command.chargeId) : undefined,
    grantOfSource: 'source' in command ? account?.grants.find(({ source }) => source === command.source) : undefined,
    usedBefore: command.kind === 'set-spending-limit' ? usedBefore(command) : undefined,
    leftover:
      command.kind === 'follow-subscription' && account !== null
        ? [...state.leftover, ...leftoverIn(postings, account)]
        : undefined,
  })

  /** The earlier result of the key; undefined: none. */
  const repeated = (key: string, submission: Submission): Decided | undefined => {
    const own = fullKey(namespaceOf(submission.origin ?? null), key)
    const earlier = answered.get(own)
    const stored = state.stored.get(own) ?? state.stored.get(fullKey(formerKeys, key)) ?? earlier?.stored
    if (stored === undefined) return undefined
    if (!isTold(stored, submission)) return refuse(new IdempotencyConflict({ idempotencyKey: key }))
    return earlier === undefined ? { replay: stored } : { answer: earlier.answer }
  }

  const decideOne = (submission: Submission): Decided => {
    const { teamId, key, command } = submission
    const before = key === null ? undefined : repeated(key, submission)
    if (before !== undefined) return before
    if (account === null && !begins(command, at)) return refuse(new NotFound({ what: 'team' }))
    if (account !== null && (command.kind === 'open-team' || command.kind === 'post-due')) {
      return { answer: { outcome: { kind: 'done' }, revision: account.revision, at, account } }
    }
    const accountBefore = account
    const facts = factsOf(command)
    const decision = decide(account ?? newAccount(teamId, context), command, facts, context)
    // A refused command creates no team.
    if (account === null && decision.outcome.kind === 'refused') return refuse(decision.outcome.failure)
    account = decision.account
    postings.push(...decision.postings)
    notices.push(...decision.notices)
    purchases.push(...decision.purchases)
    if (decision.hold !== null) holds.set(decision.hold.id, decision.hold)
    const { outcome } = decision
    const { revision } = account
    const answer = { outcome, revision, at, account, hold: decision.hold }
    const audit = outcome.kind === 'refused' ? null : auditOf(submission, accountBefore, decision, facts)
    if (audit !== null) audits.push(audit)
    if (key !== null && outcome.kind !== 'refused') {
      const stored = storedCommand(submission, { revision, decidedAt: at, outcome: storeOutcome(outcome, account) })
      commands.push({ key, command: stored, audited: audit !== null })
      answered.set(fullKey(stored.namespace, key), { stored, answer })
    }
    return { answer }
  }

  const refuse = (failure: Failure): Decided => ({
    answer: { outcome: refused(failure), revision: account?.revision ?? 0, at, account },
  })

  const decided = submissions.map((submission) => {
    try {
      return decideOne(submission)
    } catch (defect) {
      return { defect }
    }
  })
  return { before: state.account, account, postings, notices, purchases, holds, commands, audits, decided, at }
}

const begins = (command: Command, at: number) =>
  command.kind === 'assign-plan' ||
  command.kind === 'open-team' ||
  (command.kind === 'follow-subscription' && !command.ended && command.paidThrough > at)

/** Null: the mutation is not audited, or there is none, or a command without a key changed nothing. */
function auditOf(
  { act, key, command }: Submission,
  before: Account | null,
  decision: Decision,
  facts: Facts,
): AuditedAct | null {
  const change = act === undefined ? null : changeBy(command, before, decision, facts)
  if (act === undefined || change === null) return null
  if (key === null && factsText(change.before) === factsText(change.after)) return null
  const { reference = act.reference } = change
  return { act: { ...act, reference }, change, key, revision: decision.account.revision }
}

const freshCharge = (posting: Posting, hold: Hold | null | undefined): RefundableCharge => {
  const { memberId, reference, at } = posting
  return { ...movedBy(posting), refunded: 0n, unconfirmed: false, since: hold?.placedAt ?? at, memberId, reference }
}

const storedCommand = (
  { origin, fingerprint }: Submission,
  decided: Pick<StoredCommand, 'revision' | 'decidedAt' | 'outcome'>,
): StoredCommand => ({
  namespace: namespaceOf(origin ?? null),
  caller: origin?.caller ?? null,
  fingerprint,
  ...decided,
})

/** Whether the result of a key is returned again: only for the same input, and to a caller who may see it. */
function isTold({ caller, fingerprint }: StoredCommand, { origin, fingerprint: given }: Submission): boolean {
  if (fingerprint !== given) return false
  return caller === null || origin === undefined || mayRepeat(caller, origin.caller)
}
