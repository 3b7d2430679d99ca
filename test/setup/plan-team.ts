import type { Catalog } from '../../src/catalog/catalog.ts'
import { rulesOf } from '../../src/catalog/rules.ts'
import type { Account } from '../../src/domain/account.ts'
import type { Leftover } from '../../src/domain/allowance.ts'
import type { Command, FollowSubscription, Outcome } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { leftoverIn } from '../../src/domain/decisions/deposits.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { type Grant, isOpen } from '../../src/domain/grant.ts'
import { teamId } from '../../src/domain/identity.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { frozen } from './deciding.ts'

const caller = { id: null, role: 'MEMBER' } as const

/**
 * A team in the pure core that changes its plan. Between its commands only data that a database keeps is remembered.
 */
export class PlanTeam {
  now: number
  #world: World
  #account: Account | null = null
  readonly #grants = new Map<number, Grant>()
  readonly #leftover: Leftover[] = []
  /** The types of all notices, without those of the balance. */
  readonly notices: string[] = []

  constructor(catalog: Catalog, now: number) {
    this.now = now
    this.#world = worldOf(catalog)
  }

  publish(catalog: Catalog): void {
    this.#world = worldOf(catalog)
  }

  pass(ms: number): void {
    this.now += ms
    this.ask({ kind: 'roll-forward' })
  }

  assign(planId: string, seats: number, anchor: number | null = null): void {
    this.ask({ kind: 'assign-plan', planId, teamName: null, seats, interval: null, anchor })
  }

  /** Follows a subscription; by default a paid month of one seat. */
  follow(said: Pick<FollowSubscription, 'anchor' | 'paidThrough' | 'planId'> & Partial<FollowSubscription>): void {
    const whole = { seats: 1, interval: 'MONTH', addOnUnits: 0, renews: true } as const
    const stands = { isTrialing: false, ended: false, refunded: false } as const
    this.ask({ kind: 'follow-subscription', subscription: 'sub', ...whole, ...stands, ...said })
  }

  /** `refunded`: the rest of its period is not paid for: it was prorated, or on trial. */
  cancel(refunded: boolean): void {
    this.follow({ planId: '', anchor: this.now, paidThrough: this.now, ended: true, refunded })
  }

  spendAll(): void {
    this.spend(100)
  }

  spend(percent: number): void {
    const quantity = ((this.#account?.available ?? 0n) * BigInt(percent)) / 100n
    if (quantity === 0n) return
    const usage = [{ rate: 'credit', quantity, count: 1 }]
    this.ask({ kind: 'charge-usage', usage, reference: null, memberId: null, caller })
  }

  /** All credits granted, less those taken back. */
  get given(): number {
    return this.#sum(({ granted, revoked }) => granted - revoked)
  }

  /** The credits of each grant that were not taken back, by its source. */
  get grants(): Record<string, number> {
    const kept = [...this.#grants.values()].map(({ source, granted, revoked }) => [
      source,
      inCredits(granted - revoked),
    ])
    return Object.fromEntries(kept)
  }

  get used(): number {
    return this.#sum(({ spent }) => spent)
  }

  get available(): number {
    return this.#sum(({ available }) => available)
  }

  get account(): Account {
    if (this.#account === null) throw new Error('The team has not begun')
    return this.#account
  }

  /** The outcome, which is no refusal: a refusal is thrown. */
  ask(command: Command): Outcome {
    const context = contextAt(this.#world, this.now)
    const before = frozen(this.#account ?? newAccount(teamId('team'), context))
    const { account: rolled, postings } = rollForward(before, noHolds, this.#world.rulesAt, this.now)
    this.#leftover.push(...leftoverIn(postings, rolled))
    const hasBegun = this.#account !== null
    const facts = { leftover: this.#leftover, hasBegun, grantsOfSources: [...this.#grants.values()] }
    const { account, outcome, notices } = decide(frozen(rolled), command, facts, context)
    if (outcome.kind === 'refused') throw outcome.failure
    this.notices.push(...notices.map(({ type }) => type).filter((type) => !type.startsWith('BALANCE')))
    for (const grant of [...rolled.grants, ...account.grants]) this.#grants.set(grant.id, grant)
    this.#account = { ...account, grants: account.grants.filter((grant) => isOpen(grant, this.now)) }
    return outcome
  }

  #sum(amount: (grant: Grant) => bigint): number {
    const micro = [...this.#grants.values()].reduce((sum, grant) => sum + amount(grant), 0n)
    return inCredits(micro)
  }
}

const inCredits = (micro: bigint): number => Number(micro) / 1e6

function worldOf(catalog: Catalog): World {
  const rules = rulesOf(catalog)
  return { rulesAt: () => rules, cardOf: () => rules.card }
}
