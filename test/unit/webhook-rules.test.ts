import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { maxAttempts, pauseAfter } from '../../src/partners/back-off.ts'
import { retryAfterOf } from '../../src/partners/post.ts'
import { createSecretBox, newSeed, signingSecretOf } from '../../src/partners/signing-keys.ts'

describe('the pauses between attempts', () => {
  const pauses = Array.from({ length: maxAttempts }, (_, index) => pauseAfter(index + 1, 0, 0))

  it('begin with five seconds, grow, and end after more than three days', () => {
    expect(pauses[0]).toBe(5_000)
    expect(pauses.at(-1)).toBeNull()
    const finite = pauses.slice(0, -1).map(Number)
    expect(finite).toEqual(finite.toSorted((one, other) => one - other))
    expect(finite.reduce((sum, pause) => sum + pause)).toBeGreaterThanOrEqual(3 * 86_400_000)
  })

  it('are spread by a tenth at most', () => {
    expect(pauseAfter(1, 0, 0.999)).toBeLessThanOrEqual(5_500)
  })
})

describe("a receiver's Retry-After", () => {
  const hour = 3_600_000
  const day = 24 * hour

  it('makes a pause longer, up to a day, and never shorter', () => {
    expect(pauseAfter(1, hour, 0)).toBe(hour)
    expect(pauseAfter(1, 100 * day, 0)).toBe(day)
    expect(pauseAfter(4, 1_000, 0)).toBe(2 * hour)
    expect(pauseAfter(maxAttempts, hour, 0)).toBeNull()
  })

  const now = Date.parse('2026-11-30T12:00:00Z')
  it.each([
    ['seconds', '120', { retryAfterMs: 120_000 }],
    ['a date', 'Mon, 30 Nov 2026 12:05:00 GMT', { retryAfterMs: 300_000 }],
    ['a date that has passed', 'Mon, 30 Nov 2026 11:00:00 GMT', {}],
    ['nothing', undefined, {}],
    ['another text', 'soon', {}],
    ['a number below zero', '-1', {}],
    ['a fraction', '1.5', {}],
  ])('is read as %s', (_, header, expected) => {
    expect(retryAfterOf(header, now)).toEqual(expected)
  })
})

describe('the secret of an endpoint', () => {
  const seed = newSeed()

  it('signs what the stock library verifies, and nothing else', async () => {
    const { symmetric, signatures } = signingSecretOf(seed)
    const at = new Date()
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': await signatures('msg_1', at, '{"a":"ü"}'),
    }
    expect(new Webhook(symmetric).verify('{"a":"ü"}', headers)).toEqual({ a: 'ü' })
    expect(() => new Webhook(symmetric).verify('{"a":"u"}', headers)).toThrow()
  })

  it('is stored sealed, and opened with the present or the previous secret of the gateway', () => {
    const sealed = createSecretBox('one').seal(seed)
    expect(sealed.includes(seed)).toBe(false)
    expect(createSecretBox('one').open(sealed)).toEqual({ seed, isOld: false })
    expect(createSecretBox('two', 'one').open(sealed)).toEqual({ seed, isOld: true })
    expect(createSecretBox('two').open(sealed)).toBeNull()
    const changed = Buffer.from(sealed)
    changed[20] = (changed[20] ?? 0) ^ 1
    expect(createSecretBox('one').open(changed)).toBeNull()
  })

  it('is the same for each opening, with two keys that tell nothing of each other', () => {
    const [one, other] = [signingSecretOf(seed), signingSecretOf(seed)]
    expect([one.symmetric, one.publicKey]).toEqual([other.symmetric, other.publicKey])
    expect(one.symmetric).toMatch(/^whsec_/)
    expect(one.publicKey).toMatch(/^whpk_/)
    expect(one.symmetric).not.toContain(seed.toString('base64'))
  })
})
