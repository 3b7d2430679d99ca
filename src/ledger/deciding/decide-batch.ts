import type { Account } from '../../domain/account.ts'
import type { Credits } from '../../domain/amounts/credits.ts'
import { factsText } from '../../domain/audit.ts'
import { movedBy, type RefundableCharge } from '../../domain/charge.ts'
import { changeBy } from '../../domain/decisions/audit-change.ts'
import {
  type Answer,
  type Command,
  type Decision,
  type Facts,
  type ImportTeam,
  refused,
  type SetSpendingLimit,
} from '../../domain/decisions/command.ts'
import { newAccount } from '../../domain/decisions/commands/assign-plan.ts'
import { decide } from '../../domain/decisions/decide.ts'
import { leftoverIn } from '../../domain/decisions/deposits.ts'
import { rollForward } from '../../domain/decisions/roll-forward.ts'
import { waitsForRecharge } from '../../domain/decisions/waiting-extension.ts'
import { type Failure, IdempotencyConflict, InvalidUsage, NotFound } from '../../domain/errors.ts'
import type { Clawback, Grant } from '../../domain/grant.ts'
import type { Hold } from '../../domain/hold.ts'
import { formerKeys, fullKey, namespaceOf, repeats } from '../../domain/idempotency.ts'
import type { ChargeId, HoldId, Instant, PurchaseId } from '../../domain/identity.ts'
import type { AccountNotice } from '../../domain/notice.ts'
import { type Entry, type Posting, takenIn } from '../../domain/posting.ts'
import type { NewPurchase } from '../../domain/purchase.ts'
import { type Context, contextAt, type Worlds } from '../../domain/rules.ts'
import { windowAt } from '../../domain/spending-limit.ts'
import { storeOutcome } from '../../entities/json/stored.ts'
import type { AuditedAct, Decided, TeamChange } from './team-change.ts'
import {
  currencyChosenBy,
  type PostedFacts,
  type StoredCommand,
  type Submission,
  type TeamState,
} from './team-state.ts'

/**
 * Decides a team's submissions one after another, as if each had arrived alone: first the effects of time, then each
 * command on the state that the one before left. Pure; `now` is the ledger's clock.
 */
export function decideTeam(
  state: TeamState,
  submissions: readonly Submission[],
  worlds: Worlds,
  now: number,
): TeamChange {
  const at = Math.max(now, state.account?.lastAt ?? now)
  const batch = new TeamBatch(state, worlds, at)
  batch.passTime()
  return batch.change(submissions.map((submission) => batch.decide(submission)))
}

/** One team while its submissions are decided. A batch lives inside one pure decision. */
class TeamBatch {
  readonly #state: TeamState
  readonly #worlds: Worlds
  readonly #at: Instant
  /** The rules of the currency of the last command, which is that of most. */
  #context: Context
  #currency: string | null
  #account: Account | null
  readonly #postings: Posting[] = []
  readonly #notices: AccountNotice[] = []
  readonly #purchases: NewPurchase[] = []
  readonly #clawbacks: Clawback[] = []
  readonly #holds = new Map<HoldId, Hold>()
  readonly #commands: { key: string; command: StoredCommand; audited: boolean }[] = []
  readonly #audits: AuditedAct[] = []
  /** Whether all commands of these facts have had their effect. */
  readonly #posted = new Map<PostedFacts, boolean>()
  /** The commands that had an effect in this batch, by full key. */
  readonly #answered = new Map<string, { stored: StoredCommand; answer: Answer }>()

  constructor(state: TeamState, worlds: Worlds, at: Instant) {
    this.#state = state
    this.#worlds = worlds
    this.#at = at
    this.#account = state.account
    this.#currency = state.account?.currency ?? null
    this.#context = contextAt(worlds.in(this.#currency), at)
  }

  /** Posts the effects of time up to the instant of the decision. */
  passTime(): void {
    if (this.#account === null) return
    const { at, rulesAt } = this.#context
    const open = [...this.#state.holds.values()].filter((hold) => hold.state === 'OPEN')
    const due = open.filter((hold) => hold.expiresAt <= at)
    const later = open.filter((hold) => hold.expiresAt > at).map((hold) => hold.expiresAt)
    const next = Math.min(...later, this.#state.nextHoldDeadline ?? Infinity)
    const rolled = rollForward(this.#account, { due, nextDeadline: next === Infinity ? null : next }, rulesAt, at)
    this.#account = rolled.account
    this.#note(rolled)
    for (const hold of rolled.holds) this.#holds.set(hold.id, hold)
  }

  decide(submission: Submission): Decided {
    const { posts } = submission
    if (posts !== undefined && this.#isPosted(posts)) return this.#done()
    const decided = this.#attempt(submission)
    if (posts !== undefined) this.#posted.set(posts, this.#posted.get(posts) !== false && hasEffect(decided))
    return decided
  }

  #attempt(submission: Submission): Decided {
    try {
      return this.#decideOne(submission)
    } catch (defect) {
      return { defect }
    }
  }

  /** Whether the ledger has these facts, or newer ones. */
  #isPosted(posts: PostedFacts): boolean {
    const { purchase, facts } = posts
    if ((this.#state.posted.get(purchase) ?? 0) >= facts) return true
    return [...this.#posted].some(
      ([other, isDone]) => isDone && other !== posts && other.purchase === purchase && other.facts >= facts,
    )
  }

  change(decided: readonly Decided[]): TeamChange {
    return {
      before: this.#state.account,
      account: this.#account,
      postings: this.#postings,
      notices: this.#notices,
      purchases: this.#purchases,
      clawbacks: this.#clawbacks,
      holds: this.#holds,
      commands: this.#commands,
      audits: this.#audits,
      posted: this.#lastPosted(),
      decided,
      at: this.#at,
    }
  }

  #decideOne(submission: Submission): Decided {
    const { teamId, key, command } = submission
    const at = this.#at
    const repeated = key === null ? undefined : this.#repeated(key, submission)
    if (repeated !== undefined) return repeated
    const before = this.#account
    if (before === null && !begins(command, at)) return this.#refuse(new NotFound({ what: 'team' }))
    if (before !== null && (command.kind === 'open-team' || command.kind === 'post-due')) {
      return this.#done()
    }
    const facts = this.#factsOf(command)
    const context = this.#contextOf(command)
    const decision = decide(before ?? newAccount(teamId, context), command, facts, context)
    const { account, outcome, hold } = decision
    // A refused command creates no team.
    if (before === null && outcome.kind === 'refused') return this.#refuse(outcome.failure)
    this.#account = account
    this.#note(decision)
    const changed = hold ?? withWaiting(submission, facts.hold, decision)
    if (changed !== null) this.#holds.set(changed.id, changed)
    const { revision } = account
    const answer = { outcome, revision, at, account, hold }
    const audit = outcome.kind === 'refused' ? null : auditOf(submission, before, decision, facts)
    if (audit !== null) this.#audits.push(audit)
    if (key !== null && outcome.kind !== 'refused') {
      const stored = storedCommand(submission, { revision, decidedAt: at, outcome: storeOutcome(outcome, account) })
      this.#commands.push({ key, command: stored, audited: audit !== null })
      this.#answered.set(fullKey(stored.namespace, key), { stored, answer })
    }
    if (command.kind === 'land-purchase' && command.cause === 'RECHARGE') this.#extendWaiting(submission)
    return { answer }
  }

  /** Decides the extensions that waited for a recharge, as if each had been sent right behind it. */
  #extendWaiting({ teamId }: Submission): void {
    const holds = [...new Map([...this.#state.holds, ...this.#holds]).values()]
    for (const { id, waiting, state } of holds.sort((one, other) => one.id - other.id)) {
      if (waiting === null || state !== 'OPEN') continue
      const { key, fingerprint, mutation, caller, usage, expiresInSeconds } = waiting
      const command = { kind: 'extend-hold', holdId: id, usage, expiresInSeconds, caller } as const
      this.#decideOne({ teamId, key, origin: { mutation, caller }, fingerprint, command })
    }
  }

  /** The rules in the currency that the command chooses, if the catalog has it; else in the team's. */
  #contextOf(command: Command): Context {
    const chosen = currencyChosenBy(command)
    const isKnown = chosen !== null && this.#context.policy.currencies.includes(chosen)
    const currency = isKnown ? chosen : (this.#account?.currency ?? null)
    if (currency !== this.#currency) {
      this.#currency = currency
      this.#context = contextAt(this.#worlds.in(currency), this.#at)
    }
    return this.#context
  }

  #note({ postings, notices, purchases, clawbacks }: Noted): void {
    this.#postings.push(...postings)
    this.#notices.push(...notices)
    this.#purchases.push(...purchases)
    this.#clawbacks.push(...clawbacks)
  }

  /** The last facts of each purchase: those before them are part of them. */
  #lastPosted(): PostedFacts[] {
    const last = new Map<PurchaseId, PostedFacts>()
    for (const [posts, isDone] of this.#posted) if (isDone) last.set(posts.purchase, posts)
    return [...last.values()]
  }

  #done(): Decided {
    const revision = this.#account?.revision ?? 0
    return { answer: { outcome: { kind: 'done' }, revision, at: this.#at, account: this.#account } }
  }

  #refuse(failure: Failure): Decided {
    const revision = this.#account?.revision ?? 0
    return { answer: { outcome: refused(failure), revision, at: this.#at, account: this.#account } }
  }

  /** The earlier result of the key; undefined: none. */
  #repeated(key: string, submission: Submission): Decided | undefined {
    const own = fullKey(namespaceOf(submission.origin ?? null), key)
    const earlier = this.#answered.get(own)
    const { stored: known } = this.#state
    const stored = known.get(own) ?? known.get(fullKey(formerKeys, key)) ?? earlier?.stored
    if (stored === undefined) return undefined
    if (!repeats(stored, submission)) return this.#refuse(new IdempotencyConflict({ idempotencyKey: key }))
    return earlier === undefined ? { replay: stored } : { answer: earlier.answer }
  }

  #factsOf(command: Command): Facts {
    const account = this.#account
    return {
      hold: 'holdId' in command ? this.#holdOf(command.holdId) : undefined,
      charge: command.kind === 'refund-charge' ? this.#chargeNow(command.chargeId) : undefined,
      grantOfSource: 'source' in command ? account?.grants.find(({ source }) => source === command.source) : undefined,
      grantsOfSources: command.kind === 'import-team' ? grantsOf(command, account?.grants ?? []) : undefined,
      hasBegun: command.kind === 'import-team' || command.kind === 'follow-team' ? account !== null : undefined,
      openHolds: command.kind === 'cut-back' ? this.#openHolds() : undefined,
      usedBefore:
        command.kind === 'set-spending-limit' && command.subject !== 'GROUP' ? this.#usedBefore(command) : undefined,
      leftover:
        command.kind === 'follow-subscription' && account !== null
          ? [...this.#state.leftover, ...leftoverIn(this.#postings, account)]
          : undefined,
      hasPaid: currencyChosenBy(command) === null ? undefined : this.#hasPaid(),
    }
  }

  #hasPaid(): boolean {
    const costMoney = ({ use }: Entry) => use !== null && use.money !== null
    const { hasPaid } = this.#state
    return hasPaid || this.#purchases.length > 0 || this.#postings.some(({ entries }) => entries.some(costMoney))
  }

  #openHolds(): number {
    return [...new Map([...this.#state.holds, ...this.#holds]).values()].filter(({ state }) => state === 'OPEN').length
  }

  #holdOf(id: HoldId): Hold | undefined {
    return this.#holds.get(id) ?? this.#state.holds.get(id)
  }

  /** The charge in its present state. An earlier command of this batch may have created or changed it. */
  #chargeNow(id: ChargeId): RefundableCharge | undefined {
    const made = this.#postings.find(({ type, revision }) => type === 'CHARGE' && revision === id)
    const charge =
      made === undefined ? this.#state.charges.get(id) : freshCharge(made, made.holdId && this.#holdOf(made.holdId))
    if (charge === undefined) return undefined
    const since = this.#postings.filter(({ type, chargeId }) => type === 'REFUND' && chargeId === id)
    const hold = [...this.#holds.values()].find(({ charged }) => charged?.id === id)
    return {
      ...charge,
      refunded: since.reduce((refunded, { change }) => refunded + change, charge.refunded),
      unconfirmed: hold === undefined ? charge.unconfirmed : hold.state === 'OPEN',
    }
  }

  /**
   * The use that was loaded, plus the use in this batch so far, less what came back of uses in the running window.
   */
  #usedBefore(limit: SetSpendingLimit): Credits {
    const { windowStart } = windowAt(limit.per, this.#context.policy.timeZone, this.#at)
    let used = this.#state.usedBefore.get(limit) ?? 0n
    for (const posting of this.#postings) {
      const { isOf, since } = this.#useOf(posting, limit)
      if (!isOf) continue
      const { taken, returned } = takenIn([posting])
      used += since >= windowStart ? taken - returned : taken
    }
    return used
  }

  /** Whether the posting counts against the limit of this subject, and since when what it returns was taken. */
  #useOf(posting: Posting, { subject, id }: SetSpendingLimit): { isOf: boolean; since: Instant } {
    const { memberId, holdId, chargeId, at } = posting
    const hold = holdId === null ? undefined : this.#holdOf(holdId)
    const charge = chargeId === null ? undefined : this.#chargeNow(chargeId)
    const isOf = id === (subject === 'MEMBER' ? memberId : hold?.callerId)
    return { isOf, since: hold?.placedAt ?? charge?.since ?? at }
  }
}

function grantsOf({ grants }: ImportTeam, known: readonly Grant[]): readonly Grant[] {
  const sources = new Set(grants.map(({ source }) => source))
  return known.filter(({ source }) => sources.has(source))
}

const begins = (command: Command, at: number) =>
  command.kind === 'assign-plan' ||
  command.kind === 'open-team' ||
  command.kind === 'import-team' ||
  command.kind === 'follow-team' ||
  (command.kind === 'follow-subscription' && !command.ended && (command.paidThrough ?? at) > at)

const hasEffect = (decided: Decided): boolean =>
  !('defect' in decided) && !('answer' in decided && decided.answer.outcome.kind === 'refused')

type Noted = Pick<Decision, 'postings' | 'notices' | 'purchases' | 'clawbacks'>

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

/** The hold with the extension that waits from now on; null: the submission is none, or it waits already. */
function withWaiting({ key, origin, fingerprint, command }: Submission, hold: Hold | undefined, decision: Decision) {
  if (hold === undefined || key === null || origin === undefined) return null
  if (!waitsForRecharge(command, hold, decision)) return null
  const { usage, expiresInSeconds } = command
  if (usage === null || usage instanceof InvalidUsage) return null
  const { waiting } = hold
  if (waiting !== null && waiting.key === key && waiting.fingerprint === fingerprint) return null
  return { ...hold, waiting: { key, fingerprint, ...origin, usage, expiresInSeconds } }
}

const freshCharge = (posting: Posting, hold: Hold | null | undefined): RefundableCharge => {
  const { memberId, reference, at } = posting
  const { groupIds } = hold ?? posting
  const since = hold?.placedAt ?? at
  return { ...movedBy(posting), refunded: 0n, unconfirmed: false, since, memberId, groupIds, reference }
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
