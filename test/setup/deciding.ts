import type { Account } from '../../src/domain/account.ts'
import type { Command, Decision, Facts } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { memberId, teamId } from '../../src/domain/identity.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { world } from '../property/model/world.ts'

/** A Wednesday. */
export const noon = Date.parse('2026-11-18T12:00:00Z')
export const day = 86_400_000

export const newTeam = (): Account => newAccount(teamId('team'), contextAt(world, noon))

/** The account, made so that a change of it throws: the core changes nothing that it is given. */
export function frozen(account: Account): Account {
  for (const list of [account.grants, account.allowances, account.surplus, account.sessions]) {
    for (const one of Object.freeze(list)) Object.freeze(one)
  }
  return Object.freeze(account)
}

/** The outcome of a command in the pure core. A micro-unit of the rate `credit` costs a micro-credit. */
export function decided(given: Account, command: Command, at = noon, facts: Facts = {}): Decision {
  const account = frozen(given)
  const rolled = rollForward(account, noHolds, world.rulesAt, at).account
  return decide(rolled, command, facts, contextAt(world, at))
}

/** The team with credits that last until `expiresAt`. */
export const granted = (amount: bigint, expiresAt: number | null = null, account = newTeam()): Account =>
  decided(account, { kind: 'grant-credits', amount, grantKind: 'PACKAGE', expiresAt, source: `of ${expiresAt}` })
    .account

export const ana = { id: memberId('ana'), role: 'MEMBER' } as const
export const backend = { id: memberId('backend'), role: 'PLATFORM' } as const

export const using = (quantity: bigint) => [{ rate: 'credit', quantity, count: 1 }]
