import { describe, expect, test } from 'vitest'
import { chargeId, type Instant, type TeamId } from '../../../src/domain/identity.ts'
import { accruedToday } from '../../../src/domain/stored-amount.ts'
import { readActivities, readActivity } from '../../../src/ledger/history/activity.ts'
import { readCharges } from '../../../src/ledger/history/charges.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { wholeSpan } from '../../../src/ledger/rows/span.ts'
import {
  at,
  charge,
  chargeOf,
  credits,
  day,
  failureOf,
  grantOf,
  hour,
  owingCatalog,
  refund,
  refundOf,
  type Scene,
  sceneOfFile,
  store,
  submission,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const midnight = at('2026-11-19T00:00:00Z')
const stopping = sceneOfFile()
const owing = sceneOfFile(owingCatalog)

const roll = (scene: Scene, team: TeamId) => scene.ledger.submit(submission(team, { kind: 'roll-forward' }, null))

/** The team's activities, oldest first. */
async function activities({ database }: Scene, team: TeamId) {
  const all = { from: null, to: null, types: null, memberId: null, rate: null, references: null }
  const search = { filter: all, span: wholeSpan, limit: 2_000 }
  return (await database.snapshot((client) => readActivity(client, team, search))).items.toReversed()
}

async function storageCharges(scene: Scene, team: TeamId) {
  const posted = await activities(scene, team)
  const ids = posted
    .filter(({ reference }) => reference?.startsWith('storage:'))
    .map(({ revision }) => chargeId(revision))
  return [...(await scene.database.snapshot((client) => readCharges(client, team, ids))).values()]
}

describe('a day of storage', () => {
  test('is a charge of nobody with a line a rate, told as it was charged', async () => {
    const team = await stopping.team()
    await stopping.submit(team, grantOf(10, 'pack'))
    for (const rate of ['storage', 'billed', 'kept']) await stopping.submit(team, store(8, rate))
    await stopping.setClock(midnight)
    await roll(stopping, team)
    const [told] = await storageCharges(stopping, team)
    const line = { quantity: credits(4), count: 1, credits: 0n, money: null }
    expect(told).toMatchObject({
      amount: credits(2),
      reference: 'storage:2026-11-18',
      memberId: null,
      at: midnight - 1,
      lines: [
        { ...line, rate: 'billed', money: { amount: 80_000_000n, currency: 'USD' } },
        { ...line, rate: 'kept' },
        { ...line, rate: 'storage', credits: credits(2) },
      ],
      burn: [{ kind: 'PACKAGE', amount: credits(2) }],
    })
    expect(await stopping.balance(team)).toMatchObject({ available: credits(8) })
  })

  test('is the same however late somebody looks, and whether it is posted or only read', async () => {
    const teams = [await stopping.team('weekly'), await stopping.team('weekly')] as const
    for (const team of teams) await stopping.submit(team, store(60))
    const [late, daily] = teams
    for (let instant = start; instant < start + 20 * day; instant += 5 * hour) {
      await stopping.setClock(instant)
      await roll(stopping, daily)
    }
    await stopping.setClock(start + 20 * day)
    const { revision: _, ...read } = await stopping.balance(late)
    expect(await stopping.balance(daily)).toMatchObject(read)
    await Promise.all(teams.map((team) => roll(stopping, team)))
    expect(await stopping.balance(late)).toMatchObject(read)
    const told = await Promise.all(
      teams.map(async (team) => (await activities(stopping, team)).map(({ teamId: __, ...activity }) => activity)),
    )
    expect(told[0]).toEqual(told[1])
    expect(told[0]?.filter(({ type }) => type === 'CHARGE')).toHaveLength(20)
  })

  test('counts in a future balance, which becomes the past one to the millisecond', async () => {
    const team = await owing.team('weekly')
    await owing.submit(team, store(100))
    const asOf = (instant: Instant) => teamAsOf(owing.database.pool, owing.world, team, instant)
    const instants = [
      midnight - 2,
      midnight - 1,
      midnight,
      start + 3 * day,
      at('2026-11-23T00:00:00Z') - 1,
      start + 9 * day,
    ]
    const total = async (instant: Instant) => {
      const account = await asOf(instant)
      return account && [account.available, account.owed]
    }
    const foretold = []
    for (const instant of instants) foretold.push(await total(instant))
    expect(foretold.slice(0, 2)).toEqual([
      [credits(100), 0n],
      [credits(75), 0n],
    ])
    await owing.setClock(start + 10 * day)
    await roll(owing, team)
    const remembered = []
    for (const instant of instants) remembered.push(await total(instant))
    expect(remembered).toEqual(foretold)
    expect(foretold.some((one) => (one?.[1] ?? 0n) > 0n)).toBe(true)
  })
})

describe('what the balance does not cover', () => {
  test('is not charged where storage stops at zero', async () => {
    const team = await stopping.team()
    await stopping.submit(team, grantOf(3, 'pack'))
    await stopping.submit(team, store(8))
    await stopping.setClock(start + 3 * day)
    await roll(stopping, team)
    const told = await storageCharges(stopping, team)
    expect(told.map(({ amount, lines }) => [amount, lines[0]?.quantity, lines[0]?.credits])).toEqual([
      [credits(2), credits(4), credits(2)],
      [credits(1), credits(8), credits(1)],
      [0n, credits(8), 0n],
    ])
    expect(await stopping.balance(team)).toMatchObject({ available: 0n, owed: 0n })
    expect((await stopping.submit(team, store(9))).outcome.kind).toBe('done')
  })

  test('is owed where the catalog says so, and paid first by the next weekly grant', async () => {
    const team = await owing.team('weekly')
    await owing.submit(team, store(10))
    await owing.submit(team, charge(99))
    await owing.setClock(at('2026-11-22T23:59:59.999Z'))
    expect(await owing.balance(team)).toMatchObject({ available: 0n, owed: credits(21.5) })
    await owing.setClock(at('2026-11-23T00:00:00Z'))
    await roll(owing, team)
    expect(await owing.balance(team)).toMatchObject({ available: credits(78.5), owed: 0n })
    const told = await storageCharges(owing, team)
    expect(told.map(({ amount, lines, burn }) => [amount, lines[0]?.credits, burn.map((step) => step.amount)])).toEqual(
      [[credits(2.5), credits(2.5), [credits(1)]], ...Array.from({ length: 4 }, () => [credits(5), credits(5), []])],
    )
    const changes = (
      await readActivities(
        owing.database.pool,
        team,
        told.map(({ id }) => id),
      )
    ).map(({ amount }) => amount)
    expect(changes).toEqual([credits(-1), 0n, 0n, 0n, 0n])
  })

  test('is not refundable; what was spent is', async () => {
    const team = await owing.team()
    await owing.submit(team, grantOf(1, 'pack'))
    await owing.submit(team, store(8))
    await owing.setClock(start + 2 * day)
    await roll(owing, team)
    const [partly, wholly] = await storageCharges(owing, team)
    if (!partly || !wholly) throw new Error('There are two days of storage to refund.')
    expect(failureOf(await owing.submit(team, refund(wholly)))).toMatchObject({ refundable: 0n })
    expect(failureOf(await owing.submit(team, refund(partly, 2)))).toMatchObject({ refundable: credits(1) })
    expect(refundOf(await owing.submit(team, refund(partly)))).toMatchObject({ amount: credits(1) })
    expect(await owing.balance(team)).toMatchObject({ available: credits(1), owed: credits(5) })
  })

  test('is told alike from a checkpoint', async () => {
    const team = await owing.team()
    await owing.submit(team, store(8))
    await owing.submit(team, store(4, 'kept'))
    await owing.setClock(start + 600 * day)
    await roll(owing, team)
    await takeCheckpoint(owing.database, team)
    await owing.submit(team, grantOf(1_000, 'pack'))
    const { rows } = await owing.database.pool.query('select revision from checkpoint where team_id = $1', [team])
    expect(rows).toEqual([{ revision: '1200' }])
    const before = await teamAsOf(owing.database.pool, owing.world, team, start + 599 * day)
    expect(before).toMatchObject({ available: 0n, owed: credits(2 + 598 * 4) })
    expect(await owing.balance(team)).toMatchObject({ available: 0n, owed: credits(2 + 599 * 4 - 1_000) })
  })
})

describe('commands', () => {
  test('of two gateways count one after the other', async () => {
    const team = await stopping.team()
    await stopping.submit(team, grantOf(1_000, 'pack'))
    for (let index = 0; index < 12; index += 1) {
      await stopping.setClock(midnight + index * 2 * hour)
      const ledger = index % 2 === 0 ? stopping.ledger : stopping.other
      await ledger.submit(submission(team, store(index + 1)))
    }
    await stopping.setClock(midnight + 30 * hour)
    const both = [stopping.ledger, stopping.other]
    await Promise.all(both.flatMap((ledger) => [5, 7].map((amount) => ledger.submit(submission(team, store(amount))))))
    await stopping.setClock(midnight + day)
    await roll(stopping, team)
    const told = await storageCharges(stopping, team)
    expect(told.map(({ lines }) => lines[0]?.quantity)).toEqual([credits(6.5)])
    const [stored] = (await stopping.account(team)).account.stored
    expect([credits(5), credits(7)]).toContain(stored?.amount)
  })

  test('on a team that is known charge the days that have passed first', async () => {
    const team = await stopping.team()
    await stopping.submit(team, grantOf(10, 'pack'))
    await stopping.submit(team, store(2))
    expect(chargeOf(await stopping.submit(team, charge(1))).amount).toBe(credits(1))
    await stopping.setClock(midnight + day)
    const answer = await stopping.submit(team, store(6))
    expect(answer.account).toMatchObject({ available: credits(7.5), stored: [{ amount: credits(6) }] })
    const { rows } = await stopping.database.pool.query('select next_boundary from account where team_id = $1', [team])
    expect(new Date(rows[0].next_boundary).getTime()).toBe(midnight + 2 * day - 1)
  })

  test('that are repeated are told the team as it was; the same amount again and 0 of nothing are harmless', async () => {
    const team = await stopping.team()
    await stopping.submit(team, store(2), 'first')
    await stopping.setClock(start + 6 * hour)
    await stopping.submit(team, store(6), 'second')
    await stopping.submit(team, store(6))
    await stopping.submit(team, store(0, 'kept'))
    const again = await stopping.submit(team, store(2), 'first')
    expect(again).toMatchObject({ at: start, account: { stored: [{ amount: credits(2), changedAt: start }] } })
    const [stored] = (await stopping.account(team)).account.stored
    expect(stored).toMatchObject({ amount: credits(6), changedAt: start + 6 * hour })
    expect(stored && accruedToday(stored, 'UTC', start + 6 * hour)).toBe(credits(0.5))
    expect(failureOf(await stopping.submit(team, store(3), 'first')).code).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('write no revision, and an ended amount is read no more', async () => {
    const team = await stopping.team()
    const { revision } = await stopping.submit(team, grantOf(10, 'pack'))
    expect((await stopping.submit(team, store(2))).revision).toBe(revision)
    expect((await stopping.submit(team, store(0))).revision).toBe(revision)
    expect((await stopping.account(team)).account.stored).toEqual([])
    await stopping.submit(team, store(4))
    await stopping.setClock(midnight)
    await stopping.submit(team, store(0))
    expect((await stopping.account(team)).account).toMatchObject({ available: credits(9), stored: [] })
  })

  test('are refused where the rate requires top-ups', async () => {
    const team = await stopping.team()
    expect(failureOf(await stopping.submit(team, store(2, 'archive'))).code).toBe('REQUIREMENT_NOT_MET')
    await stopping.database.pool.query('update account set top_ups_enabled = true where team_id = $1', [team])
    const other = submission(team, store(2, 'archive'))
    expect((await stopping.other.submit(other)).outcome.kind).toBe('done')
  })
})
