import { type Account, nextBoundary } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import { movedBy, type RefundableCharge } from '../charge.ts'
import type { Command, Facts, ImportTeam } from '../decisions/command.ts'
import { newAccount } from '../decisions/commands/assign-plan.ts'
import { decide } from '../decisions/decide.ts'
import { Draft } from '../decisions/draft.ts'
import { reservation } from '../decisions/reserved-sources.ts'
import { noHolds, rollForward } from '../decisions/roll-forward.ts'
import { type Failure, InvalidInput } from '../errors.ts'
import { isOpen } from '../grant.ts'
import type { Instant, TeamId } from '../identity.ts'
import type { Posting } from '../posting.ts'
import { contextAt, type World } from '../rules.ts'
import type { RehearsedEvent } from './rehearsed-event.ts'

/** The prefix of sources whose own name is the gateway's. */
const otherSource = 'other:'

/** A source of the other system, or a deposit of the shadow, as it may come here. */
export const sourceHere = (source: string): string => (reservation(source) === null ? source : otherSource + source)

const sourceThere = (source: string): string =>
  source.startsWith(otherSource) ? source.slice(otherSource.length) : source

/** A refund of an older charge is not known. */
const maxCharges = 500

/** `charges` by their ids in the other system. */
export type ShadowState = {
  readonly account: Account
  readonly charges: readonly (readonly [string, RefundableCharge])[]
}

/**
 * A team that follows another system's events by the gateway's own rules. It is in no ledger: it lives while one rehearsal
 * is decided.
 */
export class Shadow {
  readonly #world: World
  readonly #charges = new Map<string, RefundableCharge>()
  #account: Account

  constructor(world: World, { account, charges }: ShadowState) {
    this.#world = world
    this.#account = account
    for (const [id, charge] of charges) this.#charges.set(id, charge)
  }

  /** The shadow of a team as it stands here: subscriptions, bills and recharges are left to the team. */
  static of(world: World, account: Account): Shadow {
    const own = { paidThrough: null, renews: true, recharge: null, unpaidBills: [], stored: [], limits: [], groups: [] }
    const told = { levels: [], sessions: [], nextHoldDeadline: null, move: null }
    return new Shadow(world, { account: { ...account, ...own, ...told }, charges: [] })
  }

  /** The team as an import would open it at this instant, or why it would not. */
  static open(world: World, teamId: TeamId, command: ImportTeam, at: Instant): Shadow | Failure {
    const context = contextAt(world, at)
    const { account, outcome } = decide(newAccount(teamId, context), command, { hasBegun: false }, context)
    return outcome.kind === 'refused' ? outcome.failure : new Shadow(world, { account, charges: [] })
  }

  get account(): Account {
    return this.#account
  }

  get balance(): Credits {
    return this.#account.available - this.#account.owed
  }

  /**
   * All that the next events are decided from. Of charges it has the last 500, and of grants those that are open or that these
   * charges may be given back to.
   */
  get state(): ShadowState {
    const charges = [...this.#charges].slice(-maxCharges)
    const given = new Set(charges.flatMap(([, { movements }]) => movements.map(({ grantId }) => grantId)))
    const { grants, lastAt } = this.#account
    const kept = grants.filter((grant) => isOpen(grant, lastAt) || given.has(grant.id))
    return { account: { ...this.#account, grants: kept }, charges }
  }

  /** Posts the effects of time up to `at`, with a pause after each instant that has some. */
  *pass(at: Instant): Generator<void, readonly Posting[], void> {
    const postings: Posting[] = []
    for (let passed = -Infinity; ; ) {
      const next = nextBoundary(this.#account, passed)
      if (next === null || next >= at || next <= passed) break
      postings.push(...this.#pass(next))
      passed = next
      yield
    }
    postings.push(...this.#pass(at))
    return postings
  }

  /** The credits that ended unused, by the sources of their grants in the other system. */
  get ended(): { source: string; credits: Credits }[] {
    return this.#account.grants
      .filter(({ expired }) => expired > 0n)
      .map(({ source, expired: credits }) => ({ source: sourceThere(source), credits }))
  }

  /** The postings that time alone would bring up to `at`. */
  foresee(at: Instant): readonly Posting[] {
    return this.#projected(at).postings
  }

  /** The credits that the event moves here, or why it moves none. */
  apply(event: RehearsedEvent): Credits | Failure {
    const { id, at, type, amount } = event
    if (type === 'REFUND') return this.#refund(event)
    if (type === 'GRANT') {
      const { source, kind, expiresAt } = event
      if (source === null || kind === null) {
        return new InvalidInput({ path: ['source'], reason: 'a GRANT needs a source and a kind: give both' })
      }
      const command = { kind: 'grant-credits', amount, grantKind: kind, expiresAt, source: sourceHere(source) } as const
      return this.#moved(command, {}, at, amount)
    }
    const posting = event.usage === null ? this.#spend(amount, at) : this.#charge(event)
    if (!('entries' in posting)) return posting
    const terms = { refunded: 0n, unconfirmed: false, since: at, memberId: null, reference: null, groupIds: [] }
    const charge = { ...movedBy(posting), ...terms }
    this.#charges.set(id, charge)
    return charge.movements.reduce((sum, movement) => sum + movement.amount, 0n)
  }

  #charge({ usage, at }: RehearsedEvent): Posting | Failure {
    const caller = { id: null, role: 'PLATFORM' } as const
    const command = { kind: 'charge-usage', usage: usage ?? [], reference: null, memberId: null, caller } as const
    const { account, outcome, postings } = decide(this.#account, command, {}, contextAt(this.#world, at))
    if (outcome.kind === 'refused') return outcome.failure
    this.#account = account
    return postings.find(({ type }) => type === 'CHARGE') as Posting
  }

  /** Spends an amount in burn order, whatever it was for. */
  #spend(amount: Credits, at: Instant): Posting | Failure {
    const draft = new Draft(this.#account)
    if (amount > draft.available) {
      const reason = 'more is charged than is available here: look for a grant that is missing'
      return new InvalidInput({ path: ['amount'], reason })
    }
    for (const { grantId, amount: part } of draft.burn(amount)) {
      draft.move(grantId, { from: 'available', to: 'spent', amount: part })
    }
    const posting = draft.post('CHARGE', at)
    this.#account = draft.finish()
    return posting
  }

  #refund({ charge: id, amount, at }: RehearsedEvent): Credits | Failure {
    const charge = this.#charges.get(id ?? '')
    if (charge === undefined) {
      return new InvalidInput({ path: ['charge'], reason: 'no such charge came before: send its CHARGE first' })
    }
    const command = { kind: 'refund-charge', chargeId: charge.id, amount, reason: 'rehearsed' } as const
    const moved = this.#moved(command, { charge }, at, amount)
    if (typeof moved === 'bigint') this.#charges.set(id ?? '', { ...charge, refunded: charge.refunded + moved })
    return moved
  }

  #moved(command: Command, facts: Facts, at: Instant, amount: Credits): Credits | Failure {
    const { account, outcome } = decide(this.#account, command, facts, contextAt(this.#world, at))
    if (outcome.kind === 'refused') return outcome.failure
    this.#account = account
    return amount
  }

  #pass(at: Instant): readonly Posting[] {
    const { account, postings } = this.#projected(at)
    this.#account = account
    return postings
  }

  #projected(at: Instant) {
    return rollForward(this.#account, noHolds, this.#world.rulesAt, at)
  }
}
