import { loadCatalog } from '../../src/catalog/load.ts'
import { rulesOf } from '../../src/catalog/rules.ts'
import type { Account } from '../../src/domain/account.ts'
import type { Allowance } from '../../src/domain/allowance.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { type Instant, teamId } from '../../src/domain/identity.ts'
import type { LiveSession } from '../../src/domain/live-session.ts'

export const aivah = loadCatalog('catalogs/aivah.yaml')
export const at: Instant = Date.UTC(2026, 10, 21, 12)
export const credits = (amount: number): bigint => BigInt(Math.round(amount * 1e6))

const rules = rulesOf(aivah)
const nobody = newAccount(teamId('acme'), { ...rules, cardOf: () => rules.card, rulesAt: () => rules, at })

/** The parts of a bought grant of which nothing has been used. */
export const unused = {
  held: 0n,
  spent: 0n,
  expired: 0n,
  revoked: 0n,
  clawedBack: 0n,
  frozen: false,
  source: 'pack',
  allowance: null,
  costBasis: null,
  scope: null,
  locked: 0n,
  lock: null,
} as const

/** An account with these sessions and grants, as it would be read. */
export const accountWith = (
  sessions: readonly LiveSession[],
  grants: readonly Grant[],
  given: Partial<Account> = {},
): Account => ({
  ...nobody,
  sessions,
  grants,
  available: grants.reduce((sum, { available }) => sum + available, 0n),
  held: sessions.reduce((sum, { held }) => sum + held, 0n),
  ...given,
})

/** 500 credits a week, the next ones in two days. */
export const weekly: Allowance = {
  id: 'week',
  kind: 'INCLUDED',
  planId: 'plan',
  reference: null,
  cadence: 'WEEK',
  anchor: at - 5 * 86_400_000,
  firstPeriod: 0,
  timeZone: 'UTC',
  credits: credits(500),
  perSeat: false,
  rollover: 'none',
  creditLine: null,
  endsAt: null,
  nextPeriod: 1,
  nextAt: at + 2 * 86_400_000,
  ended: false,
  total: null,
}
