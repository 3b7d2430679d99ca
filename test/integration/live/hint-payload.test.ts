import fc from 'fast-check'
import { expect, test } from 'vitest'
import { teamId } from '../../../src/domain/identity.ts'
import { payloadsOf, readPayload, revocationPayload } from '../../../src/live/hints/hint-payload.ts'

const teams = fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 200 }).map(teamId), fc.nat()), {
  maxLength: 400,
})

test('hints of any teams fit into payloads that PostgreSQL takes, and are read back in order', () => {
  fc.assert(
    fc.property(teams, (hinted) => {
      const payloads = payloadsOf('me', hinted)
      for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000)
      const read = payloads.map(readPayload)
      expect(read.every(({ from }) => from === 'me')).toBe(true)
      expect(read.flatMap(({ teams }) => (teams === 'all' ? [] : [...teams]))).toEqual(hinted)
    }),
    { numRuns: 200 },
  )
})

test('a name that fits into no payload, and what is no payload of ours, mean: look at everything', () => {
  expect(payloadsOf('me', [[teamId('x'.repeat(9_000)), 1]])).toEqual(['{"from":"me","teams":"all"}'])
  for (const strange of [
    '',
    'hello',
    '{}',
    '{"from":"me","teams":[1]}',
    'null',
    '{"from":"me","teams":[],"revoked":1}',
  ]) {
    expect(readPayload(strange)).toEqual({ from: '', teams: 'all', revoked: true })
  }
})

test('that revocations changed is told apart from hints of teams', () => {
  expect(readPayload(revocationPayload('me'))).toEqual({ from: 'me', teams: [], revoked: true })
  const [hints = ''] = payloadsOf('me', [[teamId('one'), 1]])
  expect(readPayload(hints)).toEqual({ from: 'me', teams: [['one', 1]], revoked: false })
})
