import { describe, expect, it } from 'vitest'
import type { Account, Policy } from '../../src/domain/account.ts'
import type { Allowance } from '../../src/domain/allowance.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { runsOutAt } from '../../src/domain/decisions/forecast.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId, type Instant, teamId } from '../../src/domain/identity.ts'

const day = 86_400_000
const at = Date.UTC(2026, 10, 21)
const policy: Policy = {
  burnPriority: {
    INCLUDED: 0,
    ADD_ON: 100,
    PACKAGE: 100,
    AUTO_RECHARGE: 100,
    CONTRACT: 100,
    PROMOTION: 100,
    ADJUSTMENT: 100,
  },
  lowThreshold: { credits: 0n },
  timeZone: 'UTC',
  currency: 'USD',
  currencies: ['USD'],
  expiry: { PACKAGE: 'never', AUTO_RECHARGE: 'never', ADD_ON: 'cycle' },
  planChanges: 'next-deposit',
  storageAtZero: 'stop',
  defaultPlan: null,
  plan: () => undefined,
  package: () => undefined,
  customTopUp: null,
  newTeamCredits: null,
  creditLine: null,
}
const card = compileRateCard({
  version: 'v',
  categories: [],
  rounding: { to: 1n, mode: 'half-up' },
  creditsPerMoney: null,
})

const rulesAt = () => ({ card, policy })

function account(grants: { credits: number; expiresAt?: Instant }[], weekly?: number): Account {
  const empty = newAccount(teamId('acme'), { card, cardOf: () => card, policy, rulesAt, at })
  const granted = grants.map(({ credits, expiresAt = null }, index): Grant => {
    const amount = BigInt(credits) * MICRO
    return {
      id: grantId(index + 1),
      kind: 'PACKAGE',
      priority: 100,
      startsAt: at,
      expiresAt,
      granted: amount,
      available: amount,
      ...{
        held: 0n,
        spent: 0n,
        expired: 0n,
        revoked: 0n,
        locked: 0n,
        lock: null,
        clawedBack: 0n,
        frozen: false,
        source: `s${index}`,
        allowance: null,
        costBasis: null,
        scope: null,
      },
    }
  })
  const allowance: Allowance = {
    id: 'week',
    kind: 'INCLUDED',
    reference: null,
    firstPeriod: 0,
    rollover: 'none',
    creditLine: null,
    endsAt: null,
    planId: 'p',
    cadence: 'WEEK',
    anchor: at,
    timeZone: 'UTC',
    perSeat: false,
    ended: false,
    total: null,
    credits: BigInt(weekly ?? 0) * MICRO,
    nextPeriod: 1,
    nextAt: at + 7 * day,
  }
  return {
    ...empty,
    revision: grants.length,
    grants: granted,
    allowances: weekly === undefined ? [] : [allowance],
    available: granted.reduce((sum, { available }) => sum + available, 0n),
  }
}
const days = (instant: Instant | null) => (instant === null ? null : (instant - at) / day)
const forecast = (of: Account, perDay: number) => days(runsOutAt(of, BigInt(perDay) * MICRO, rulesAt, at))

describe('a forecast', () => {
  it('divides what is there by what is burned', () => {
    expect(forecast(account([{ credits: 100 }]), 10)).toBe(10)
    expect(forecast(account([{ credits: 100 }, { credits: 5 }]), 10)).toBe(10.5)
  })

  it('is now where nothing is left, and never where nothing is burned or it lasts beyond 90 days', () => {
    expect(forecast(account([]), 10)).toBe(0)
    expect(forecast(account([{ credits: 100 }]), 0)).toBeNull()
    expect(forecast(account([{ credits: 901 }]), 10)).toBeNull()
    expect(forecast(account([{ credits: 899 }]), 10)).toBe(89.9)
  })

  it('loses what expires on the way', () => {
    expect(forecast(account([{ credits: 100, expiresAt: at + 4 * day }, { credits: 20 }]), 10)).toBe(6)
    expect(forecast(account([{ credits: 100, expiresAt: at + 4 * day }]), 10)).toBe(4)
  })

  it('counts the allowances that land on the way, and what is left of them expires', () => {
    expect(forecast(account([{ credits: 70 }], 70), 10)).toBeNull()
    expect(forecast(account([{ credits: 70 }], 35), 10)).toBe(10.5)
    expect(forecast(account([{ credits: 69 }], 70), 10)).toBe(6.9)
    // 7 a week are burned; what is left of each 70 is lost, so the 100 are never touched again.
    expect(forecast(account([{ credits: 100 }], 70), 1)).toBeNull()
  })
})
