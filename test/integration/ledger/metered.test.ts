import { describe, expect, test, vi } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { rulesOf } from '../../../src/catalog/rules.ts'
import { formatMoney } from '../../../src/domain/amounts/money.ts'
import type { Charge } from '../../../src/domain/charge.ts'
import type { Answer, Command } from '../../../src/domain/decisions/command.ts'
import type { Instant, MemberId, TeamId } from '../../../src/domain/identity.ts'
import { monthSpan } from '../../../src/domain/period.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import { readMetered } from '../../../src/ledger/history/metered-usage.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import type { UsageWindow } from '../../../src/ledger/history/usage.ts'
import { createLedger } from '../../../src/ledger/ledger.ts'
import {
  always as alwaysIn,
  at,
  charge,
  chargeOf,
  credits,
  day,
  failureOf,
  grantOf,
  heldBy,
  hour,
  minute,
  openScene,
  placeHold,
  platform,
  refund,
  release,
  sceneOfFile,
  settle,
  submission,
} from './scene.ts'

const source = `
name: Metered
currency: USD
timeZone: UTC
lowThreshold: 10
rounding: { to: 0.000001, mode: half-up }
notices:
  exhausted: Exhausted until {date}
  exhaustedNoGrant: Exhausted
  low: Low
  insufficient: Insufficient
  creditsAdded: Credits added
plans: [{ id: free, name: Free, topUp: true, allowances: [] }]
packages: []
categories:
  - id: all
    name: All
    rates:
      - { id: credit, name: Credit, credits: 1, unit: TOKEN }
      - { id: image, name: Image, money: 0.04, unit: IMAGE, settlement: METERED }
      - { id: third, name: Third, money: 1, per: 3, unit: SECOND, settlement: METERED }
      - { id: avatar, name: Avatar, money: 0.50, per: 30, unit: SECOND, roundsUp: true, settlement: METERED }
      - { id: resize, name: Resize, free: true, unit: IMAGE, settlement: METERED }
`
const catalog = parseCatalog(source, 'metered.yaml')
const always = { startsAt: at('2020-01-01T00:00:00Z'), endsAt: at('2040-01-01T00:00:00Z') }
const start = at('2026-11-18T12:00:00Z')
const one = (rate: string, quantity = 1, count = 1): Usage => ({ rate, quantity: credits(quantity), count })
const using = (...usage: Usage[]): Command => charge(0, { usage })

const scene = sceneOfFile(catalog)

async function teamWith(amount: number, now: Instant = start): Promise<TeamId> {
  await scene.setClock(now)
  const team = await scene.team()
  if (amount > 0) await scene.submit(team, grantOf(amount, 'pack'))
  return team
}

const read = (team: TeamId, window: UsageWindow = always, { database } = scene) =>
  database.snapshot((client) => readMetered(client, team, window))

/** The report's lines as `rate quantity count money currency`, in their order. */
const report = async (team: TeamId, window?: UsageWindow, of = scene): Promise<string[]> =>
  (await read(team, window, of)).sums.map(
    ({ rate, quantity, count, money }) =>
      `${rate} ${Number(quantity) / 1e6} ${count} ${formatMoney(money)} ${money.currency}`,
  )

describe('metered usage', () => {
  test('V9: is the money of each rate, and touches no credits', async () => {
    const team = await teamWith(100)
    const before = await scene.balance(team)
    await scene.submit(team, using(one('image', 1, 4), one('avatar', 45)))
    await scene.submit(team, using(one('image', 2, 3)))
    await scene.submit(team, using(one('avatar', 30, 2)))
    expect(await report(team)).toEqual(['avatar 105 3 2 USD', 'image 10 7 0.4 USD'])
    expect(await scene.balance(team)).toMatchObject({
      ...before,
      revision: before.revision + 4,
      asOf: expect.any(Number),
    })
    expect((await scene.grants(team)).pack).toMatchObject({ available: 100, spent: 0 })
  })

  test('adds up what each charge cost, rounded once a line and not again', async () => {
    const team = await teamWith(0)
    for (let i = 0; i < 3; i += 1) await scene.submit(team, using(one('third')))
    expect(await report(team)).toEqual(['third 3 3 0.999999999 USD'])
  })

  test('of a mixed charge is its metered lines alone, also after a refund of its credits', async () => {
    const team = await teamWith(100)
    const mixed = chargeOf(await scene.submit(team, using(one('image', 1, 2), one('credit', 30), one('third', 3))))
    expect([mixed.amount, (await scene.balance(team)).available]).toEqual([credits(30), credits(70)])
    const rows = ['third 3 1 1 USD', 'image 2 2 0.08 USD']
    expect(await report(team)).toEqual(rows)
    await scene.submit(team, refund(mixed))
    expect((await scene.balance(team)).available).toBe(credits(100))
    expect(await report(team)).toEqual(rows)
  })

  test('has no credits that a refund could give back', async () => {
    const team = await teamWith(100)
    const metered = chargeOf(await scene.submit(team, using(one('image'))))
    expect(failureOf(await scene.submit(team, refund(metered)))).toMatchObject({ refundable: 0n })
    expect(await report(team)).toEqual(['image 1 1 0.04 USD'])
  })

  test('has nothing of what is free or paid in credits', async () => {
    const team = await teamWith(100)
    await scene.submit(team, using(one('resize', 1, 5), one('credit', 5)))
    expect(await report(team)).toEqual([])
  })
})

describe('a hold of a metered rate', () => {
  test('reserves no credits, and is charged when it is settled', async () => {
    const team = await teamWith(0)
    const held = heldBy(await scene.submit(team, placeHold(0, { usage: [one('third', 9)] })))
    expect([held.amount, await report(team)]).toEqual([0n, []])
    await scene.setClock(start + minute)
    expect(chargeOf(await scene.submit(team, settle(held))).amount).toBe(0n)
    expect(await report(team)).toEqual(['third 9 1 3 USD'])
    expect(await report(team, { startsAt: start, endsAt: start + minute })).toEqual([])
    expect(await report(team, { startsAt: start + minute, endsAt: start + 2 * minute })).toHaveLength(1)
  })

  test('charges what was used, in each of its captures', async () => {
    const team = await teamWith(0)
    const held = heldBy(await scene.submit(team, placeHold(0, { usage: [one('third', 9)] })))
    await scene.submit(team, { kind: 'capture-hold', caller: platform, holdId: held.id, usage: [one('third', 3)] })
    expect(await report(team)).toEqual(['third 3 1 1 USD'])
    await scene.submit(team, { kind: 'settle-hold', caller: platform, holdId: held.id, usage: [one('third', 4.5)] })
    expect(await report(team)).toEqual(['third 7.5 2 2.5 USD'])
  })

  test('what was captured of a hold is not billed again when it is settled without usage', async () => {
    const team = await teamWith(0)
    const hold = heldBy(await scene.submit(team, placeHold(0, { usage: [one('image', 1, 4), one('third', 3)] })))
    const command = { kind: 'capture-hold', holdId: hold.id, caller: platform } as const
    await scene.submit(team, { ...command, usage: [one('image', 1, 3)] })
    await scene.submit(team, settle(hold))
    expect(await report(team)).toEqual(['third 3 1 1 USD', 'image 4 4 0.16 USD'])
  })

  test('charges nothing where it is released or times out', async () => {
    const team = await teamWith(50)
    const usage = [one('image', 1, 4), one('credit', 20)]
    const held = heldBy(await scene.submit(team, placeHold(0, { usage })))
    await scene.submit(team, release(held))
    await scene.submit(team, placeHold(0, { usage, expiresInSeconds: 60 }))
    await scene.setClock(start + hour)
    await scene.submit(team, { kind: 'roll-forward' })
    expect(await scene.balance(team)).toMatchObject({ available: credits(50), held: 0n })
    expect(await report(team)).toEqual([])
  })
})

test('amounts of two currencies are two rows, with and without a checkpoint', async () => {
  // A team has one currency: the rows of this one break the ledger.
  const mixed = await openScene(catalog, start, { verified: false })
  const team = await mixed.team()
  const inEuro = parseCatalog(source.replace('currency: USD', 'currency: EUR').replace('0.04', '0.05'), 'euro.yaml')
  const world = alwaysIn({ rulesAt: () => rulesOf(inEuro), cardOf: () => inEuro.rateCard })
  const later = createLedger(mixed.database, world)
  await mixed.submit(team, using(one('image', 1, 3)))
  await later.submit(submission(team, using(one('image', 1, 5), one('third', 3))))
  const rows = ['third 3 1 1 EUR', 'image 5 5 0.25 EUR', 'image 3 3 0.12 USD']
  expect(await report(team, always, mixed)).toEqual(rows)
  await mixed.ledger.submitAll(Array.from({ length: 1_000 }, () => submission(team, using(one('resize')))))
  await takeCheckpoint(mixed.database, team)
  expect(await report(team, always, mixed)).toEqual(rows)
  await later.idle()
  await mixed.close()
})

test('a checkpoint changes no sum: of no window, of no rate', async () => {
  const team = await teamWith(10_000)
  const charges: Charge[] = []
  const spend = async (events: number) => {
    const commands = Array.from({ length: events }, (_, i) => {
      const usage = [one(['image', 'third', 'avatar', 'credit'][i % 4] ?? 'image', (i % 7) + 1, (i % 3) + 1)]
      if (i % 5 === 0) usage.push(one('third', 0.000001 * (i + 1)))
      return charge(0, { usage, memberId: i % 2 ? ('ana' as MemberId) : null })
    })
    const answers = await scene.ledger.submitAll(commands.map((command) => submission(team, command)))
    charges.push(...answers.map((answer) => chargeOf((answer as PromiseFulfilledResult<Answer>).value)))
  }
  let now = at('2026-11-29T21:17:00Z')
  for (let i = 0; i < 12; i += 1) {
    now += 5 * hour + 43 * minute
    await scene.setClock(now)
    await spend(140)
  }
  const windows = ['2026-11', '2026-12', '2027-01'].flatMap((month) =>
    ['UTC', 'Asia/Kolkata', 'America/New_York'].map((zone) => monthSpan(month, zone) ?? always),
  )
  for (const from of [charges[0]?.at ?? 0, charges.at(-1)?.at ?? 0]) {
    for (const length of [1, minute, hour, day]) windows.push({ startsAt: from, endsAt: from + length })
  }
  windows.push(always)

  /** The sums of the answers to all charges. */
  const expected = ({ startsAt, endsAt }: UsageWindow) => {
    const sums = new Map<string, { quantity: bigint; count: number; amount: bigint }>()
    for (const { lines } of charges.filter((made) => startsAt <= made.at && made.at < endsAt)) {
      for (const { rate, quantity, count, money } of lines) {
        if (money === null) continue
        const sum = sums.get(rate) ?? { quantity: 0n, count: 0, amount: 0n }
        sum.quantity += quantity * BigInt(count)
        sum.count += count
        sum.amount += money.amount
        sums.set(rate, sum)
      }
    }
    return [...sums]
      .map(([rate, { quantity, count, amount }]) => ({ rate, quantity, count, money: { amount, currency: 'USD' } }))
      .sort((a, b) => Number(b.money.amount - a.money.amount))
  }
  const right = async () => {
    for (const window of windows) expect((await read(team, window)).sums).toEqual(expected(window))
  }
  expect(windows.filter((window) => expected(window).length > 0).length).toBeGreaterThan(10)
  await right()
  await takeCheckpoint(scene.database, team)
  await right()
  await spend(600)
  await right()
  await spend(600)
  await takeCheckpoint(scene.database, team)
  await right()
  const { rows } = await scene.database.pool.query(
    'select count(*)::int, min(revision)::int as first from checkpoint where team_id = $1',
    [team],
  )
  expect(rows[0].count).toBe(2)
  expect(rows[0].first).toBeGreaterThan(2_000)
})

describe('the end of a month', () => {
  const month = monthSpan('2026-11', 'UTC') ?? always

  /**
   * A charge by a process whose clock stops 50 ms before the month's end, after another process has seen the end pass.
   */
  async function chargeFromBehind(seeItPass: (team: TeamId) => Promise<void>): Promise<Charge> {
    const frozen = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    try {
      const team = await teamWith(0, month.endsAt - 50)
      await scene.submit(team, using(one('image')))
      await scene.setClock(month.endsAt + 50)
      await seeItPass(team)
      const late = chargeOf(await scene.submit(team, using(one('image'))))
      const { sums, through } = await read(team, month)
      expect([late.at < month.endsAt ? 2 : 1, through]).toEqual([sums[0]?.count, late.at])
      return late
    } finally {
      frozen.mockRestore()
    }
  }

  test('is not passed while a process that lags could still charge before it', async () => {
    const late = await chargeFromBehind(async (team) => {
      expect((await read(team, month)).through).toBeLessThan(month.endsAt)
    })
    expect(late.at).toBe(month.endsAt - 50)
  })

  test('is passed for every process once the team was rolled forward over it', async () => {
    const late = await chargeFromBehind(async (team) => {
      await scene.other.submit(submission(team, { kind: 'roll-forward' }, null))
      expect((await read(team, month)).through).toBe(month.endsAt + 50)
    })
    expect(late.at).toBe(month.endsAt + 50)
  })
})
