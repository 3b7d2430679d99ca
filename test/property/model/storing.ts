import { type Account, nextBoundary, type Policy } from '../../../src/domain/account.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { ONE } from '../../../src/domain/amounts/decimal.ts'
import { compileRateCard } from '../../../src/domain/compile-rate-card.ts'
import type { Command, Decision } from '../../../src/domain/decisions/command.ts'
import { newAccount } from '../../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../../src/domain/decisions/decide.ts'
import { noHolds, rollForward } from '../../../src/domain/decisions/roll-forward.ts'
import { teamId } from '../../../src/domain/identity.ts'
import type { Posting } from '../../../src/domain/posting.ts'
import type { Price, Rate, RateCard } from '../../../src/domain/rate-card.ts'
import { contextAt, type World } from '../../../src/domain/rules.ts'
import { policy, rate } from './world.ts'

export const storageRate = (id: string, price: Price, given: Partial<Rate> = {}): Rate => ({
  ...rate(id, price),
  unit: 'GB_DAY',
  ...given,
})

export const cardOf = (version: string, rates: readonly Rate[]): RateCard =>
  compileRateCard({
    version,
    categories: [{ id: 'all', name: 'All', rates }],
    rounding: { to: 1n, mode: 'half-up' },
    creditsPerMoney: null,
  })

/** A credit a GB-day. */
export const plainCard = cardOf('plain', [rate('credit', { credits: MICRO }), storageRate('gb', { credits: MICRO })])

export const worldOf = (given: Partial<Policy> = {}, card: RateCard = plainCard): World => ({
  rulesAt: () => ({ card, policy: { ...policy, ...given } }),
  cardOf: () => card,
})

/** One team whose commands are decided in order, without a database. */
export class Storing {
  account: Account
  readonly postings: Posting[] = []
  readonly #world: World

  constructor(world: World, begin: number) {
    this.#world = world
    this.account = newAccount(teamId('team'), contextAt(world, begin))
  }

  passTo(at: number): void {
    const rolled = rollForward(this.account, noHolds, this.#world.rulesAt, at)
    this.account = rolled.account
    this.postings.push(...rolled.postings)
  }

  do(command: Command, at: number): Decision {
    this.passTo(at)
    const decision = decide(this.account, command, {}, contextAt(this.#world, at))
    this.account = decision.account
    this.postings.push(...decision.postings)
    return decision
  }

  store(amount: bigint, at: number, rateId = 'gb'): Decision {
    return this.do({ kind: 'set-stored-amount', rate: rateId, amount, caller: { id: null, role: 'MEMBER' } }, at)
  }

  grant(amount: bigint, at: number, expiresAt: number | null = null, source = `at ${at}`): Decision {
    return this.do({ kind: 'grant-credits', amount, grantKind: 'PACKAGE', expiresAt, source }, at)
  }

  get nextBoundary(): number | null {
    return nextBoundary(this.account)
  }

  /** The lines of daily charges: the stored amount by day and rate. */
  get charged(): { day: string; rate: string; quantity: bigint; at: number }[] {
    return this.postings.flatMap(({ type, reference, entries, at }) =>
      type === 'CHARGE' && reference?.startsWith('storage:')
        ? entries.flatMap(({ rate: id, use }) =>
            id !== null && use !== null ? [{ day: reference.slice(8), rate: id, quantity: use.quantity, at }] : [],
          )
        : [],
    )
  }
}

export const gigabytes = (amount: number) => BigInt(Math.round(amount * Number(ONE)))
