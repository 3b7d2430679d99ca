import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/domain/decisions/command.ts'
import { chargeId, grantId, holdId, memberId, purchaseId } from '../../src/domain/identity.ts'
import {
  readCharged,
  readGrant,
  readLine,
  readOutcome,
  readRollover,
  readSlice,
  readSurplus,
  readTeam,
  readTotal,
  readWaiting,
  storeCharged,
  storeGrant,
  storeLine,
  storeOutcome,
  storeRollover,
  storeSlice,
  storeSurplus,
  storeTotal,
  storeWaiting,
} from '../../src/entities/json/stored.ts'
import { ana, decided, granted, newTeam, noon, using } from '../setup/deciding.ts'

/** The value that a JSON column gives back. */
const kept = <T>(value: T): T => JSON.parse(JSON.stringify(value))
/** More than a JSON number keeps exactly. */
const large = 2n ** 60n + 1n

const sums = {
  granted: large,
  available: 1n,
  held: 2n,
  spent: 3n,
  expired: 4n,
  revoked: 5n,
  locked: 6n,
  clawedBack: 6n,
  frozen: true,
}
const window = {
  priority: 10,
  startsAt: noon,
  expiresAt: null,
  source: 's',
  allowance: null,
  lock: { amount: large, until: noon },
  costBasis: { amount: large, currency: 'USD' },
  scope: { categories: ['image'], rates: [] },
}
const grant = { id: grantId(7), kind: 'PACKAGE', ...window, ...sums } as const
const line = { rate: 'credit', quantity: large, count: 2, credits: 3n, low: 4n, high: 5n, money: null }
const slice = { grantId: grantId(7), amount: large }
const total = { from: noon, base: large, covered: 1n, due: -large, given: 2n, highest: 3n, former: [] }

describe('what is stored is read as it was', () => {
  test.each<[string, unknown, () => unknown]>([
    ['a grant', grant, () => readGrant(kept(storeGrant(grant)))],
    ['a line', line, () => readLine(kept(storeLine(line as never)))],
    [
      'a line that is metered',
      { ...line, money: { amount: large, currency: 'USD' } },
      () => readLine(kept(storeLine({ ...line, money: { amount: large, currency: 'USD' } } as never))),
    ],
    ['a slice', slice, () => readSlice(kept(storeSlice(slice)))],
    [
      'the charge of a hold',
      { id: chargeId(3), movements: [{ ...slice, rate: 'credit' }] },
      () => readCharged(kept(storeCharged({ id: chargeId(3), movements: [{ ...slice, rate: 'credit' }] }))),
    ],
    ['a rollover of nothing', 'none', () => readRollover(storeRollover('none'))],
    ['a rollover of everything', 'full', () => readRollover(storeRollover('full'))],
    ['a rollover up to an amount', { upTo: large }, () => readRollover(storeRollover({ upTo: large }))],
    ['a period without a total', 'BEGUN', () => readTotal(kept(storeTotal('BEGUN')))],
    ['the total of a period', total, () => readTotal(kept(storeTotal(total)))],
    [
      'a surplus',
      { of: 'TRIAL', amount: large, until: noon },
      () => readSurplus(kept(storeSurplus({ of: 'TRIAL', amount: large, until: noon }))),
    ],
  ])('%s', (_, value, read) => {
    expect(read()).toEqual(value)
  })
})

describe('an outcome is read as it was answered', () => {
  const price = { amount: large, currency: 'USD' }
  const terms = { cause: 'PURCHASE', packageId: 'p', catalogVersion: 'v', credits: large, price, pay: 'AUTO' } as const
  const pages = { successUrl: null, cancelUrl: 'https://x/', memberId: memberId('ana'), createdAt: noon }

  test.each<[string, Exclude<Outcome, { kind: 'refused' | 'charge' }>]>([
    ['done', { kind: 'done' }],
    ['ordered', { kind: 'ordered' }],
    ['a grant', { kind: 'grant', grant }],
    ['a refund', { kind: 'refund', refund: { id: 5, chargeId: chargeId(3), amount: large } }],
    ['a purchase', { kind: 'purchase', purchase: { id: purchaseId(1), ...terms, ...pages } }],
  ])('%s', (_, outcome) => {
    expect(readOutcome(kept(storeOutcome(outcome, newTeam())) as never)).toEqual(outcome)
  })

  const place = { kind: 'place-hold', usage: using(9n), expiresInSeconds: 60, reference: 'r', memberId: null } as const
  const { hold } = decided(granted(10n), { ...place, caller: ana })
  if (hold === null) throw new Error('nothing was held')

  test('a hold, without the lines that priced it', () => {
    const stored = kept(storeOutcome({ kind: 'hold', hold }, newTeam()))
    expect(readOutcome(stored as never)).toEqual({ kind: 'hold', hold: { ...hold, lines: [] } })
    const usage = [{ rate: 'credit', quantity: large, count: 2 }]
    const waiting = { key: 'k', fingerprint: 'f', mutation: 'extendHold', caller: ana, usage, expiresInSeconds: 60 }
    expect(readWaiting(kept(storeWaiting(waiting)))).toEqual(waiting)
    expect(kept(storeOutcome({ kind: 'hold', hold: { ...hold, waiting } }, newTeam()))).toEqual(stored)
  })

  test('a hold with the quantity that the balance paid', () => {
    const fitted = { ...hold, lines: [], fitted: large }
    expect(readOutcome(kept(storeOutcome({ kind: 'hold', hold: fitted }, newTeam())) as never)).toEqual({
      kind: 'hold',
      hold: fitted,
    })
    expect(kept(storeOutcome({ kind: 'hold', hold }, newTeam()))).not.toHaveProperty('hold.fitted')
  })

  test('a hold that was charged at its start, without what the charge moved', () => {
    const charged = { id: chargeId(3), movements: [{ ...slice, rate: null }] }
    const stored = kept(storeOutcome({ kind: 'hold', hold: { ...hold, charged } }, newTeam()))
    const read = { ...hold, lines: [], charged: { id: chargeId(3), movements: [] } }
    expect(readOutcome(stored as never)).toEqual({ kind: 'hold', hold: read })
  })

  test('a hold from before holds kept their caller: only PLATFORM acts on it', () => {
    const old = { id: holdId(1), state: 'OPEN', amount: '9', captured: '0', slices: [], expiresAt: noon }
    const outcome = readOutcome({ kind: 'hold', hold: { ...old, reference: null, memberId: null } } as never)
    expect(outcome).toMatchObject({ hold: { callerId: null, callerRole: 'PLATFORM', placedAt: noon, charged: null } })
  })

  test('a charge by its number alone: its entries tell the rest', () => {
    const charge = { id: chargeId(3) } as never
    expect(storeOutcome({ kind: 'charge', charge }, newTeam())).toEqual({ kind: 'charge', id: 3 })
  })

  test('done, with the settings of the team right after it', () => {
    const stored = [{ rate: 'disk', amount: large, changedAt: noon, accrued: large, dayEndsAt: noon }]
    const team = { ...newTeam(), planId: 'p', seats: 3, currency: 'USD', stored }
    const outcome = kept(storeOutcome({ kind: 'done' }, team))
    if (outcome.kind !== 'done') throw new Error('it is done')
    expect(readTeam(outcome.team)).toEqual({ name: team.name, planId: 'p', seats: 3, currency: 'USD', stored })
    expect(readTeam({ name: 'n', planId: null, seats: 1 })).toEqual({ name: 'n', planId: null, seats: 1, stored: [] })
  })
})
