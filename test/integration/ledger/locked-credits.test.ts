import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { balanceOf } from '../../../src/domain/balance.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { type Instant, purchaseId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import { creditFate } from '../../../src/domain/revenue.ts'
import { startSweeper } from '../../../src/ledger/background/sweeper.ts'
import { readEvents } from '../../../src/ledger/history/account-events.ts'
import { readRevenue } from '../../../src/ledger/history/revenue.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import { historyAt, teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { at, charge, clawBack, credits, day, hour, plainIn, sceneOfFile, submission } from './scene.ts'

const start = at('2026-11-30T12:00:00Z')
const slow = parseCatalog(
  `${plainIn('UTC').source}\nfraud: { newTeamCredits: { percentAtOnce: 25, restAfterHours: 24 } }\n`,
  'slow.yaml',
)
const scene = sceneOfFile(slow, start)
const log = pino({ level: 'silent' })

const land = (amount: number, source = 'pi_1'): Command => {
  const price = { amount: 1_000_000_000n, currency: 'USD' }
  const terms = { purchase: purchaseId(1), cause: 'PURCHASE', price, costBasis: price, loss: null } as const
  return { kind: 'land-purchase', ...terms, source, credits: credits(amount), memberId: null, ofNewTeam: true }
}

/** A team without a plan's credits that has just bought 100, of which 25 are available. */
async function bought(): Promise<TeamId> {
  const team = await scene.team('none')
  await scene.submit(team, land(100))
  return team
}

test('a team is not cut back while credits are locked', async () => {
  const team = teamId('moved')
  const standing = { planId: 'none', teamName: null, seats: 1, interval: null, anchor: null, grants: [] } as const
  await scene.submit(team, { kind: 'follow-team', system: 'Old' })
  const over = { kind: 'cut-over', since: start, team: standing, balance: 0n, posted: [], ended: [] } as const
  await scene.submit(team, over)
  await scene.submit(team, land(100))
  expect((await scene.submit(team, { kind: 'cut-back' })).outcome).toMatchObject({
    failure: {
      message: expect.stringMatching(/75 of its credits are locked until 2026-12-01T12:00:00.000Z: cut it back then/),
    },
  })
  await scene.setClock(start + day)
  expect((await scene.submit(team, { kind: 'cut-back' })).outcome).toEqual({ kind: 'done' })
})

const sums = async (team: TeamId) => {
  const { available, locked, nextUnlock } = await scene.balance(team)
  return [available, locked, nextUnlock?.at ?? null]
}
const asOf = async (team: TeamId, instant: Instant) => {
  const account = await teamAsOf(scene.database.pool, scene.world, team, instant)
  return account && { ...balanceOf(account, instant), revision: 0 }
}
const unlocked = async (team: TeamId) => {
  const text = `select change::text, effective_at from entry where team_id = $1 and type = 'GRANT' order by revision`
  const { rows } = await scene.database.pool.query(text, [team])
  return rows.slice(1).map(({ change, effective_at }) => [BigInt(change), Date.parse(effective_at)])
}

describe('locked credits', () => {
  test('are available from their instant on, whoever reads or spends, and however late', async () => {
    const team = await bought()
    expect(await sums(team)).toEqual([credits(25), credits(75), start + day])
    await scene.setClock(start + day - 1)
    expect((await scene.submit(team, charge(26))).outcome).toMatchObject({
      kind: 'refused',
      failure: { code: 'INSUFFICIENT_CREDITS', available: credits(25), nextGrantAt: start + day },
    })
    expect(await sums(team)).toEqual([credits(25), credits(75), start + day])
    await scene.setClock(start + 9 * day)
    expect(await sums(team)).toEqual([credits(100), 0n, null])
    expect(await unlocked(team)).toEqual([])
    expect((await scene.submit(team, charge(100))).outcome.kind).toBe('charge')
    expect(await unlocked(team)).toEqual([[credits(75), start + day]])
    expect(await scene.verify()).toEqual([])
  })

  test('are in every balance of the past and of the future as they are seen then', async () => {
    const team = await bought()
    await scene.submit(team, charge(5))
    await scene.submit(team, { ...land(8, 'pi_2') })
    const instants = [hour, day - 1, day, day + 1, 3 * day].map((ms) => start + ms)
    const foretold = new Map<Instant, unknown>()
    for (const instant of instants) foretold.set(instant, await asOf(team, instant))
    for (const [instant, balance] of foretold) {
      await scene.setClock(instant)
      expect({ ...(await scene.balance(team)), revision: 0 }).toEqual(balance)
    }
    await scene.setClock(start + 4 * day)
    await scene.submit(team, charge(1))
    for (const [instant, balance] of foretold) expect(await asOf(team, instant)).toEqual(balance)
  })

  test('are kept in checkpoints', async () => {
    const team = await bought()
    const many = Array.from({ length: 1_000 }, (_, i) => submission(team, charge(0.01), `small-${i}`))
    await scene.ledger.submitAll(many)
    await takeCheckpoint(scene.database, team)
    const { account } = await scene.account(team)
    const { grants } = await historyAt(scene.database.pool, team, account.revision)
    const [grant] = grants
    expect(grant).toMatchObject({ locked: credits(75), lock: { amount: credits(75), until: start + day } })
    await scene.setClock(start + 2 * day)
    await scene.submit(team, charge(80))
    expect(await asOf(team, start + hour)).toMatchObject({ available: credits(15), locked: credits(75) })
    expect(await scene.verify()).toEqual([])
  })

  test('become available by a sweeper, once, where nobody reads the team and two sweepers run', async () => {
    const teams = await Promise.all([bought(), bought(), bought()])
    const sweepers = [scene.ledger, scene.other].map((ledger) => startSweeper(scene.database, ledger, log))
    try {
      await scene.setClock(start + day)
      for (const sweeper of sweepers) sweeper.poke()
      for (const team of teams) {
        await expect.poll(() => unlocked(team)).toEqual([[credits(75), start + day]])
      }
    } finally {
      await Promise.all(sweepers.map((sweeper) => sweeper.stop()))
    }
    for (const team of teams) {
      const events = await readEvents(scene.database.pool, team, { revision: 0, number: 0 }, 100)
      const grants = events.filter(({ type }) => type === 'GRANT')
      expect(grants.map(({ amount, at }) => [amount, at])).toEqual([
        [credits(25), start],
        [credits(75), start + day],
      ])
    }
  })

  test('become available once where two processes decide at that instant', async () => {
    const team = await bought()
    await scene.setClock(start + day)
    const both = [scene.ledger, scene.other]
    await Promise.all(both.map((ledger, i) => ledger.submit(submission(team, charge(1 + i)))))
    expect(await unlocked(team)).toEqual([[credits(75), start + day]])
    expect(await sums(team)).toEqual([credits(97), 0n, null])
  })

  test('are open in the books at the end of a month, and no longer once they are taken back', async () => {
    const team = await bought()
    await scene.submit(team, charge(20))
    await scene.submit(team, clawBack('pi_1', 10))
    await scene.setClock(start + 3 * day)
    await scene.submit(team, clawBack('pi_1', 50))
    const november = { startsAt: at('2026-11-01T00:00:00Z'), endsAt: at('2026-12-01T00:00:00Z') }
    const december = { startsAt: november.endsAt, endsAt: at('2027-01-01T00:00:00Z') }
    const [first] = await readRevenue(scene.database.pool, [team], november)
    expect(first?.credits).toMatchObject({
      sold: credits(100),
      earned: credits(20),
      refunded: credits(10),
      openAtEnd: credits(70),
    })
    const [second] = await readRevenue(scene.database.pool, [team], december)
    expect(second?.credits).toMatchObject({ openAtStart: credits(70), refunded: credits(40), openAtEnd: credits(30) })
    const { account, at: now } = await scene.account(team)
    const [grant] = account.grants
    expect(grant && creditFate(grant, now).open).toBe(credits(30))
  })
})
