import type { Account } from '../account.ts'
import { crossings } from '../alert-level.ts'
import type { Credits } from '../amounts/credits.ts'
import { lentOf } from '../credit-line.ts'
import { type Clawback, type Grant, unmoved } from '../grant.ts'
import { type ChargeId, type GrantId, type HoldId, type Instant, type MemberId, purchaseId } from '../identity.ts'
import { balanceState, noticeOfCrossing } from '../low-balance.ts'
import { noGroups } from '../member-group.ts'
import type { AccountNotice, NoticeType } from '../notice.ts'
import { type ActivityType, type CreditState, type Entry, type EntryUse, isActive, type Posting } from '../posting.ts'
import type { NewPurchase } from '../purchase.ts'
import type { Tag } from '../tags.ts'
import { DraftGrants } from './draft-grants.ts'

/** The most that a team may have, and the most that it may owe: below the largest integer of the database. */
const MOST: Credits = 9_000_000_000_000_000_000n

type PostingFacts = {
  memberId?: MemberId | null
  callerId?: MemberId | null
  groupIds?: readonly string[] | undefined
  reference?: string | null
  reason?: string | null
  holdId?: HoldId | null
  chargeId?: ChargeId | null
  rateCardVersion?: string | null
}

/** An amount of a grant, from one of its states to another. */
type Movement = { readonly from: CreditState; readonly to: CreditState; readonly amount: Credits }

const nothingMoves: Movement = { from: 'none', to: 'none', amount: 0n }

type Counted = 'granted' | 'available' | 'locked' | 'held' | 'spent' | 'expired' | 'revoked' | 'clawedBack' | 'frozen'

/** `costBasis` absent: nothing was paid for it. `lock` absent: all of it is available at once. `scope` absent: it pays for everything. */
type Optional = 'costBasis' | 'lock' | 'scope'
type NewGrant = Omit<Grant, 'id' | Optional | Counted> & Partial<Pick<Grant, Optional>>

/** `reference` absent: the source of the grant. */
type ArrivalFacts = Pick<PostingFacts, 'reference' | 'memberId'> & { type?: 'GRANT' | 'ADJUSTMENT' }

type NoticeFacts = { readonly amount?: Credits | null; readonly reason?: string | null }

type EntryLine = {
  line: number
  rate: string
  use: EntryUse | null
  tags?: readonly Tag[] | undefined
  category?: string | null
}

/**
 * The account while one command or boundary changes it. Every movement is made here, so that grant, totals and entry
 * can't disagree. A draft lives inside one pure decision and is never seen outside the domain.
 */
export class Draft {
  readonly #start: Account
  readonly postings: Posting[] = []
  readonly notices: AccountNotice[] = []
  readonly purchases: NewPurchase[] = []
  readonly clawbacks: Clawback[] = []
  readonly #grants: DraftGrants
  #pending: Entry[] = []
  /** The grants that are paid for, or may be by an invoice, whose next posting tells how much of them is taken back. */
  #takenFrom: readonly GrantId[] = []
  #revision: number
  #available: Credits
  #held: Credits
  #owed: Credits
  /** Null until it is read: most drafts never do. */
  #locked: Credits | null = null
  #alert: Account['alert']
  #lastEvent: Account['lastEvent']
  #lastAt: Instant
  #activeAt: Instant
  /** How much the pending movements change the available and held credits of all grants. */
  #change: Credits = 0n
  #settings: Partial<Account> = {}

  constructor(account: Account) {
    this.#start = account
    this.#grants = new DraftGrants(account.grants)
    this.#revision = account.revision
    this.#available = account.available
    this.#held = account.held
    this.#owed = account.owed
    this.#alert = account.alert
    this.#lastEvent = account.lastEvent
    this.#lastAt = account.lastAt
    this.#activeAt = account.activeAt
  }

  /** Replaces settings and schedules. */
  set(settings: Partial<Account>): void {
    this.#settings = { ...this.#settings, ...settings }
  }

  /** The present value of a setting. */
  setting<Name extends keyof Account>(name: Name): Account[Name] {
    const changed: Account[Name] | undefined = this.#settings[name]
    return changed === undefined ? this.#start[name] : changed
  }

  /** The credits that may pay for everything: those of grants without a scope. */
  get available() {
    return this.#available
  }
  /** The credits that become available at the end of their locks. */
  get locked(): Credits {
    this.#locked ??= this.grants.reduce((sum, { locked }) => sum + locked, 0n)
    return this.#locked
  }
  /** The part of an amount that still fits into the ledger. */
  fitting(amount: Credits): Credits {
    const room = MOST - this.#held - this.grants.reduce((sum, grant) => sum + grant.available + grant.locked, 0n)
    return amount < room ? amount : room
  }
  /** The part of a debt that still fits into the ledger. */
  fittingDebt(amount: Credits): Credits {
    const room = MOST - this.#owed
    return amount < room ? amount : room
  }
  get owed() {
    return this.#owed
  }
  get revision() {
    return this.#revision
  }
  /** The credits that are available for everything or locked, less those that are owed. */
  get worth(): Credits {
    return this.#available + this.locked - this.#owed
  }
  /** Whether there are movements that no posting has closed yet. */
  get isMoving() {
    return this.#pending.length > 0
  }
  /** The grants in burn order. Grants that `passBy` set aside are found only by their id. */
  get grants(): readonly Grant[] {
    return this.#grants.inHand
  }

  /** The first instant at which available credits end; Infinity: none do. */
  get nextEnd(): Instant {
    return this.#grants.nextEnd
  }

  /** The first instant at which a lock ends; Infinity: none does. */
  get nextUnlock(): Instant {
    return this.#grants.nextUnlock
  }

  /** Sets aside the grants that have ended by `at` with nothing left on them. */
  passBy(at: Instant): void {
    this.#grants.setAside(at)
  }

  grant(id: GrantId): Grant {
    const grant = this.#grants.find(id)
    if (grant === undefined)
      throw new Error(`Grant ${id} was not loaded for ${this.#start.teamId}: load it with the command`)
    return grant
  }

  /** Adds the grant that the next posting deposits; it is numbered by that movement's revision. */
  deposit({ costBasis = null, lock = null, scope = null, ...grant }: NewGrant, amount: Credits): Grant {
    const id = (this.#revision + 1) as GrantId
    this.#grants.put({ ...grant, ...unmoved, id, granted: amount, costBasis, lock, scope })
    this.move(id, { from: 'none', to: 'available', amount })
    if (lock !== null) this.move(id, { from: 'available', to: 'locked', amount: lock.amount })
    return this.grant(id)
  }

  move(id: GrantId, movement: Movement, line?: EntryLine): void {
    const { from, to, amount } = movement
    const moved: { -readonly [K in keyof Grant]: Grant[K] } = { ...this.grant(id) }
    if (amount <= 0n) throw new Error(`A movement of ${amount} from ${from} to ${to} is not one`)
    this.#shift(moved, from, -amount)
    this.#shift(moved, to, amount)
    this.#grants.put(moved)
    this.#push(id, movement, line)
  }

  /** An entry of zero: an operation without a price still has its place in the ledger. */
  mark(line?: EntryLine): void {
    this.#push(null, nothingMoves, line)
  }

  /** A charge that no grant pays; the next deposit pays it first. */
  owe(amount: Credits, line: EntryLine): void {
    if (amount <= 0n) throw new Error(`A debt of ${amount} is not one`)
    this.#owe(amount)
    this.#push(null, { from: 'none', to: 'owed', amount }, line)
  }

  /** A debt that is no longer owed in credits, because its line says the money. */
  billed(amount: Credits, line: EntryLine): void {
    if (amount <= 0n || amount > this.#owed) throw new Error(`A debt of ${this.#owed} is not billed by ${amount}`)
    this.#owe(-amount)
    this.set({ lent: null })
    this.#push(null, { from: 'owed', to: 'none', amount }, line)
  }

  /** Begins a purchase, numbered as the team's next. */
  purchase(terms: Omit<NewPurchase, 'id'>): NewPurchase {
    const id = purchaseId(this.setting('purchases') + 1)
    const purchase = { ...terms, id }
    this.set({ purchases: id })
    this.purchases.push(purchase)
    return purchase
  }

  /** Notes how much of the grant is clawed back now. */
  clawedBack(id: GrantId, total: Credits): void {
    this.#take({ ...this.grant(id), clawedBack: total })
  }

  /** Notes whether the grant is frozen from now on. */
  freeze(id: GrantId, frozen: boolean): void {
    this.#take({ ...this.grant(id), frozen })
  }

  /**
   * Deposits credits, which first repay the team's debt: a posting of `type`, and another one if anything is owed. A
   * debt is no usage, so scoped credits repay nothing.
   */
  arrive(
    grant: NewGrant,
    amount: Credits,
    at: Instant,
    { type = 'GRANT', reference = grant.source, memberId = null }: ArrivalFacts = {},
  ): GrantId {
    const { id } = this.deposit(grant, amount)
    this.post(type, at, { reference, memberId })
    if (grant.scope == null) this.repay(id, amount, at)
    return id
  }

  /** Closes the pending movements as one posting, effective at `at`. */
  post(type: ActivityType, at: Instant, facts: PostingFacts = {}): Posting {
    if (this.#pending.length === 0) this.mark()
    const posting: Posting = {
      type,
      revision: this.#revision,
      entries: this.#pending,
      change: this.#change,
      at,
      memberId: facts.memberId ?? null,
      callerId: facts.callerId ?? null,
      groupIds: facts.groupIds ?? noGroups,
      reference: facts.reference ?? null,
      reason: facts.reason ?? null,
      holdId: facts.holdId ?? null,
      chargeId: facts.chargeId ?? null,
      rateCardVersion: facts.rateCardVersion ?? null,
    }
    this.postings.push(posting)
    this.#pending = []
    this.#noteClawbacks(posting)
    this.#change = 0n
    this.#lastAt = at
    if (isActive(type)) this.#activeAt = at
    return posting
  }

  /** Takes `amount` from grants that pay for everything, in burn order. The caller has checked that it is available. */
  *burn(amount: Credits): Generator<{ grantId: GrantId; amount: Credits }> {
    let left = amount
    for (const grant of this.grants.slice()) {
      if (left === 0n) return
      if (grant.available === 0n || grant.scope !== null) continue
      const take = grant.available < left ? grant.available : left
      left -= take
      yield { grantId: grant.id, amount: take }
    }
    if (left > 0n) throw new Error(`${left} micro-credits short in ${this.#start.teamId}: availability was not checked`)
  }

  /** Credits whose lock has ended become available. They first repay the team's debt, as credits that arrive do. */
  unlock(at: Instant): void {
    for (const { id, locked, source } of this.#grants.takeUnlocked(at)) {
      this.move(id, { from: 'locked', to: 'available', amount: locked })
      this.post('GRANT', at, { reference: source })
      this.repay(id, locked, at)
    }
  }

  /** Credits on grants that have ended expire at once. */
  expire(at: Instant): void {
    for (const { id, available: amount, source } of this.#grants.takeEnded(at)) {
      this.move(id, { from: 'available', to: 'expired', amount })
      this.post('EXPIRY', at, { reference: source })
    }
  }

  /** Credits that just arrived on this grant first repay the team's debt. */
  repay(id: GrantId, arrived: Credits, at: Instant): void {
    const amount = arrived < this.#owed ? arrived : this.#owed
    if (amount === 0n) return
    this.move(id, { from: 'available', to: 'repaid', amount })
    this.post('CLAWBACK', at, { reference: 'owed' })
  }

  /** From now on, nothing of this team can be effective before `at`. */
  passTime(at: Instant): void {
    this.#lastAt = at
  }

  notice(type: NoticeType, at: Instant, { amount = null, reason = null }: NoticeFacts = {}): void {
    const number = this.#lastEvent.revision === this.#revision ? this.#lastEvent.number + 1 : 1
    this.#lastEvent = { revision: this.#revision, number }
    this.notices.push({ revision: this.#revision, number, type, at, amount, reason })
  }

  /** Announces a crossing of the low threshold, of zero, or of an alert level, once. */
  announce(at: Instant): void {
    const state = balanceState(this.#available, this.setting('lowThreshold'))
    const notice = noticeOfCrossing(this.#alert, state)
    this.#alert = state
    if (notice !== null) this.notice(notice, at)
    const before = this.setting('levels')
    if (before.length === 0) return
    const { levels, crossed } = crossings(before, this.#available, this.setting('monthlyUsage'))
    if (levels !== before) this.set({ levels })
    for (const amount of crossed) this.notice('BALANCE_BELOW_LEVEL', at, { amount })
  }

  finish(): Account {
    if (this.#pending.length > 0) throw new Error('Movements without a posting')
    return {
      ...this.#start,
      ...this.#settings,
      revision: this.#revision,
      available: this.#available,
      held: this.#held,
      owed: this.#owed,
      grants: this.#grants.all,
      alert: this.#alert,
      lastEvent: this.#lastEvent,
      lastAt: this.#lastAt,
      activeAt: this.#activeAt,
    }
  }

  #take(grant: Grant): void {
    this.#grants.put(grant)
    if (mayBePaid(grant)) this.#takenFrom = [...this.#takenFrom, grant.id]
  }

  #noteClawbacks({ revision, at }: Posting): void {
    for (const grantId of new Set(this.#takenFrom)) {
      const { clawedBack: total, frozen } = this.grant(grantId)
      this.clawbacks.push({ grantId, revision, total, frozen, at })
    }
    this.#takenFrom = []
  }

  #shift(grant: { -readonly [K in keyof Grant]: Grant[K] }, state: CreditState, amount: Credits): void {
    switch (state) {
      case 'none':
        return
      case 'available':
        grant.available += amount
        if (grant.scope === null) this.#available += amount
        this.#change += amount
        break
      case 'held':
        grant.held += amount
        this.#held += amount
        this.#change += amount
        break
      case 'locked':
        grant.locked += amount
        if (this.#locked !== null) this.#locked += amount
        break
      case 'spent':
        grant.spent += amount
        break
      case 'repaid':
        grant.spent += amount
        this.#owe(-amount)
        break
      case 'owed':
        this.#owe(amount)
        break
      default:
        grant[state] += amount
    }
    if (grant.available < 0n || grant.locked < 0n || grant.held < 0n || grant.spent < 0n || this.#owed < 0n) {
      throw new Error(`Grant ${grant.id} of ${this.#start.teamId} would fall below zero`)
    }
  }

  #owe(amount: Credits): void {
    this.#owed += amount
    const lent = this.setting('lent')
    const rest = lentOf(lent, this.#owed)
    if (rest !== lent) this.set({ lent: rest })
  }

  #push(grantId: GrantId | null, { from, to, amount }: Movement, line?: EntryLine): void {
    this.#revision += 1
    this.#pending.push({
      revision: this.#revision,
      grantId,
      from,
      to,
      amount,
      availableAfter: this.#available,
      heldAfter: this.#held,
      owedAfter: this.#owed,
      line: line?.line ?? null,
      rate: line?.rate ?? null,
      use: line?.use ?? null,
      tags: line?.tags ?? null,
      category: line?.category ?? null,
    })
  }
}

/** A plan's or a unit's deposit may be paid by an invoice that becomes known after its arrival. */
const mayBePaid = ({ costBasis, kind }: Grant): boolean =>
  costBasis !== null || kind === 'INCLUDED' || kind === 'ADD_ON'
