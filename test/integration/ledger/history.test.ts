import { describe, expect, test } from 'vitest'
import { balanceOf } from '../../../src/domain/balance.ts'
import type { Instant, Revision, TeamId } from '../../../src/domain/identity.ts'
import { type Activity, type ActivityFilter, readActivity } from '../../../src/ledger/history/activity.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { wholeSpan } from '../../../src/ledger/rows/span.ts'
import {
  at,
  charge,
  chargeOf,
  credits,
  day,
  grantOf,
  heldBy,
  hour,
  minute,
  placeHold,
  refund,
  sceneOfFile,
  settle,
  submission,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile()

const asOf = async (team: TeamId, instant: Instant) => {
  const account = await teamAsOf(scene.database.pool, scene.world, team, instant)
  return account && { ...balanceOf(account, instant), revision: 0 }
}

/** Two weeks of a team, and each balance as it was seen while it was there. */
async function livedThrough(): Promise<{ team: TeamId; seen: Map<Instant, unknown> }> {
  const seen = new Map<Instant, unknown>()
  let now = start
  await scene.setClock(now)
  const team = await scene.team('weekly')
  const look = async () => {
    const { account } = await scene.account(team)
    // Entries of this moment may still follow; what is asked for later is the moment right after.
    now += minute
    await scene.setClock(now)
    seen.set(now - 1, { ...balanceOf(account, now - 1), revision: 0 })
  }
  await scene.submit(team, grantOf(100, 'promo', { grantKind: 'PROMOTION', expiresAt: start + 3 * day }))
  await look()
  const spent = chargeOf(await scene.submit(team, charge(130)))
  await look()
  const hold = heldBy(await scene.submit(team, placeHold(20, { expiresInSeconds: 86_400 })))
  await look()
  await scene.submit(team, refund(spent, 10))
  await look()
  now += 4 * hour
  await scene.setClock(now)
  await scene.submit(team, settle(hold, 5))
  await look()
  await scene.submit(team, placeHold(7, { expiresInSeconds: 3_600 }))
  await look()
  for (const days of [1, 2.9, 3.1, 4, 8, 14]) {
    now = start + days * day
    await scene.setClock(now)
    await look()
    if (days === 4) await scene.submit(team, grantOf(50, 'pack'))
  }
  return { team, seen }
}

describe('a look back', () => {
  test('tells every moment as it was seen then, also those that nothing was posted at', async () => {
    const { team, seen } = await livedThrough()
    expect(seen.size).toBeGreaterThan(10)
    for (const [instant, balance] of seen) expect(await asOf(team, instant)).toEqual(balance)
    await scene.submit(team, charge(1))
    for (const [instant, balance] of seen) expect(await asOf(team, instant)).toEqual(balance)
  })

  test('before the first entry tells nothing', async () => {
    await scene.setClock(start)
    const team = await scene.team('weekly')
    expect(await asOf(team, start - 1)).toMatchObject({ available: 0n, held: 0n, period: null })
    expect(await teamAsOf(scene.database.pool, scene.world, 'nobody' as TeamId, start)).toBeNull()
  })
})

describe('a look ahead', () => {
  test('tells what will be seen then, if nothing is spent', async () => {
    await scene.setClock(start)
    const team = await scene.team('weekly')
    await scene.submit(team, grantOf(40, 'promo', { grantKind: 'PROMOTION', expiresAt: start + 6 * day }))
    await scene.submit(team, placeHold(120, { expiresInSeconds: 86_400 }))
    const instants = [hour, day - 1, day, 4 * day, 5 * day, 6 * day, 13 * day, 40 * day].map((ms) => start + ms)
    const foretold = new Map<Instant, unknown>()
    for (const instant of instants) foretold.set(instant, await asOf(team, instant))
    expect(
      new Set([...foretold.values()].map((balance) => (balance as { available: bigint }).available)).size,
    ).toBeGreaterThan(2)
    for (const [instant, balance] of foretold) {
      await scene.setClock(instant)
      expect({ ...(await scene.balance(team)), revision: 0 }).toEqual(balance)
    }
  })
})

describe('a checkpoint', () => {
  test('changes no answer: not the past, not the usage of any window', async () => {
    const { team, seen } = await livedThrough()
    let now = start + 15 * day
    for (let batch = 0; batch < 6; batch += 1) {
      now += 37 * minute
      await scene.setClock(now)
      await scene.submit(team, grantOf(50, `batch-${batch}`))
      const memberId = batch % 2 ? ('ana' as never) : null
      const events = Array.from({ length: 250 }, (_, i) =>
        submission(
          team,
          charge(0.01, { memberId, usage: [{ rate: i % 3 ? 'credit' : 'double', quantity: 7_000n, count: 2 }] }),
        ),
      )
      await scene.ledger.submitAll(events)
      if (batch === 4) await scene.submit(team, placeHold(3, { expiresInSeconds: 86_400 }))
      seen.set(now + minute, await asOf(team, now + minute))
    }
    const spans = [1, minute, hour, 90 * minute, day, 20 * day]
    const windows = Array.from({ length: 60 }, (_, i) => {
      const from = start + Math.floor(((i * 7919) % 997) * ((16 * day) / 997))
      return [from, from + (spans[i % spans.length] ?? day)] as const
    })
    for (let i = 0; i < 40; i += 1) {
      const from = start + 15 * day + i * 5 * minute
      windows.push([from, from + (spans[i % spans.length] ?? day)])
    }
    windows.push([start + 15 * day, now + 1], [at('2026-12-03T12:00:00Z'), at('2026-12-03T16:00:00Z')])
    const before = await Promise.all(windows.map(([from, to]) => usage(team, from, to)))
    expect(before.filter((rows) => rows.length > 0).length).toBeGreaterThan(10)

    const filters: Partial<ActivityFilter>[] = [
      { rate: 'double' },
      { rate: 'credit', memberId: 'ana' },
      { memberId: 'ana' },
      { types: ['GRANT', 'HOLD', 'EXPIRY'] },
      { types: ['CHARGE'], memberId: 'ana', from: start + 15 * day + 40 * minute },
      { rate: 'nobody-uses-this' },
    ]
    const found = await Promise.all(filters.map((filter) => everyPage(team, filter)))
    expect(found.map((activities) => activities.length > 0)).toEqual([true, true, true, true, true, false])

    const unchanged = async () => {
      for (const [index, filter] of filters.entries()) expect(await everyPage(team, filter)).toEqual(found[index])
      for (const [index, [from, to]] of windows.entries()) expect(await usage(team, from, to)).toEqual(before[index])
      for (const [instant, balance] of seen) expect(await asOf(team, instant)).toEqual(balance)
    }
    await takeCheckpoint(scene.database, team)
    expect(await checkpoints(team)).toBe(1)
    await unchanged()

    await scene.submit(team, charge(0.5))
    const after = await usage(team, start, now + day)
    await scene.ledger.submitAll(Array.from({ length: 1_000 }, () => submission(team, charge(0.01))))
    const more = await usage(team, start, now + day)
    expect(more).not.toEqual(after)
    await Promise.all([takeCheckpoint(scene.database, team), takeCheckpoint(scene.database, team)])
    expect(await checkpoints(team)).toBe(2)
    expect(await usage(team, start, now + day)).toEqual(more)
  })

  test('is not taken of a ledger that is short', async () => {
    await scene.setClock(start)
    const team = await scene.team('weekly')
    await scene.submit(team, charge(1))
    await takeCheckpoint(scene.database, team)
    expect(await checkpoints(team)).toBe(0)
    expect((await scene.balance(team)).available).toBe(credits(99))
  })
})

/** All that a filter finds, page by page, in an order that leaves nothing out and repeats nothing. */
async function everyPage(team: TeamId, filter: Partial<ActivityFilter>): Promise<Activity[]> {
  const whole = { from: null, to: null, types: null, memberId: null, rate: null, references: null, ...filter }
  const found: Activity[] = []
  let rest: Revision | null = null
  do {
    const span = { ...wholeSpan, below: rest ?? wholeSpan.below }
    const page = await readActivity(scene.database.pool, team, { filter: whole, span, limit: 97 })
    found.push(...page.items)
    rest = page.rest
  } while (rest !== null)
  const revisions = found.map(({ revision }) => revision)
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => b - a))
  const everything = { ...whole, rate: null, memberId: null, types: null, references: null }
  const { items: all } = await readActivity(scene.database.pool, team, {
    filter: everything,
    span: wholeSpan,
    limit: 100_000,
  })
  const matching = all.filter(
    ({ type, memberId, lines }) =>
      (whole.types?.includes(type) ?? true) &&
      (whole.memberId === null || memberId === whole.memberId) &&
      (whole.rate === null || lines.some(({ rate }) => rate === whole.rate)),
  )
  expect(found).toEqual(matching)
  return found
}

async function usage(team: TeamId, from: Instant, to: Instant): Promise<unknown[]> {
  const { rows } = await scene.database.pool.query(
    `select rate, member_id, sum(credits)::text as credits, sum(count)::text as count
     from usage_between($1, $2, $3) group by 1, 2 order by 1, 2`,
    [team, new Date(from), new Date(to)],
  )
  return rows
}

async function checkpoints(team: TeamId): Promise<number> {
  const { rows } = await scene.database.pool.query('select count(*)::int from checkpoint where team_id = $1', [team])
  return rows[0].count
}
