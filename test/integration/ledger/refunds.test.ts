import { describe, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import { readUsageSums, type UsageWindow } from '../../../src/ledger/history/usage.ts'
import {
  at,
  charge,
  chargeOf,
  clawBack,
  credits,
  day,
  failureOf,
  grantOf,
  heldBy,
  hour,
  placeHold,
  refund,
  refundOf,
  release,
  sceneOfFile,
  settle,
  startHold,
  submission,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile()

/** A charge of 25: 10 from a promotion that ends in an hour, all of it, then 15 of a package of 20. */
async function chargeOverTwoGrants() {
  const team = await scene.team()
  await scene.submit(team, grantOf(10, 'promo', { grantKind: 'PROMOTION', expiresAt: start + hour }))
  await scene.submit(team, grantOf(20, 'pack'))
  return { team, spent: chargeOf(await scene.submit(team, charge(25))) }
}

describe('a refund', () => {
  test('goes to the very grants that were burned, last burned first', async () => {
    const { team, spent } = await chargeOverTwoGrants()
    await scene.submit(team, refund(spent, 9))
    expect(await scene.grants(team)).toMatchObject({ promo: { available: 0 }, pack: { available: 14 } })
    await scene.submit(team, refund(spent, 8))
    expect(await scene.grants(team)).toMatchObject({ promo: { available: 2 }, pack: { available: 20 } })
    expect(refundOf(await scene.submit(team, refund(spent))).amount).toBe(credits(8))
    expect(await scene.grants(team)).toMatchObject({ promo: { available: 10 }, pack: { available: 20 } })
  })

  test('to a grant that has ended expires at once', async () => {
    const { team, spent } = await chargeOverTwoGrants()
    await scene.setClock(start + hour)
    await scene.submit(team, refund(spent))
    expect((await scene.balance(team)).available).toBe(credits(20))
    expect(await scene.grants(team)).toMatchObject({ promo: { available: 0, spent: 0, expired: 10 } })
  })

  test('reaches a grant that was used up and closed', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(10, 'used up'))
    const spent = chargeOf(await scene.submit(team, charge(10)))
    await scene.submit(team, grantOf(5, 'other'))
    await scene.submit(team, charge(1))
    const { rows } = await scene.database.pool.query(
      `select open from credit_grant where team_id = $1 and source = 'used up'`,
      [team],
    )
    expect(rows).toEqual([{ open: false }])
    await scene.submit(team, refund(spent, 4))
    expect(await scene.grants(team)).toMatchObject({ 'used up': { available: 4, spent: 6 }, other: { available: 4 } })
  })

  test('gives back no more than was charged, in parts or at once', async () => {
    const { team, spent } = await chargeOverTwoGrants()
    const exceeding = { code: 'REFUND_EXCEEDS_CHARGE', refundable: credits(25) }
    expect(failureOf(await scene.submit(team, refund(spent, 26)))).toMatchObject(exceeding)
    await scene.submit(team, refund(spent, 20))
    expect(failureOf(await scene.submit(team, refund(spent, 6)))).toMatchObject({
      ...exceeding,
      refundable: credits(5),
    })
    await scene.submit(team, refund(spent, 5))
    expect(failureOf(await scene.submit(team, refund(spent)))).toMatchObject({ ...exceeding, refundable: 0n })
  })

  test('that many ask for at once is given once', async () => {
    const { team, spent } = await chargeOverTwoGrants()
    const asked = Array.from({ length: 8 }, (_, i) =>
      (i % 2 ? scene.ledger : scene.other).submit({
        teamId: team,
        key: `r${i}`,
        fingerprint: '00',
        command: refund(spent),
      }),
    )
    const answers = await Promise.all(asked)
    expect(answers.filter(({ outcome }) => outcome.kind === 'refund')).toHaveLength(1)
    expect((await scene.balance(team)).available).toBe(credits(30))
  })

  test('asked for twice in one batch gives back no more than the charge, even where the grant has spent more', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(100, 'pack'))
    const spent = chargeOf(await scene.submit(team, charge(10)))
    await scene.submit(team, charge(50))
    const twice = [submission(team, refund(spent, 8)), submission(team, refund(spent, 8))]
    const [first, second] = await scene.ledger.submitAll(twice)
    expect(first).toMatchObject({ value: { outcome: { kind: 'refund' } } })
    expect(second).toMatchObject({ value: { outcome: { kind: 'refused', failure: { refundable: credits(2) } } } })
    expect((await scene.balance(team)).available).toBe(credits(48))
  })

  test("of what isn't a charge of this team finds nothing", async () => {
    const { spent } = await chargeOverTwoGrants()
    const stranger = await scene.team('weekly')
    expect(failureOf(await scene.submit(stranger, refund(spent)))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('of a settled hold goes back as well', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(50, 'pack'))
    const hold = heldBy(await scene.submit(team, placeHold(30)))
    const spent = chargeOf(await scene.submit(team, settle(hold, 40)))
    await scene.submit(team, refund(spent))
    expect(await scene.balance(team)).toMatchObject({ available: credits(50), held: 0n })
  })
})

describe('what is owed', () => {
  test('is paid first by the next grant, in parts if it must', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(100, 'disputed'))
    await scene.submit(team, charge(100))
    await scene.submit(team, clawBack('disputed', 100))
    await scene.submit(team, grantOf(30, 'small'))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(70) })
    expect(failureOf(await scene.submit(team, charge(1)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      available: 0n,
    })
    await scene.submit(team, grantOf(100, 'large'))
    expect(await scene.balance(team)).toMatchObject({ available: credits(30), owed: 0n })
  })

  test('is paid by an allowance, too', async () => {
    const team = await scene.team('weekly')
    await scene.submit(team, grantOf(30, 'disputed'))
    await scene.submit(team, charge(130))
    await scene.submit(team, clawBack('disputed', 30))
    await scene.setClock(start + 7 * day)
    expect(await scene.balance(team)).toMatchObject({ available: credits(70), owed: 0n })
  })
})

describe('usage', () => {
  const midnight = at('2026-11-19T00:00:00Z')
  const days = [start - 12 * hour, midnight, midnight + day].map((startsAt) => ({ startsAt, endsAt: startsAt + day }))
  const usageOf = async (team: TeamId, windows: readonly UsageWindow[]) => {
    const sums = await scene.database.snapshot((client) =>
      readUsageSums(client, team, windows, { byRate: false, byMember: true }),
    )
    return windows.flatMap((one, index) =>
      sums.filter(({ startsAt }) => startsAt === one.startsAt).map(({ credits, count }) => [index, credits, count]),
    )
  }

  test('that was given back counts on the day of its charge', async () => {
    const { team, spent } = await chargeOverTwoGrants()
    await scene.setClock(midnight + hour)
    await scene.submit(team, charge(2))
    await scene.submit(team, refund(spent, 9))
    const expected = [
      [0, credits(16), 1],
      [1, credits(2), 1],
    ]
    expect(await usageOf(team, days)).toEqual(expected)
    expect(await usageOf(team, days.slice(1))).toEqual([[0, credits(2), 1]])
    expect(await usageOf(team, days.slice(0, 1))).toEqual([[0, credits(16), 1]])
    await scene.setClock(midnight + day + hour)
    await scene.submit(team, refund(spent))
    expect(await usageOf(team, days)).toEqual([
      [0, 0n, 1],
      [1, credits(2), 1],
    ])
  })

  test('that was charged at the start and failed after midnight leaves neither credits nor a count', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, startHold(40, { expiresInSeconds: day / 1000 })))
    expect(await usageOf(team, days)).toEqual([[0, credits(40), 1]])
    await scene.setClock(midnight + hour)
    await scene.submit(team, release(hold))
    expect(await usageOf(team, days)).toEqual([])
  })
})
