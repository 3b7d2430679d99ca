import { describe, expect, test } from 'vitest'
import type { Command, Decision } from '../../src/domain/decisions/command.ts'
import { memberId } from '../../src/domain/identity.ts'
import { ana, backend, decided, granted, noon, using } from '../setup/deciding.ts'

const place = { kind: 'place-hold', expiresInSeconds: 600, reference: 'r', memberId: null, caller: ana } as const
const starting = (quantity: bigint) => [{ rate: 'start', quantity, count: 1 }]

/** A hold of 40 of 100 credits, and what an act on it comes to. */
function held(usage = using(40n), before?: Decision) {
  const { account, hold } = before ?? decided(granted(100n), { ...place, usage })
  if (hold === null) throw new Error('nothing was held')
  const act = (command: object, caller: object = ana) =>
    decided(account, { holdId: hold.id, caller, ...command } as Command, noon + 1_000, { hold })
  return { account, hold, act }
}
const told = ({ account, hold, outcome }: Decision) => ({
  available: account.available,
  held: account.held,
  state: hold?.state ?? null,
  code: outcome.kind === 'refused' ? outcome.failure.code : outcome.kind,
})
const sums = (available: bigint, held: bigint, state: string | null, code: string) => ({ available, held, state, code })

describe('a hold of 40 of 100', () => {
  test.each<[string, object, ReturnType<typeof sums>]>([
    ['is charged in full', { kind: 'settle-hold', usage: null }, sums(60n, 0n, 'SETTLED', 'charge')],
    ['gives back what was not used', { kind: 'settle-hold', usage: using(15n) }, sums(85n, 0n, 'SETTLED', 'charge')],
    ['takes more than it held', { kind: 'settle-hold', usage: using(100n) }, sums(0n, 0n, 'SETTLED', 'charge')],
    [
      'takes no more than there is',
      { kind: 'settle-hold', usage: using(101n) },
      sums(60n, 40n, null, 'INSUFFICIENT_CREDITS'),
    ],
    ['is captured in part', { kind: 'capture-hold', usage: using(15n) }, sums(60n, 25n, 'OPEN', 'charge')],
    ['is captured beyond itself', { kind: 'capture-hold', usage: using(50n) }, sums(50n, 0n, 'OPEN', 'charge')],
    ['is released', { kind: 'release-hold', reason: null }, sums(100n, 0n, 'RELEASED', 'hold')],
    ['is extended', { kind: 'extend-hold', usage: using(60n), expiresInSeconds: null }, sums(0n, 100n, 'OPEN', 'hold')],
    [
      'is not extended beyond the balance',
      { kind: 'extend-hold', usage: using(61n), expiresInSeconds: null },
      sums(60n, 40n, null, 'INSUFFICIENT_CREDITS'),
    ],
  ])('%s', (_, command, expected) => {
    expect(told(held().act(command))).toEqual(expected)
  })

  test('lasts longer where it is extended', () => {
    const later = held().act({ kind: 'extend-hold', usage: null, expiresInSeconds: 900 })
    expect(later.hold?.expiresAt).toBe(noon + 1_000 + 900_000)
    expect(later.account.nextHoldDeadline).toBe(noon + 600_000)
  })

  test.each(['settle-hold', 'capture-hold', 'release-hold', 'extend-hold'])(
    '%s needs an open hold of the caller',
    (kind) => {
      const command = { kind, usage: using(1n), reason: null, expiresInSeconds: 60 }
      const { account, hold, act } = held()
      const ben = { id: memberId('ben'), role: 'MEMBER' }
      expect(told(act(command, ben)).code).toBe('NOT_ALLOWED')
      expect(told(act(command, backend)).code).not.toBe('NOT_ALLOWED')
      const whole = { ...command, holdId: hold.id, caller: ana } as unknown as Command
      expect(told(decided(account, whole)).code).toBe('NOT_FOUND')
      expect(told(decided(account, whole, noon, { hold: { ...hold, state: 'SETTLED' } })).code).toBe('HOLD_CLOSED')
    },
  )

  test('takes no rate from another caller that it was not placed for', () => {
    const capture = { kind: 'capture-hold', usage: starting(1n) }
    expect(told(held().act(capture, backend)).code).toBe('NOT_ALLOWED')
  })
})

describe('a hold that is charged at its start', () => {
  test.each<[string, object, ReturnType<typeof sums>]>([
    ['keeps its charge', { kind: 'settle-hold', usage: null }, sums(60n, 0n, 'SETTLED', 'charge')],
    ['gives it back', { kind: 'release-hold', reason: 'failed' }, sums(100n, 0n, 'RELEASED', 'hold')],
  ])('%s', (_, command, expected) => {
    expect(told(held(starting(40n)).act(command))).toEqual(expected)
  })
})
