import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { rolloverOf } from '../../src/domain/allowance.ts'
import type { CreateContract } from '../../src/domain/decisions/command.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { world } from '../property/model/world.ts'
import { day, decided, newTeam, noon } from '../setup/deciding.ts'

const contract = (given: Partial<CreateContract> = {}): CreateContract => ({
  kind: 'create-contract',
  reference: 'A-1',
  credits: 50n,
  cadence: 'MONTH',
  rollover: 'none',
  creditLine: null,
  startsAt: null,
  endsAt: null,
  ...given,
})
const withContract = (given: Partial<CreateContract> = {}) => decided(newTeam(), contract(given)).account
const at = (account: Account, instant: number) => rollForward(account, noHolds, world.rulesAt, instant).account
const month = Date.parse('2026-12-18T12:00:00Z')

describe('a contract', () => {
  test.each<[string, Partial<CreateContract>, bigint, number | null | undefined]>([
    ['that begins now deposits its first period', {}, 50n, month],
    [
      'that began in the past deposits the running period alone',
      { startsAt: noon - 40 * day },
      50n,
      noon + 20 * day + day,
    ],
    ['that begins later deposits nothing yet', { startsAt: noon + 1 }, 0n, undefined],
    ['of a single grant lasts for ever', { cadence: 'ONCE' }, 50n, null],
    ['that ends takes its single grant with it', { cadence: 'ONCE', endsAt: noon + 1 }, 50n, noon + 1],
    ['that ends within the period shortens it', { endsAt: noon + day }, 50n, noon + day],
  ])('%s', (_, given, available, expiresAt) => {
    const account = withContract(given)
    expect([account.available, account.grants[0]?.expiresAt]).toEqual([available, expiresAt])
  })

  test('deposits each period, for as long as it runs', () => {
    const account = withContract({ endsAt: month + day })
    expect(at(account, month).grants.map(({ expiresAt }) => expiresAt)).toContain(month + day)
    expect(at(account, month + day).available).toBe(0n)
  })

  test.each<[string, Partial<CreateContract>, string, string]>([
    ['a reference that names what is carried over', { reference: rolloverOf('A-2') }, 'INVALID_INPUT', 'reference'],
    ['a reference that the team has', { reference: 'A-1' }, 'INVALID_INPUT', 'reference'],
    ['no credits', { reference: 'A-2', credits: 0n }, 'INVALID_AMOUNT', 'credits'],
    ['an end that is now', { reference: 'A-2', endsAt: noon }, 'INVALID_INPUT', 'endsAt'],
    ['an end that is its begin', { reference: 'A-2', startsAt: month, endsAt: month }, 'INVALID_INPUT', 'endsAt'],
    [
      'an end before now, of what began before',
      { reference: 'A-2', startsAt: noon - day, endsAt: noon - 1 },
      'INVALID_INPUT',
      'endsAt',
    ],
  ])('is refused with %s', (_, given, code, path) => {
    const { outcome } = decided(withContract(), contract(given))
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code, path: [path] } })
  })

  test('needs one micro-credit and one millisecond', () => {
    const { outcome } = decided(newTeam(), contract({ credits: 1n, endsAt: noon + 1 }))
    expect(outcome).toEqual({ kind: 'done' })
  })

  test('is one of 100 at most, ended ones too', () => {
    let account = newTeam()
    for (let number = 1; number <= 100; number += 1) {
      const { outcome, account: next } = decided(account, contract({ reference: `${number}`, startsAt: month }))
      expect(outcome).toEqual({ kind: 'done' })
      account = next
    }
    account = decided(account, { kind: 'end-contract', reference: '1' }).account
    const { outcome } = decided(account, contract({ reference: '101' }))
    expect(outcome).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['teamId'] } })
  })
})

describe('a contract that is ended', () => {
  const ended = decided(withContract(), { kind: 'end-contract', reference: 'A-1' }, noon + day).account

  test('deposits no more, and leaves what it deposited', () => {
    expect(at(ended, month - 1).available).toBe(50n)
    expect(at(ended, month).available).toBe(0n)
  })

  test('keeps its first end when it is ended again', () => {
    const again = decided(ended, { kind: 'end-contract', reference: 'A-1' }, noon + 2 * day).account
    expect(again.allowances.map(({ endsAt }) => endsAt)).toEqual([noon + day])
  })

  test('leaves the others as they are', () => {
    const two = decided(withContract(), contract({ reference: 'A-2' })).account
    const { account } = decided(two, { kind: 'end-contract', reference: 'A-1' })
    expect(account.allowances.map(({ reference, ended }) => [reference, ended])).toEqual([
      ['A-1', true],
      ['A-2', false],
    ])
  })

  test('must be there', () => {
    const { outcome } = decided(newTeam(), { kind: 'end-contract', reference: 'A-1' })
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'NOT_FOUND' } })
  })
})
