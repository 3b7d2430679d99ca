import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { maxAttempts, pauseAfter } from '../../src/partners/back-off.ts'
import { createSecretBox, newSeed, signingSecretOf } from '../../src/partners/signing-keys.ts'

describe('the pauses between attempts', () => {
  const pauses = Array.from({ length: maxAttempts }, (_, index) => pauseAfter(index + 1, 0))

  it('begin with five seconds, grow, and end after more than three days', () => {
    expect(pauses[0]).toBe(5_000)
    expect(pauses.at(-1)).toBeNull()
    const finite = pauses.slice(0, -1).map(Number)
    expect(finite).toEqual(finite.toSorted((one, other) => one - other))
    expect(finite.reduce((sum, pause) => sum + pause)).toBeGreaterThanOrEqual(3 * 86_400_000)
  })

  it('are spread by a tenth at most', () => {
    expect(pauseAfter(1, 0.999)).toBeLessThanOrEqual(5_500)
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
