import { type Account, nextBoundary, type PackageTerms, type Policy } from '../../../src/domain/account.ts'
import type { Command, Decision, Outcome } from '../../../src/domain/decisions/command.ts'
import { newAccount } from '../../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../../src/domain/decisions/decide.ts'
import { rollForward } from '../../../src/domain/decisions/roll-forward.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { type PurchaseId, teamId } from '../../../src/domain/identity.ts'
import type { Loss } from '../../../src/domain/loss.ts'
import type { NoticeType } from '../../../src/domain/notice.ts'
import type { NewPurchase, PaymentFailure } from '../../../src/domain/purchase.ts'
import type { Recharge } from '../../../src/domain/recharge.ts'
import { contextAt, type World } from '../../../src/domain/rules.ts'
import { worldOf } from './storing.ts'
import { usageOf } from './world.ts'

export const pack = (id: string, credits: bigint, amount: bigint, currency = 'USD'): PackageTerms => ({
  id,
  credits,
  price: { amount, currency },
})

export const sellingWorld = (packages: readonly PackageTerms[], given: Partial<Policy> = {}): World => {
  const known = new Map(packages.map((one) => [one.id, one]))
  return worldOf({ package: (id) => known.get(id), ...given })
}

type Settings = Partial<Omit<Extract<Command, { kind: 'configure-recharge' }>, 'kind'>>

/** Auto-recharge that buys `small` below 50, without a cap. */
export const configure = (given: Settings = {}): Command => ({
  kind: 'configure-recharge',
  enabled: true,
  threshold: 50n,
  packageId: 'small',
  monthlyCap: null,
  targetBalance: null,
  maxPerDay: null,
  caller: { id: null, role: 'ADMIN' },
  ...given,
})

/** One team and its recharges, decided in the order of commands, without a database. All answers are kept. */
export class Recharging {
  account: Account
  world: World
  at: number
  readonly purchases: NewPurchase[] = []
  readonly notices: NoticeType[] = []
  readonly holds: Hold[] = []

  constructor(world: World, begin: number, plan = 'none') {
    this.world = world
    this.at = begin
    this.account = newAccount(teamId('team'), contextAt(world, begin))
    this.do({ kind: 'assign-plan', planId: plan, teamName: null, seats: 1, interval: null, anchor: null })
    this.notices.length = 0
  }

  passTo(at: number): void {
    this.at = at
    const open = this.holds.filter(({ state }) => state === 'OPEN')
    const due = open.filter(({ expiresAt }) => expiresAt <= at)
    const next = Math.min(...open.map(({ expiresAt }) => expiresAt).filter((expiresAt) => expiresAt > at))
    const rolled = rollForward(
      this.account,
      { due, nextDeadline: next === Infinity ? null : next },
      this.world.rulesAt,
      at,
    )
    for (const hold of rolled.holds) this.#keep(hold)
    this.#take(rolled)
  }

  do(command: Command): Decision {
    this.passTo(this.at)
    const facts = {
      grantOfSource:
        'source' in command ? this.account.grants.find(({ source }) => source === command.source) : undefined,
      hold: 'holdId' in command ? this.holds.find(({ id }) => id === command.holdId) : undefined,
    }
    const decision = decide(this.account, command, facts, contextAt(this.world, this.at))
    if (decision.hold !== null) this.#keep(decision.hold)
    this.#take(decision)
    return decision
  }

  charge(amount: bigint): Outcome {
    const usage = usageOf([amount])
    const caller = { id: null, role: 'MEMBER' } as const
    return this.do({ kind: 'charge-usage', usage, reference: null, memberId: null, caller }).outcome
  }

  grant(amount: bigint, source: string, expiresAt: number | null = null): Outcome {
    return this.do({ kind: 'grant-credits', amount, grantKind: 'PACKAGE', expiresAt, source }).outcome
  }

  clawBack(source: string, total: bigint, loss: Loss | null = null): Outcome {
    return this.do({ kind: 'claw-back', source, total, reference: 'dispute', frozen: false, loss, reason: null })
      .outcome
  }

  /** The purchase's credits arrive. */
  land(number: number, ofNewTeam = false): Outcome {
    const { id, cause, credits, price, memberId } = this.purchase(number)
    const source = `stripe:pi_${id}`
    const sold = {
      purchase: id,
      cause,
      source,
      credits,
      price,
      costBasis: price,
      memberId,
      ofNewTeam,
      loss: null,
    }
    return this.do({ kind: 'land-purchase', ...sold }).outcome
  }

  fail(number: number, failure: PaymentFailure): Outcome {
    const { id, price } = this.purchase(number)
    return this.do({ kind: 'fail-purchase', purchase: id, price, failure }).outcome
  }

  /** The purchase with this number, from 1. */
  purchase(number: number): NewPurchase {
    const purchase = this.purchases.find(({ id }) => id === number)
    if (purchase === undefined) throw new Error(`There is no purchase ${number}`)
    return purchase
  }

  get recharge(): Recharge {
    if (this.account.recharge === null) throw new Error('It was never configured')
    return this.account.recharge
  }

  get attempt(): PurchaseId | null {
    return this.recharge.attempt
  }

  get nextBoundary(): number | null {
    return nextBoundary(this.account)
  }

  #keep(hold: Hold): void {
    const known = this.holds.findIndex(({ id }) => id === hold.id)
    if (known >= 0) this.holds[known] = hold
    else this.holds.push(hold)
  }

  #take({ account, purchases, notices }: Pick<Decision, 'account' | 'purchases' | 'notices'>): void {
    this.account = account
    this.purchases.push(...purchases)
    this.notices.push(...notices.map(({ type }) => type))
  }
}
