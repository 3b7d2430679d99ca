import { describe, expect, test } from 'vitest'
import { grantId, type TeamId } from '../../../src/domain/identity.ts'
import {
  assignPlan,
  at,
  charge,
  chargeOf,
  credits,
  day,
  failureOf,
  grantedBy,
  grantOf,
  hour,
  openScene,
  type Scene,
  sceneOfFile,
  wevion,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile()

describe('burn order', () => {
  test('takes allowances first, then the soonest expiry, then the oldest, then the first deposited', async () => {
    const team = await scene.team('weekly')
    const give = (source: string, expiresAt: number | null) =>
      scene.submit(team, grantOf(10, source, { grantKind: 'PACKAGE', expiresAt }))
    await give('never, but older', null)
    await give('next month', start + 30 * day)
    await scene.setClock(start + hour)
    await give('next month, but younger', start + 30 * day)
    await give('never', null)
    await give('never, deposited last', null)
    await give('tomorrow', start + day)
    const { burn } = chargeOf(await scene.submit(team, charge(155)))
    expect(await named(team, burn)).toEqual([
      ['plan:weekly:2026-11-16', credits(100)],
      ['tomorrow', credits(10)],
      ['next month', credits(10)],
      ['next month, but younger', credits(10)],
      ['never, but older', credits(10)],
      ['never', credits(10)],
      ['never, deposited last', credits(5)],
    ])
  })

  test('starts again with a grant that comes before, as soon as it is there', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(10, 'pack'))
    await scene.submit(team, charge(4))
    await scene.submit(team, grantOf(10, 'promo', { grantKind: 'PROMOTION', expiresAt: start + day }))
    const { burn } = chargeOf(await scene.submit(team, charge(12)))
    expect(await named(team, burn)).toEqual([
      ['promo', credits(10)],
      ['pack', credits(2)],
    ])
  })

  const named = async (team: TeamId, burn: readonly { grantId: number; amount: bigint }[]) => {
    const { account } = await scene.account(team)
    const { rows } = await scene.database.pool.query('select id::int, source from credit_grant where team_id = $1', [
      team,
    ])
    const sources = new Map(rows.map((row) => [grantId(row.id), row.source as string]))
    expect(account.available >= 0n).toBe(true)
    return burn.map((step) => [sources.get(grantId(step.grantId)), step.amount])
  }
})

describe('a source', () => {
  test('deposits once, however many keys bring it', async () => {
    const team = await scene.team()
    const first = grantedBy(await scene.submit(team, grantOf(50, 'order:1')))
    await scene.submit(team, charge(20))
    const [again, elsewhere] = await Promise.all([
      scene.submit(team, grantOf(50, 'order:1')),
      scene.other.submit({ teamId: team, key: 'other', fingerprint: '00', command: grantOf(50, 'order:1') }),
    ])
    expect([grantedBy(again).id, grantedBy(elsewhere).id]).toEqual([first.id, first.id])
    expect((await scene.balance(team)).available).toBe(credits(30))
  })

  test('that brings another amount is refused', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(50, 'order:1'))
    expect(failureOf(await scene.submit(team, grantOf(51, 'order:1')))).toMatchObject({ code: 'INVALID_INPUT' })
  })

  test("that is an allowance's own name is refused, so that it can't stop the next deposit", async () => {
    const team = await scene.team('weekly')
    const taken = await scene.submit(team, grantOf(1, 'plan:weekly:2026-11-23'))
    expect(failureOf(taken)).toMatchObject({ code: 'INVALID_INPUT' })
    await scene.setClock(at('2026-11-23T00:00:00Z'))
    expect((await scene.submit(team, charge(100))).outcome.kind).toBe('charge')
  })
})

test('a grant that no ledger could hold is refused', async () => {
  const team = await scene.team()
  const most = 999_999_999_999n * 1_000_000n
  for (let i = 0; i < 9; i += 1) await scene.submit(team, grantOf(1, `huge-${i}`, { amount: most }))
  expect(failureOf(await scene.submit(team, grantOf(1, 'one-too-many', { amount: most })))).toMatchObject({
    code: 'INVALID_AMOUNT',
  })
  expect((await scene.balance(team)).available).toBe(9n * most)
})

describe('a weekly allowance', () => {
  test('W1: deposits on Mondays on the instant, and what was left is lost at that same instant, without any job', async () => {
    const wevionScene = await openScene(wevion, start)
    try {
      const team = await wevionScene.team('free')
      await wevionScene.submit(
        team,
        charge(0, { usage: [{ rate: 'video.luma-ray-3', quantity: credits(2), count: 1 }] }),
      )
      const monday = at('2026-11-23T00:00:00Z')
      await wevionScene.setClock(monday - 1)
      expect(await wevionScene.balance(team)).toMatchObject({
        available: credits(300),
        period: { allowance: credits(500), used: credits(200), remaining: credits(300), resetsAt: monday },
        nextExpiry: { amount: credits(300), at: monday },
      })
      await wevionScene.setClock(monday)
      expect(await wevionScene.balance(team)).toMatchObject({
        available: credits(500),
        period: { allowance: credits(500), used: 0n, startsAt: monday, resetsAt: monday + 7 * day },
      })
      expect(await postingsOf(wevionScene, team)).toEqual(['GRANT 500', 'CHARGE -200'])
      await wevionScene.setClock(monday + 15 * day)
      await wevionScene.submit(team, charge(0, { usage: [{ rate: 'chat.light', quantity: credits(1), count: 1 }] }))
      expect(await postingsOf(wevionScene, team)).toEqual([
        'GRANT 500',
        'CHARGE -200',
        'EXPIRY -300',
        'GRANT 500',
        'EXPIRY -500',
        'GRANT 500',
        'EXPIRY -500',
        'GRANT 500',
        'CHARGE 0',
      ])
      const { rows } = await wevionScene.database.pool.query(
        `select extract(epoch from effective_at) * 1000 as at from entry where team_id = $1 and type in ('GRANT', 'EXPIRY') order by revision offset 1`,
        [team],
      )
      const times = rows.map((row) => Number(row.at) - monday)
      expect(times).toEqual([0, 0, 7, 7, 14, 14].map((days) => days * day))
      expect(await wevionScene.verify()).toEqual([])
    } finally {
      await wevionScene.close()
    }
  })

  test('W2: a changed plan changes what is deposited from the next Monday on, and touches no package', async () => {
    const wevionScene = await openScene(wevion, start)
    try {
      const team = await wevionScene.team('free')
      await wevionScene.submit(team, grantOf(5_000, 'order:1'))
      await wevionScene.submit(team, assignPlan('pro'))
      expect((await wevionScene.balance(team)).available).toBe(credits(5_500))
      await wevionScene.setClock(at('2026-11-23T00:00:00Z'))
      expect(await wevionScene.balance(team)).toMatchObject({ included: credits(10_000), additional: credits(5_000) })
      await wevionScene.submit(team, assignPlan('free'))
      expect(await wevionScene.balance(team)).toMatchObject({ included: credits(10_000), additional: credits(5_000) })
      await wevionScene.setClock(at('2026-11-30T00:00:00Z'))
      expect(await wevionScene.balance(team)).toMatchObject({ included: credits(500), additional: credits(5_000) })
    } finally {
      await wevionScene.close()
    }
  })

  test('is deposited once a week, however often the plan is changed back and forth', async () => {
    const team = await scene.team('weekly')
    for (const planId of ['none', 'weekly', 'seats', 'weekly']) await scene.submit(team, assignPlan(planId))
    expect(Object.keys(await scene.grants(team)).sort()).toEqual([
      'plan:seats:month:2026-11-18',
      'plan:weekly:2026-11-16',
    ])
  })
})

describe('an allowance per seat', () => {
  test('D3: deposits for the seats that there are when its month begins', async () => {
    const team = await scene.team('seats', 3)
    expect((await scene.balance(team)).available).toBe(credits(150))
    await scene.submit(team, assignPlan('seats', { seats: 5 }))
    expect((await scene.balance(team)).available).toBe(credits(150))
    await scene.setClock(at('2026-12-18T12:00:00Z') - 1)
    expect((await scene.balance(team)).available).toBe(credits(150))
    await scene.setClock(at('2026-12-18T12:00:01Z'))
    expect((await scene.balance(team)).available).toBe(credits(250))
  })
})

describe('a grant that expires', () => {
  test('can be spent until right before its end, and not at its end', async () => {
    const team = await scene.team()
    const end = start + day
    await scene.submit(team, grantOf(10, 'promo', { grantKind: 'PROMOTION', expiresAt: end }))
    await scene.setClock(end - 1)
    expect(
      (await scene.other.submit({ teamId: team, key: 'a', fingerprint: '00', command: charge(4) })).outcome.kind,
    ).toBe('charge')
    await scene.setClock(end)
    expect(failureOf(await scene.submit(team, charge(1)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      available: 0n,
    })
    expect(await scene.grants(team)).toEqual({ promo: { available: 0, held: 0, spent: 4, expired: 6, revoked: 0 } })
  })

  test('in the past is refused', async () => {
    const team = await scene.team()
    expect(failureOf(await scene.submit(team, grantOf(1, 'late', { expiresAt: start })))).toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

async function postingsOf(of: Scene, team: TeamId): Promise<string[]> {
  const text = 'select type, change from entry where team_id = $1 and type is not null order by revision'
  const { rows } = await of.database.pool.query(text, [team])
  return rows.map((row) => `${row.type} ${BigInt(row.change) / 1_000_000n}`)
}
