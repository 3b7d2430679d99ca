import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Credential, Viewer } from '../../src/access/viewer.ts'
import { Watches } from '../../src/access/watches.ts'
import { memberId, teamId } from '../../src/domain/identity.ts'

const start = Date.parse('2026-11-21T12:00:00Z')
beforeEach(() => vi.useFakeTimers({ now: start }))
afterEach(() => vi.useRealTimers())

const token: Credential = { kind: 'TOKEN', issuedAt: 0 }
const viewer = (team: string, expiresAt = Infinity, credential: Credential = token): Viewer => ({
  memberId: memberId('ana'),
  name: null,
  teamId: teamId(team),
  role: 'MEMBER',
  expiresAt,
  credential,
})
const day = 86_400_000

describe('a watched credential', () => {
  it('ends at its own instant, however far away and in whichever order it was watched', () => {
    const watches = new Watches()
    const told: string[] = []
    for (const [name, ms] of Object.entries({ month: 31 * day, second: 1_000, soon: 999, minute: 60_000, past: -5 })) {
      watches.add(viewer('acme', start + ms), () => told.push(`${name} at ${Date.now() - start}`))
    }
    vi.advanceTimersByTime(40 * day)
    expect(told).toEqual(['past at 0', 'soon at 999', 'second at 1000', 'minute at 60000', `month at ${31 * day}`])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends once, and not after its watching was called off', () => {
    const watches = new Watches()
    const ended = vi.fn()
    const never = vi.fn()
    watches.add(viewer('acme', start + 500), ended)
    watches.add(viewer('acme', start + 500), never)()
    watches.end(teamId('acme'), () => 'The token was revoked')
    watches.end(teamId('acme'), () => 'The token was revoked')
    vi.advanceTimersByTime(day)
    expect(ended.mock.calls).toEqual([['The token was revoked']])
    expect(never).not.toHaveBeenCalled()
  })

  it('says what it was', () => {
    const watches = new Watches()
    const told: string[] = []
    const key: Credential = { kind: 'KEY', teamId: teamId('acme'), id: 1, changedAt: null, allowed: null }
    for (const credential of [token, key]) watches.add(viewer('acme', start, credential), (why) => told.push(why))
    vi.advanceTimersByTime(0)
    expect(told).toEqual(['The token has expired', 'The API key has expired'])
  })

  it("is passed over when it is not refused, or another owner's", () => {
    const watches = new Watches()
    const told: string[] = []
    const [one, other] = [viewer('acme'), viewer('acme')]
    watches.add(one, () => told.push('one'))
    watches.add(other, () => told.push('other'))
    watches.add(viewer('globex'), () => told.push('globex'))
    watches.end(teamId('acme'), (watched) => (watched === one ? 'gone' : null))
    expect(told).toEqual(['one'])
  })

  it('may be followed by another one that is watched while it ends', () => {
    const watches = new Watches()
    const next = vi.fn()
    watches.add(viewer('acme', start + 10), () => watches.add(viewer('acme', start + 20), next))
    vi.advanceTimersByTime(30)
    expect(next).toHaveBeenCalledOnce()
  })
})
