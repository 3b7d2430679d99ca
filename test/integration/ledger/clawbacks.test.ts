import { describe, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import { readEvents } from '../../../src/ledger/history/account-events.ts'
import { readActivity } from '../../../src/ledger/history/activity.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { wholeSpan } from '../../../src/ledger/rows/span.ts'
import { eventType } from '../../../src/resolvers/subscriptions.ts'
import {
  at,
  charge,
  chargeOf,
  clawBack,
  credits,
  day,
  failureOf,
  grantedBy,
  grantOf,
  heldBy,
  hour,
  owingCatalog,
  placeHold,
  refund,
  release,
  sceneOfFile,
  settle,
  startHold,
  store,
  submission,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile(owingCatalog)

/** A team with a grant of 100 that may be taken back, of which `spent` was spent. */
async function teamThatSpent(spent: number, expiresAt: number | null = null) {
  const team = await scene.team()
  await scene.submit(team, grantOf(100, 'disputed', { expiresAt }))
  return { team, spending: chargeOf(await scene.submit(team, charge(spent))) }
}

const totals = async (team: TeamId, ...of: number[]) => {
  for (const total of of) await scene.submit(team, clawBack('disputed', total))
}

/** The team's activity, oldest first: type, change, balance after, and the reference. */
async function activity(team: TeamId): Promise<string[]> {
  const all = { from: null, to: null, types: null, memberId: null, rate: null, references: null }
  const { items: rows } = await scene.database.snapshot((client) =>
    readActivity(client, team, { filter: all, span: wholeSpan, limit: 100 }),
  )
  const line = ({ type, amount, balanceAfter, reference }: (typeof rows)[number]) =>
    `${type} ${Number(amount) / 1e6} → ${Number(balanceAfter) / 1e6} ${reference}`
  return rows.toReversed().map(line)
}

/** The grants by their sources, without the numbers of restored ones. */
async function grants(team: TeamId) {
  const named = Object.entries(await scene.grants(team)).map(([source, states]) => [
    source.replace(/:\d+$/, ''),
    states,
  ])
  return Object.fromEntries(named)
}

describe('a clawback', () => {
  test('takes what is left of its own grant, and what was spent of it is owed', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(10, 'first'))
    await scene.submit(team, grantOf(100, 'disputed'))
    await scene.submit(team, charge(40))
    await scene.submit(team, grantOf(5, 'other'))
    await totals(team, 100)
    expect(await scene.balance(team)).toMatchObject({ available: credits(5), owed: credits(30) })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 30, revoked: 70 }, other: { available: 5 } })
  })

  test('of a part takes what is left first: what is still paid for covers what was spent', async () => {
    const { team } = await teamThatSpent(40)
    await totals(team, 55)
    expect(await scene.balance(team)).toMatchObject({ available: credits(5), owed: 0n })
    await totals(team, 75)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(15) })
  })

  test('said again moves nothing, and more than was granted is refused', async () => {
    const { team } = await teamThatSpent(40)
    await totals(team, 30)
    const { revision } = await scene.balance(team)
    await totals(team, 30)
    expect(await scene.balance(team)).toMatchObject({ revision, available: credits(30), owed: 0n })
    expect(failureOf(await scene.submit(team, clawBack('disputed', 101)))).toMatchObject({ code: 'INVALID_AMOUNT' })
    expect(failureOf(await scene.submit(team, clawBack('unknown', 1)))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('leaves what is held with its hold, and takes it when it comes back', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(100, 'disputed'))
    const hold = heldBy(await scene.submit(team, placeHold(60)))
    await totals(team, 100)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, held: credits(60), owed: credits(60) })
    await scene.submit(team, settle(hold, 45))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, held: 0n, owed: credits(45) })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 45, revoked: 55 } })
  })

  test('of a grant whose hold is released or times out leaves nothing owed', async () => {
    const held = async () => {
      const team = await scene.team()
      await scene.submit(team, grantOf(100, 'disputed'))
      const hold = heldBy(await scene.submit(team, placeHold(60)))
      await totals(team, 100)
      return { team, hold }
    }
    const [released, due] = [await held(), await held()]
    await scene.submit(released.team, release(released.hold))
    await scene.setClock(start + hour)
    for (const { team } of [released, due]) {
      expect(await scene.balance(team)).toMatchObject({ available: 0n, held: 0n, owed: 0n })
    }
  })

  test('takes what a refund gives back of what it could not take before, and no more is owed for it', async () => {
    const { team, spending } = await teamThatSpent(100)
    await totals(team, 80)
    await scene.submit(team, refund(spending, 70))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(10) })
    await scene.submit(team, refund(spending))
    expect(await scene.balance(team)).toMatchObject({ available: credits(20), owed: 0n })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 0, revoked: 80 } })
    expect((await activity(team)).slice(2)).toEqual([
      'CLAWBACK 0 → 0 dispute',
      'REFUND 70 → 70 null',
      'CLAWBACK -70 → 0 disputed',
      'REFUND 30 → 30 null',
      'CLAWBACK -10 → 20 disputed',
    ])
  })

  test('of what expired unspent takes nothing, and nothing is owed for it', async () => {
    const { team } = await teamThatSpent(30, start + day)
    await scene.setClock(start + 2 * day)
    await totals(team, 70)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: 0n })
    expect(grantedBy(await scene.submit(team, clawBack('disputed', 70))).clawedBack).toBe(credits(70))
    await totals(team, 100)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(30) })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 30, expired: 70, revoked: 0 } })
    await totals(team, 0)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: 0n })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 30, expired: 70, revoked: 0 } })
  })
})

describe('a payment that stands after all', () => {
  test('brings back what was revoked, and what was owed is forgiven', async () => {
    const { team } = await teamThatSpent(30)
    await totals(team, 100, 0)
    expect(await scene.balance(team)).toMatchObject({ available: credits(70), owed: 0n })
    expect(await scene.grants(team)).toEqual({
      disputed: { available: 70, held: 0, spent: 30, expired: 0, revoked: 0 },
    })
    expect((await activity(team)).slice(2)).toEqual(['CLAWBACK -70 → 0 dispute', 'ADJUSTMENT 70 → 70 dispute'])
  })

  test('in part leaves what the rest of it takes back: a dispute that was won beside a refund', async () => {
    const { team } = await teamThatSpent(75)
    await totals(team, 25, 75)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(50) })
    await totals(team, 25)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: 0n })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 75, revoked: 25 } })
  })

  test('brings back what other credits paid meanwhile as a grant of its own, each time another one', async () => {
    const { team } = await teamThatSpent(100)
    await totals(team, 100)
    await scene.submit(team, grantOf(60, 'other'))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(40) })
    await totals(team, 0)
    expect(await scene.balance(team)).toMatchObject({ available: credits(60), owed: 0n })
    expect(await grants(team)).toMatchObject({ other: { spent: 60 }, 'restored:disputed': { available: 60 } })
    await scene.submit(team, charge(10))
    await totals(team, 100)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(50) })
    await totals(team, 0)
    expect(await scene.balance(team)).toMatchObject({ available: credits(50), owed: 0n })
    const restored = Object.keys(await scene.grants(team)).filter((source) => source.startsWith('restored:disputed:'))
    expect(new Set(restored).size).toBe(2)
  })

  test('brings them back as credits of the same kind, in the same order, that last as long', async () => {
    const { team } = await teamThatSpent(100, start + 10 * day)
    await totals(team, 100)
    await scene.submit(team, grantOf(100, 'other'))
    await scene.setClock(start + 20 * day)
    await totals(team, 0)
    const { account } = await scene.account(team)
    expect(account.grants).toMatchObject([
      {
        kind: 'PACKAGE',
        priority: 100,
        startsAt: start + 20 * day,
        expiresAt: start + 30 * day,
        available: credits(100),
      },
    ])
  })

  test('after the end of its grant brings back what would have ended with it, and that expires', async () => {
    const { team } = await teamThatSpent(30, start + day)
    await totals(team, 100)
    await scene.setClock(start + 2 * day)
    await totals(team, 0)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: 0n })
    expect(await scene.grants(team)).toMatchObject({ disputed: { spent: 30, expired: 70, revoked: 0 } })
    expect((await activity(team)).slice(3)).toEqual(['ADJUSTMENT 70 → 70 dispute', 'EXPIRY -70 → 0 disputed'])
  })

  test('gives a hold that is released then back to the grant, as usual', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(100, 'disputed'))
    const [hold, early] = [
      heldBy(await scene.submit(team, placeHold(60))),
      heldBy(await scene.submit(team, startHold(20))),
    ]
    await totals(team, 100, 0)
    await scene.submit(team, release(hold))
    await scene.submit(team, release(early))
    expect(await scene.balance(team)).toMatchObject({ available: credits(100), held: 0n, owed: 0n })
    expect(Object.keys(await scene.grants(team))).toEqual(['disputed'])
  })

  test('leaves what is owed for storage as it is', async () => {
    const { team } = await teamThatSpent(100)
    await scene.submit(team, store(4))
    await scene.setClock(start + day)
    const stored = (await scene.balance(team)).owed
    expect(stored).toBeGreaterThan(0n)
    await totals(team, 100, 0)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: stored })
  })
})

test('a charge that is refunded after other credits paid for it comes back as they were', async () => {
  const { team, spending } = await teamThatSpent(100)
  await totals(team, 100)
  await scene.submit(team, grantOf(100, 'other'))
  await scene.submit(team, refund(spending, 70))
  expect(await scene.balance(team)).toMatchObject({ available: credits(70), owed: 0n })
  expect(await grants(team)).toMatchObject({
    disputed: { spent: 30, revoked: 70, available: 0 },
    'restored:disputed': { available: 70 },
  })
})

test('a hold that times out after other credits paid for it gives them back, with nobody asking', async () => {
  const team = await scene.team()
  await scene.submit(team, grantOf(100, 'disputed'))
  await scene.submit(team, placeHold(60))
  await totals(team, 100)
  await scene.submit(team, grantOf(100, 'other'))
  const ahead = await teamAsOf(scene.database.pool, scene.world, team, start + hour)
  await scene.setClock(start + hour)
  expect(await scene.balance(team)).toMatchObject({ available: credits(100), held: 0n, owed: 0n })
  expect(ahead?.available).toBe(credits(100))
  await scene.submit(team, charge(1))
  expect(await grants(team)).toMatchObject({
    disputed: { revoked: 100 },
    other: { available: 39, spent: 61 },
    'restored:disputed': { available: 60 },
  })
})

test('two processes that are told the same total at once take it once', async () => {
  const { team } = await teamThatSpent(30)
  const commands = [100, 40, 100, 40].map((total) => clawBack('disputed', total))
  await Promise.all(commands.map((command, i) => [scene.ledger, scene.other][i % 2]?.submit(submission(team, command))))
  await totals(team, 80)
  expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(10) })
})

test('taking and restoring are events with what they moved', async () => {
  const { team } = await teamThatSpent(30)
  const after = await scene.balance(team)
  await totals(team, 100, 20)
  const events = await readEvents(scene.database.pool, team, { revision: after.revision, number: 9 }, 10)
  expect(events.map((event) => [eventType(event), event.amount === null ? null : Number(event.amount) / 1e6])).toEqual([
    ['CREDITS_CLAWED_BACK', -70],
    ['BALANCE_EXHAUSTED', null],
    ['CREDITS_ADDED', 50],
    ['BALANCE_RECOVERED', null],
  ])
})

test.each(['stripe:pi_1', 'restored:disputed:7'])('the source %s can not be granted by hand', async (source) => {
  const team = await scene.team()
  const refused = failureOf(await scene.submit(team, grantOf(1, source)))
  expect(refused).toMatchObject({ code: 'INVALID_INPUT' })
  expect(refused.message).toContain('choose another')
})
