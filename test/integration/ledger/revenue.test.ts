import { describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { purchaseId, type TeamId } from '../../../src/domain/identity.ts'
import { monthSpan } from '../../../src/domain/period.ts'
import type { Revenue } from '../../../src/domain/revenue.ts'
import type { RevenueRow } from '../../../src/ledger/history/revenue.ts'
import { firstPlace, type RevenuePlace, readRevenuePage } from '../../../src/ledger/revenue-pages.ts'
import {
  at,
  charge,
  chargeOf,
  clawBack,
  credits,
  grantOf,
  heldBy,
  placeHold,
  plainIn,
  refund,
  release,
  sceneOfFile,
} from './scene.ts'

const source = plainIn('Europe/Berlin').source.replace('burnPriority:', 'expiry: { PACKAGE: cycle }\nburnPriority:')
const scene = sceneOfFile(parseCatalog(source, 'ending.yaml'), at('2026-11-10T12:00:00Z'))

const land = (intent: string, amount: number, dollars: bigint, currency = 'USD'): Command => {
  const price = { amount: dollars * NANO, currency }
  const terms = { purchase: purchaseId(1), cause: 'PURCHASE', memberId: null, ofNewTeam: false, loss: null } as const
  return {
    kind: 'land-purchase',
    source: `stripe:${intent}`,
    credits: credits(amount),
    price,
    costBasis: price,
    ...terms,
  }
}

async function pageOf(month: string, after: RevenuePlace = firstPlace, size = 100) {
  const span = monthSpan(month, 'Europe/Berlin')
  if (span === undefined) throw new Error(`${month} is no month`)
  return readRevenuePage(scene.database, scene.ledger, span, { after, size })
}

async function rowsOf(team: TeamId, month: string): Promise<RevenueRow[]> {
  const { rows, rest } = await pageOf(month)
  expect(rest).toBeNull()
  for (const { credits: inCredits, money } of rows) {
    for (const { openAtStart, sold, earned, expired, refunded, openAtEnd } of [inCredits, money])
      expect(openAtStart + sold).toBe(earned + expired + refunded + openAtEnd)
  }
  return rows.filter(({ teamId }) => teamId === team)
}

/** The amounts of the team's only row that are not 0, in dollars. */
async function moneyOf(team: TeamId, month: string): Promise<Partial<Record<keyof Revenue, number>>> {
  const [row, ...others] = await rowsOf(team, month)
  expect(others).toEqual([])
  const amounts = Object.entries(row?.money ?? {}).filter(([, amount]) => amount !== 0n)
  return Object.fromEntries(amounts.map(([name, amount]) => [name, Number(amount) / Number(NANO)]))
}

it('a package is sold, earned as it is used, and less so by what is given back in a later month', async () => {
  const team = await scene.team('none')
  await scene.submit(team, land('pi_used', 3, 1n))
  const first = chargeOf(await scene.submit(team, charge(1)))
  const hold = heldBy(await scene.submit(team, placeHold(1, { expiresInSeconds: 30 * 86_400 })))
  expect(await moneyOf(team, '2026-11')).toEqual({ sold: 1, earned: 0.33, openAtEnd: 0.67 })
  await scene.submit(team, charge(1))
  expect(await moneyOf(team, '2026-11')).toEqual({ sold: 1, earned: 0.67, openAtEnd: 0.33 })
  await scene.setClock(at('2026-12-03T00:00:00Z'))
  await scene.submit(team, release(hold))
  await scene.submit(team, refund(first))
  expect(await moneyOf(team, '2026-10')).toEqual({})
  expect(await moneyOf(team, '2026-11')).toEqual({ sold: 1, earned: 0.67, openAtEnd: 0.33 })
  expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 0.33, earned: -0.34, openAtEnd: 0.67 })
})

it('what nobody used has expired, whether anybody has read the team since or not', async () => {
  const team = await scene.team('seats')
  await scene.submit(team, land('pi_ends', 10, 3n))
  await scene.submit(team, charge(54))
  await scene.setClock(at('2026-12-20T00:00:00Z'))
  expect(await moneyOf(team, '2026-11')).toEqual({ sold: 3, earned: 1.2, openAtEnd: 1.8 })
  expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 1.8, expired: 1.8 })
  await scene.setClock(at('2027-01-20T00:00:00Z'))
  expect(await moneyOf(team, '2027-01')).toEqual({})
})

it('the month is the one of the catalog’s time zone', async () => {
  const team = await scene.team('none')
  await scene.setClock(at('2026-11-30T22:59:59.999Z'))
  await scene.submit(team, land('pi_before', 1, 1n))
  await scene.setClock(at('2026-11-30T23:00:00Z'))
  await scene.submit(team, land('pi_after', 1, 2n))
  expect(await moneyOf(team, '2026-11')).toEqual({ sold: 1, openAtEnd: 1 })
  expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 1, sold: 2, openAtEnd: 3 })
})

describe('money that is taken back', () => {
  it('is refunded to the cent, from what is left and then from what was earned', async () => {
    const team = await scene.team('none')
    await scene.submit(team, land('pi_back', 10, 3n))
    await scene.submit(team, charge(8))
    await scene.setClock(at('2026-12-03T00:00:00Z'))
    await scene.submit(team, clawBack('stripe:pi_back', 1.5))
    expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 0.6, refunded: 0.45, openAtEnd: 0.15 })
    await scene.submit(team, clawBack('stripe:pi_back', 5))
    expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 0.6, earned: -0.9, refunded: 1.5 })
    await scene.setClock(at('2027-01-03T00:00:00Z'))
    await scene.submit(team, clawBack('stripe:pi_back', 0))
    expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 0.6, earned: -0.9, refunded: 1.5 })
    expect(await moneyOf(team, '2027-01')).toEqual({ earned: 0.9, refunded: -1.5, openAtEnd: 0.6 })
  })

  it('after the credits had expired is not breakage any more', async () => {
    const team = await scene.team('seats')
    await scene.submit(team, land('pi_late', 10, 3n))
    await scene.setClock(at('2026-12-20T00:00:00Z'))
    await scene.submit(team, clawBack('stripe:pi_late', 10))
    expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 3, refunded: 3 })
    await scene.setClock(at('2027-01-20T00:00:00Z'))
    expect(await moneyOf(team, '2026-11')).toEqual({ sold: 3, openAtEnd: 3 })
  })

  it('is not what a warning freezes: that is open to the end of its grant', async () => {
    const team = await scene.team('seats')
    await scene.submit(team, land('pi_warned', 10, 3n))
    await scene.submit(team, charge(54))
    await scene.setClock(at('2026-12-02T00:00:00Z'))
    await scene.submit(team, { ...clawBack('stripe:pi_warned', 0), frozen: true } as Command)
    expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 1.8, openAtEnd: 1.8 })
    await scene.setClock(at('2026-12-20T00:00:00Z'))
    expect(await moneyOf(team, '2026-12')).toEqual({ openAtStart: 1.8, expired: 1.8 })
    await scene.setClock(at('2027-01-20T00:00:00Z'))
    await scene.submit(team, clawBack('stripe:pi_warned', 0))
    expect(await moneyOf(team, '2027-01')).toEqual({})
  })
})

it('credits that nobody paid for are in no row', async () => {
  const team = await scene.team('seats')
  await scene.submit(team, grantOf(100, 'gift', { grantKind: 'PROMOTION' }))
  await scene.submit(team, { ...land('cs_free', 10, 3n), costBasis: null } as Command)
  await scene.submit(team, charge(60))
  expect(await rowsOf(team, '2026-11')).toEqual([])
})

it('kinds and currencies have rows of their own, and pages have each row once', async () => {
  await scene.setClock(at('2028-02-10T12:00:00Z'))
  const teams = [await scene.team('none'), await scene.team('none'), await scene.team('none')].sort()
  for (const [index, team] of teams.entries()) {
    await scene.submit(team, land(`pi_${index}`, 10, 3n))
    await scene.submit(team, land(`pi_eur_${index}`, 10, 2n, 'EUR'))
    await scene.submit(team, { ...land(`pi_auto_${index}`, 10, 4n), cause: 'RECHARGE' } as Command)
  }
  const ofTeam = ['AUTO_RECHARGE USD', 'PACKAGE EUR', 'PACKAGE USD']
  const expected = teams.flatMap((team) => ofTeam.map((name) => `${team} ${name}`))
  for (const size of [1, 2, 4, 100]) {
    const found: RevenueRow[] = []
    for (let place: RevenuePlace | null = firstPlace; place !== null; ) {
      const page = await pageOf('2028-02', place, size)
      expect(page.rows.length).toBeLessThanOrEqual(size)
      found.push(...page.rows)
      place = page.rest
    }
    const names = found.map(({ teamId, kind, currency }) => `${teamId} ${kind} ${currency}`)
    expect(names.filter((name) => teams.some((team) => name.startsWith(team)))).toEqual(expected)
    expect(new Set(names).size).toBe(names.length)
  }
})

/** Each team's parts to this day by the entries alone, in dollars: the unit of every price here is a cent. */
const byEntries = `
  with grants as (
    select g.team_id, g.kind, g.cost_currency, g.cost_amount / 10000000 as cents, g.granted, g.clawed_back as taken, g.frozen
        and g.expires_at > ledger_now() as frozen, coalesce(sum(e.amount) filter (where e.to_state in ('spent', 'repaid')), 0)
      - coalesce(sum(e.amount) filter (where e.from_state = 'spent'), 0) as spent,
      coalesce(sum(e.amount) filter (where e.to_state = 'available' and e.from_state in ('none', 'revoked', 'spent')), 0)
      - coalesce(sum(e.amount) filter (where e.from_state = 'available' and e.to_state <> 'held'), 0)
      - coalesce(sum(e.amount) filter (where e.from_state = 'held' and e.to_state = 'spent'), 0) as usable,
      coalesce(sum(e.amount) filter (where e.to_state = 'revoked'), 0)
      - coalesce(sum(e.amount) filter (where e.from_state = 'revoked'), 0) as revoked
    from credit_grant g join entry e on e.team_id = g.team_id and e.grant_id = g.id
    where g.cost_amount is not null and e.effective_at < ledger_now() group by g.team_id, g.id),
  ends as (
    select *, taken as refunded, taken + least(spent, granted - taken) as used,
      granted - least(usable + case when frozen then revoked else 0 end, granted - taken - least(spent, granted - taken)) as gone
    from grants),
  rounded as (
    select *, round(cents::numeric * refunded / granted) as a, round(cents::numeric * used / granted) as b,
      round(cents::numeric * gone / granted) as c from ends)
  select team_id || ' ' || kind || ' ' || cost_currency as name, sum(cents)::float8 as sold, sum(a)::float8 as refunded,
    sum(b - a)::float8 as earned, sum(c - b)::float8 as expired, sum(cents - c)::float8 as "openAtEnd"
  from rounded group by 1 order by 1`

it('the months together say what the entries say, by a formula of SQL alone', async () => {
  await scene.setClock(at('2028-03-10T12:00:00Z'))
  const sums = new Map<string, Record<string, number>>()
  for (const month of ['2026-11', '2026-12', '2027-01', '2028-02', '2028-03']) {
    for (const { teamId, kind, currency, money } of (await pageOf(month)).rows) {
      const name = `${teamId} ${kind} ${currency}`
      const before = sums.get(name) ?? { sold: 0, earned: 0, expired: 0, refunded: 0 }
      const cents = (amount: bigint) => Number(amount / 10_000_000n)
      const added = (['sold', 'earned', 'expired', 'refunded'] as const).map((part) => [
        part,
        (before[part] ?? 0) + cents(money[part]),
      ])
      sums.set(name, { ...Object.fromEntries(added), openAtEnd: cents(money.openAtEnd) })
    }
  }
  const { rows } = await scene.database.pool.query<{ name: string }>(byEntries)
  expect(rows.length).toBeGreaterThan(10)
  const expected = rows.map(({ name, ...parts }) => [name, parts])
  expect([...sums].sort(([one], [other]) => (one < other ? -1 : 1))).toEqual(expected)
})
