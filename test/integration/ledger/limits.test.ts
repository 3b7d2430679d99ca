import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/domain/decisions/command.ts'
import { scopeOf } from '../../../src/domain/grant-scope.ts'
import { type MemberId, memberId, type TeamId } from '../../../src/domain/identity.ts'
import type { Caller } from '../../../src/domain/placer.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import {
  at,
  capture,
  charge,
  chargeOf,
  credits,
  day,
  extendHold,
  failureOf,
  grantOf,
  heldBy,
  hour,
  limit,
  minute,
  openScene,
  placeHold,
  plainIn,
  refund,
  release,
  sceneOfFile,
  settle,
  startHold,
  submission,
  use,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile(undefined, start)

const ben = memberId('ben')
const ana = memberId('ana')
const forBen = { memberId: ben }
const by = (id: MemberId): Caller => ({ id, role: 'MEMBER' })

/** A team with credits, and a day's limit of Ben's that was set the day before. */
async function limited(amount: number, given: Parameters<typeof limit>[2] = {}): Promise<TeamId> {
  await scene.setClock(start - day)
  const team = await scene.team()
  await scene.submit(team, grantOf(1_000, 'pack'))
  await scene.submit(team, limit('ben', amount, given))
  await scene.setClock(start)
  return team
}

/** The present use of each limit, in credits. */
async function usedBy(team: TeamId): Promise<Record<string, number>> {
  const { account } = await scene.account(team)
  return Object.fromEntries(account.limits.map(({ id, per, used }) => [`${id} ${per}`, Number(used) / 1e6]))
}
const kindOf = ({ outcome }: Answer) => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)

describe('a limit', () => {
  test('refuses what would pass it, with what it is, what was used and when it resets', async () => {
    const team = await limited(500)
    await scene.submit(team, charge(300, forBen))
    await scene.submit(team, placeHold(180, forBen))
    for (const command of [charge(40, forBen), placeHold(40, forBen)]) {
      const refused = failureOf(await scene.submit(team, command))
      expect(refused).toMatchObject({
        code: 'SPENDING_LIMIT_REACHED',
        subject: 'MEMBER',
        id: 'ben',
        per: 'DAY',
        limit: credits(500),
        used: credits(480),
        required: credits(40),
        resetsAt: at('2026-11-19T00:00:00Z'),
      })
      expect(refused.message).toBe(
        "The member 'ben' may spend 500 credits a day and has used 480: this needs 40. " +
          'The limit resets at 2026-11-19T00:00:00.000Z; an admin can raise it.',
      )
    }
    expect(kindOf(await scene.submit(team, charge(20, forBen)))).toBe('charge')
    expect(kindOf(await scene.submit(team, charge(0.000001, forBen)))).toBe('SPENDING_LIMIT_REACHED')
    expect(kindOf(await scene.submit(team, charge(1, { ...forBen, usage: use(1, 'free') })))).toBe('charge')
    expect(kindOf(await scene.submit(team, charge(100, { memberId: ana })))).toBe('charge')
  })

  test('is told before a lack of credits, which more credits would not help', async () => {
    const team = await limited(10)
    expect(kindOf(await scene.submit(team, charge(2_000, forBen)))).toBe('SPENDING_LIMIT_REACHED')
  })

  test('keeps no refusal: the same key may be tried again once the limit is raised', async () => {
    const team = await limited(10)
    const command = charge(20, forBen)
    expect(kindOf(await scene.submit(team, command, 'too-much'))).toBe('SPENDING_LIMIT_REACHED')
    await scene.submit(team, limit('ben', 100))
    for (const _ of [1, 2]) expect(kindOf(await scene.submit(team, command, 'too-much'))).toBe('charge')
    expect(await usedBy(team)).toEqual({ 'ben DAY': 20 })
  })

  test('counts for the member and for the caller at once; the one that resets last is told', async () => {
    const team = await limited(100)
    await scene.submit(team, limit('key-1', 30, { subject: 'CALLER', per: 'WEEK' }))
    const viaKey = { caller: by(memberId('key-1')) }
    await scene.submit(team, charge(20, { ...forBen, ...viaKey }))
    await scene.submit(team, charge(5, { memberId: ana, ...viaKey }))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 20, 'key-1 WEEK': 25 })
    const both = failureOf(await scene.submit(team, charge(90, { ...forBen, ...viaKey })))
    expect(both).toMatchObject({ subject: 'CALLER', id: 'key-1', per: 'WEEK', resetsAt: at('2026-11-23T00:00:00Z') })
    expect(kindOf(await scene.submit(team, charge(80, forBen)))).toBe('charge')
  })

  test('of no credits stops everything that costs, and lifted it stops nothing', async () => {
    const team = await limited(0)
    expect(kindOf(await scene.submit(team, charge(1, forBen)))).toBe('SPENDING_LIMIT_REACHED')
    await scene.submit(team, limit('ben', null))
    expect(kindOf(await scene.submit(team, charge(1, forBen)))).toBe('charge')
    expect((await scene.account(team)).account.limits).toEqual([])
  })

  test('that is changed keeps what was used; one that is set counts what was used before', async () => {
    const team = await limited(100)
    await scene.submit(team, charge(30, forBen))
    await scene.submit(team, limit('ben', 40))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 30 })
    const open = heldBy(await scene.submit(team, placeHold(8, { ...forBen, caller: by(ana) })))
    await scene.submit(team, refund(chargeOf(await scene.submit(team, charge(2, { memberId: ana })))))
    await takeCheckpoint(scene.database, team)
    await scene.submit(team, charge(5, { memberId: ana, caller: by(ana) }))
    await scene.submit(team, limit('ben', 1_000, { per: 'MONTH' }))
    await scene.submit(team, limit('ana', 1_000, { per: 'WEEK' }))
    await scene.submit(team, limit('ana', 1_000, { subject: 'CALLER', per: 'MONTH' }))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 38, 'ben MONTH': 38, 'ana WEEK': 5, 'ana MONTH': 8 })
    await scene.submit(team, release(open))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 30, 'ben MONTH': 30, 'ana WEEK': 5, 'ana MONTH': 0 })
  })

  test('that is set in one batch with spending counts that', async () => {
    const team = await limited(1)
    const caller = by(memberId('key-1'))
    const commands = [
      placeHold(7, { memberId: ana, caller }),
      charge(3, { memberId: ana }),
      limit('ana', 11),
      limit('key-1', 8, { subject: 'CALLER' }),
      charge(2, { memberId: ana }),
      charge(1, { memberId: ana, caller }),
      charge(1, { caller }),
      charge(1, { caller }),
    ].map((command) => submission(team, command))
    const answers = await scene.ledger.submitAll(commands)
    const kinds = answers.map((one) => (one.status === 'fulfilled' ? kindOf(one.value) : one.reason))
    const reached = 'SPENDING_LIMIT_REACHED'
    expect(kinds).toEqual(['hold', 'charge', 'done', 'done', reached, 'charge', reached, reached])
  })

  test('is refused beyond the thousandth of a team, and below zero', async () => {
    const team = await limited(1)
    const more = Array.from({ length: 999 }, (_, i) => submission(team, limit(`member-${i}`, 1), null))
    await scene.ledger.submitAll(more)
    const failure = failureOf(await scene.submit(team, limit('one-more', 1)))
    expect(failure).toMatchObject({ code: 'INVALID_AMOUNT', message: expect.stringContaining('at most 1000 limits') })
    await scene.submit(team, limit('member-7', null))
    expect(kindOf(await scene.submit(team, limit('one-more', 1)))).toBe('done')
    expect(kindOf(await scene.submit(team, limit('member-8', -1)))).toBe('INVALID_AMOUNT')
    expect(kindOf(await scene.submit(team, charge(2, { memberId: memberId('member-8') })))).toBe(
      'SPENDING_LIMIT_REACHED',
    )
  })
})

describe('what a limit counts', () => {
  test('settling for less gives the rest back; for more it adds, and is not refused', async () => {
    const team = await limited(100)
    const less = heldBy(await scene.submit(team, placeHold(60, forBen)))
    await scene.submit(team, capture(less, 10))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 60 })
    await scene.submit(team, settle(less, 15))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 25 })
    const more = heldBy(await scene.submit(team, placeHold(50, forBen)))
    expect(kindOf(await scene.submit(team, settle(more, 90)))).toBe('charge')
    expect(await usedBy(team)).toEqual({ 'ben DAY': 115 })
    expect(kindOf(await scene.submit(team, charge(1, forBen)))).toBe('SPENDING_LIMIT_REACHED')
  })

  test('an extension counts, for whom the hold was placed', async () => {
    const team = await limited(100)
    await scene.submit(team, limit('key-1', 50, { subject: 'CALLER' }))
    const hold = heldBy(await scene.submit(team, placeHold(30, { ...forBen, caller: by(memberId('key-1')) })))
    const longer = await scene.submit(team, extendHold(hold, { usage: use(30) }))
    expect(failureOf(longer)).toMatchObject({ code: 'SPENDING_LIMIT_REACHED', id: 'key-1', used: credits(30) })
    await scene.submit(team, extendHold(hold, { usage: use(20) }))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 50, 'key-1 DAY': 50 })
    await scene.submit(team, release(hold))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 0, 'key-1 DAY': 0 })
  })

  test('a hold that times out gives back, as it is read and as it is posted', async () => {
    const team = await limited(100)
    await scene.submit(team, placeHold(60, { ...forBen, expiresInSeconds: 600 }))
    await scene.setClock(start + 11 * minute)
    expect(await usedBy(team)).toEqual({ 'ben DAY': 0 })
    expect(kindOf(await scene.submit(team, charge(100, forBen)))).toBe('charge')
    expect(await usedBy(team)).toEqual({ 'ben DAY': 100 })
  })

  test('a refund gives back to the member, where the charge was made in the running window', async () => {
    const team = await limited(100)
    await scene.submit(team, limit('ben', 500, { per: 'MONTH' }))
    const early = chargeOf(await scene.submit(team, charge(60, forBen)))
    await scene.submit(team, refund(early, 20))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 40, 'ben MONTH': 40 })
    await scene.setClock(start + day)
    await scene.submit(team, charge(50, forBen))
    await scene.submit(team, refund(early))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 50, 'ben MONTH': 50 })
  })

  test('a hold counts in the window in which it was placed, however long it lasts', async () => {
    const team = await limited(100)
    await scene.submit(team, limit('ben', 500, { per: 'MONTH' }))
    const lasting = { ...forBen, expiresInSeconds: 86_400 }
    const [first, second, third] = [
      heldBy(await scene.submit(team, placeHold(30, lasting))),
      heldBy(await scene.submit(team, placeHold(30, lasting))),
      heldBy(await scene.submit(team, placeHold(30, lasting))),
    ]
    await scene.setClock(start + 13 * hour)
    await scene.submit(team, charge(100, forBen))
    await scene.submit(team, release(first))
    const charged = chargeOf(await scene.submit(team, settle(second, 20)))
    await scene.submit(team, settle(third, 45))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 115, 'ben MONTH': 165 })
    await scene.submit(team, refund(charged))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 115, 'ben MONTH': 145 })
  })
})

test.each(['scoped', 'charged at its start'])(
  'a hold of yesterday, %s, that is settled for other usage counts that today, whatever it gives back',
  async (how) => {
    const team = await limited(100)
    await scene.submit(team, grantOf(100, 'scoped', { scope: scopeOf([], ['credit']) }))
    const lasting = { ...forBen, expiresInSeconds: 86_400 }
    const hold = heldBy(await scene.submit(team, (how === 'scoped' ? placeHold : startHold)(100, lasting)))
    await scene.setClock(start + 13 * hour)
    await scene.submit(team, settle(hold, 0, { usage: use(40, 'double') }))
    expect(await usedBy(team)).toEqual({ 'ben DAY': 80 })
    expect(kindOf(await scene.submit(team, charge(21, forBen)))).toBe('SPENDING_LIMIT_REACHED')
    expect(kindOf(await scene.submit(team, charge(20, forBen)))).toBe('charge')
    expect(await scene.verify()).toEqual([])
  },
)

test.each([
  ['Europe/Berlin', '2026-10-25T21:59:59.999Z', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00.000Z'],
  ['Africa/Cairo', '2026-04-23T20:00:00.000Z', '2026-04-23T21:59:59.999Z', '2026-04-23T22:00:00.000Z'],
])('a day ends at midnight in %s, also where daylight saving changes', async (timeZone, early, last, midnight) => {
  const own = await openScene(plainIn(timeZone), at(early) - 3 * day)
  const team = await own.team()
  await own.submit(team, grantOf(1_000, 'pack'))
  await own.submit(team, limit('ben', 100))
  await own.setClock(at(early))
  expect(kindOf(await own.submit(team, charge(100, forBen)))).toBe('charge')
  await own.setClock(at(last))
  // The other process has no reading yet: it decides at this very instant, while the first may be some ms ahead of it.
  const refused = failureOf(await own.other.submit(submission(team, charge(1, forBen))))
  expect(refused).toMatchObject({ used: credits(100), resetsAt: at(midnight) })
  await own.setClock(at(midnight))
  expect(kindOf(await own.submit(team, charge(100, forBen)))).toBe('charge')
  expect(kindOf(await own.submit(team, charge(1, forBen)))).toBe('SPENDING_LIMIT_REACHED')
  await own.close()
})

test('two processes at once cannot pass a limit, of a team with plenty of credits', async () => {
  const team = await limited(100)
  const spends = (from: string) =>
    Array.from({ length: 100 }, (_, i) =>
      submission(team, i % 2 ? charge(1, forBen) : placeHold(1, forBen), `${from}-${i}`),
    )
  const [here, there] = await Promise.all([
    scene.ledger.submitAll(spends('here')),
    scene.other.submitAll(spends('there')),
  ])
  const kinds = [...here, ...there].map((one) => (one.status === 'fulfilled' ? kindOf(one.value) : one.reason))
  expect(kinds.filter((kind) => kind === 'charge' || kind === 'hold')).toHaveLength(100)
  expect(kinds.filter((kind) => kind === 'SPENDING_LIMIT_REACHED')).toHaveLength(100)
  expect(await usedBy(team)).toEqual({ 'ben DAY': 100 })
})

test('a process that knows the team from before hears of a limit that another one set', async () => {
  const team = await limited(1)
  const forAna = { memberId: ana }
  expect(kindOf(await scene.submit(team, charge(1, forAna)))).toBe('charge')
  expect(kindOf(await scene.other.submit(submission(team, limit('ana', 1))))).toBe('done')
  expect(kindOf(await scene.submit(team, charge(1, forAna)))).toBe('SPENDING_LIMIT_REACHED')
  expect(kindOf(await scene.other.submit(submission(team, limit('ana', null))))).toBe('done')
  expect(kindOf(await scene.submit(team, charge(1, forAna)))).toBe('charge')
})
