import { describe, expect, it } from 'vitest'
import { loadCatalog } from '../../src/catalog/load.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId, holdId } from '../../src/domain/identity.ts'
import { finest, type LiveSession } from '../../src/domain/live-session.ts'
import { alertInWords, balanceEmail } from '../../src/resolvers/notices.ts'
import { accountWith, aivah, at, credits, unused } from '../setup/sessions.ts'

const wevion = loadCatalog('catalogs/wevion.yaml')

/** A credit a second. */
const session: LiveSession = { holdId: holdId(1), rate: credits(1) * (finest / 1000n), since: at, held: 0n }

const pack = (amount: number): Grant => ({
  id: grantId(1),
  kind: 'PACKAGE',
  priority: 100,
  startsAt: at,
  expiresAt: null,
  granted: credits(amount),
  available: credits(amount),
  ...unused,
})

const low = (amount: number, sessions = [session], ending = true) =>
  ({ state: 'LOW', account: accountWith(sessions, [pack(amount)]), at, ending }) as const

describe('an alert', () => {
  it('says for how long a live session goes on and what keeps it running, before it is cut off', () => {
    expect(alertInWords(wevion, low(60))).toBe(
      'At this rate your credits last 60 seconds — top up to keep the session running',
    )
    expect(alertInWords(wevion, low(1.5))).toContain('last 1 second —')
    expect(alertInWords(wevion, low(0.5))).toContain('last 0 seconds —')
  })

  it('says it until the cut-off is far again, however the balance crosses its threshold meanwhile', () => {
    expect(alertInWords(wevion, low(90))).toContain('last 90 seconds —')
  })

  it('says so in the words of the product', () => {
    expect(alertInWords(aivah, low(42))).toBe(
      'Your credits last 42 seconds at this rate — choose Add credit in the user menu to keep the conversation running',
    )
  })

  it('tells the balance while no cut-off is near, and once all is used or well', () => {
    expect(alertInWords(aivah, low(61, [session], false))).toBe('Running low — 61 Credits left')
    expect(alertInWords(aivah, low(20, [], false))).toBe('Running low — 20 Credits left')
    expect(alertInWords(aivah, { ...low(0), state: 'EXHAUSTED' })).toMatch(/^Out of credits/)
    expect(alertInWords(aivah, { ...low(500, [session], false), state: 'OK' })).toBe('500 Credits available again')
  })
})

describe('an e-mail about the balance', () => {
  const textFor = (name: string) => balanceEmail(wevion, { ...accountWith([], []), name }, 'Out of credits').text

  it('has the name of the team in one line, without what a reader does not see', () => {
    expect(textFor('Acme\u2028\u2029Pay at\u00a0evil.example\u202e!\u2066\u200b\u{e0041}')).toBe(
      textFor('Acme  Pay at evil.example!'),
    )
    expect(textFor(' Łódź 東京 ')).toContain('Hello Łódź 東京,\n')
  })

  it('calls a team by its id where its name is invisible', () => {
    expect(textFor('\u200b\u2800\u3000')).toBe(textFor(accountWith([], []).teamId))
  })
})
