import { describe, expect, test } from 'vitest'
import { fullKey, namespaceOf } from '../../src/domain/idempotency.ts'
import { memberId } from '../../src/domain/identity.ts'
import { type Caller, isSameCaller, mayActOn, mayRepeat } from '../../src/domain/placer.ts'

const callers = {
  'member ana': { id: memberId('ana'), role: 'MEMBER' },
  'admin ana': { id: memberId('ana'), role: 'ADMIN' },
  'member ben': { id: memberId('ben'), role: 'MEMBER' },
  'admin ben': { id: memberId('ben'), role: 'ADMIN' },
  'the platform': { id: memberId('ana'), role: 'PLATFORM' },
  'the platform, too': { id: memberId('other'), role: 'PLATFORM' },
  'a member without an id': { id: null, role: 'MEMBER' },
} as const satisfies Record<string, Caller>
type Name = keyof typeof callers

describe('who placed a hold or used a key, and who acts on it', () => {
  test.each<[Name, Name, { same: boolean; acts: boolean; repeats: boolean }]>([
    ['member ana', 'member ana', { same: true, acts: true, repeats: true }],
    ['member ana', 'admin ana', { same: true, acts: true, repeats: true }],
    ['admin ana', 'member ana', { same: true, acts: true, repeats: true }],
    ['member ana', 'member ben', { same: false, acts: false, repeats: true }],
    ['member ana', 'admin ben', { same: false, acts: true, repeats: true }],
    ['admin ana', 'member ben', { same: false, acts: false, repeats: false }],
    ['admin ana', 'admin ben', { same: false, acts: false, repeats: true }],
    ['member ana', 'the platform', { same: false, acts: true, repeats: false }],
    ['the platform', 'member ana', { same: false, acts: false, repeats: false }],
    ['the platform', 'the platform, too', { same: true, acts: true, repeats: true }],
    ['a member without an id', 'a member without an id', { same: false, acts: false, repeats: true }],
  ])('%s, then %s', (first, then, { same, acts, repeats }) => {
    const [one, other] = [callers[first], callers[then]]
    expect(isSameCaller(one, other)).toBe(same)
    expect(mayActOn(one, other)).toBe(acts)
    expect(mayRepeat(one, other)).toBe(repeats)
  })
})

test('the same key is another one in another mutation, of the platform, and of the gateway itself', () => {
  const key = (mutation: string, caller: Caller | null) => fullKey(namespaceOf(caller && { mutation, caller }), 'key')
  const keys = [
    key('chargeUsage', callers['member ana']),
    key('holdCredits', callers['member ana']),
    key('chargeUsage', callers['the platform']),
    key('', null),
  ]
  expect(new Set(keys).size).toBe(keys.length)
  expect(key('chargeUsage', callers['admin ben'])).toBe(keys[0])
})
