import { type Account, nextDeposit } from '../../../src/domain/account.ts'
import type { Leftover } from '../../../src/domain/allowance.ts'
import { balanceOf } from '../../../src/domain/balance.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { newAccount } from '../../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../../src/domain/decisions/decide.ts'
import { rollForward } from '../../../src/domain/decisions/roll-forward.ts'
import { type Grant, isOpen } from '../../../src/domain/grant.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { teamId } from '../../../src/domain/identity.ts'
import type { Posting } from '../../../src/domain/posting.ts'
import { contextAt, type World } from '../../../src/domain/rules.ts'
import type { AllowanceDays } from './allowance-days.ts'

/** Deposits and ends at one instant have no order, so they are sorted. */
export const inOrder = (told: AllowanceDays['told']) =>
  told
    .map(({ at, what, amount }) => `${at} ${what} ${amount}`)
    .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))

/** The pure core. Between commands only data that a database keeps is remembered: open grants. */
export class PlannedTeam {
  readonly #world: World
  #account: Account | null = null
  readonly #grants = new Map<number, Grant>()
  readonly #holds = new Map<number, Hold>()
  readonly #postings: Posting[] = []
  readonly #leftovers: Leftover[] = []
  #seen: { readonly at: number; readonly account: Account } | null = null
  #planChanges = 0

  constructor(world: World) {
    this.#world = world
  }

  ask(command: Command, at: number): void {
    const context = contextAt(this.#world, at)
    const before = this.#account ?? newAccount(teamId('team'), context)
    const rolled = this.#rolled(before, at)
    for (const grant of rolled.account.grants) this.#grants.set(grant.id, grant)
    const decision = decide(
      rolled.account,
      command,
      { leftover: [...this.#leftovers, ...this.#leftover(rolled.postings)] },
      context,
    )
    if (decision.outcome.kind === 'refused') throw decision.outcome.failure
    for (const hold of [...rolled.holds, ...(decision.hold === null ? [] : [decision.hold])]) {
      this.#holds.set(hold.id, hold)
    }
    const postings = [...rolled.postings, ...decision.postings]
    this.#postings.push(...postings)
    this.#planChanges += decision.notices.filter(({ type }) => type === 'PLAN_CHANGED').length
    for (const grant of decision.account.grants) this.#grants.set(grant.id, grant)
    this.#leftovers.push(...this.#leftover(postings))
    this.#seen = null
    const grants = decision.account.grants.filter((grant) => isOpen(grant, at))
    this.#account = { ...decision.account, grants }
  }

  get planChanges(): number {
    return this.#planChanges
  }

  balance(at: number) {
    return balanceOf(this.#at(at), at)
  }

  nextDeposit(at: number): number | null {
    return nextDeposit(this.#at(at), at)
  }

  lots() {
    const numbered = [...this.#grants.values()].sort((one, other) => one.id - other.id)
    return numbered.map(({ allowance, startsAt, expiresAt, ...grant }) => {
      const { granted, available, held, spent, expired, revoked } = grant
      const window = { of: allowance?.id ?? null, startsAt, endsAt: expiresAt }
      return { ...window, granted, available, held, spent, expired, revoked }
    })
  }

  /** The names that the database accepts only once. */
  names(): string[] {
    return [...this.#grants.values()].flatMap(({ source, allowance }) =>
      allowance === null ? [source] : [source, `period ${allowance.period} of ${allowance.id}`],
    )
  }

  told(): string[] {
    const told = this.#postings.flatMap(({ type, at, entries }) =>
      type === 'GRANT' || type === 'EXPIRY' ? entries.map(({ amount }) => ({ what: type, at, amount })) : [],
    )
    return inOrder(told)
  }

  #at(at: number): Account {
    if (this.#account === null) throw new Error('A plan was assigned first')
    if (this.#seen?.at !== at) this.#seen = { at, account: this.#rolled(this.#account, at).account }
    return this.#seen.account
  }

  /** The rest of each period that ended in these postings. */
  #leftover(postings: readonly Posting[]): Leftover[] {
    return postings.flatMap(({ type, at, entries }) =>
      entries.flatMap(({ grantId, amount }) => {
        const grant = type === 'EXPIRY' && grantId !== null ? this.#grants.get(grantId) : undefined
        const id = grant?.expiresAt === at ? grant.allowance?.id.replace(/:rollover$/, '') : undefined
        return id === undefined ? [] : [{ allowanceId: id, at, amount }]
      }),
    )
  }

  #rolled(account: Account, at: number) {
    const open = [...this.#holds.values()].filter(({ state }) => state === 'OPEN')
    const next = Math.min(...open.map(({ expiresAt }) => expiresAt).filter((expiresAt) => expiresAt > at))
    const due = open.filter(({ expiresAt }) => expiresAt <= at)
    return rollForward(account, { due, nextDeadline: next === Infinity ? null : next }, this.#world.rulesAt, at)
  }
}
