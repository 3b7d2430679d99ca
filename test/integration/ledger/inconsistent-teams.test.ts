import { describe, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import { InconsistentTeam } from '../../../src/ledger/rows/inconsistent-team.ts'
import { charge, chargeOf, placeHold, sceneOfFile, submission } from './scene.ts'

const scene = sceneOfFile()

async function spendingTeam(): Promise<TeamId> {
  const team = await scene.teamWith(100)
  await scene.submit(team, charge(30))
  await scene.submit(team, placeHold(20))
  return team
}

/** Changes rows behind the ledger's back. */
const change = (team: TeamId, statement: string) => scene.database.pool.query(statement, [team])

async function entries(team: TeamId): Promise<number> {
  const text = 'select count(*)::int as count from entry where team_id = $1'
  return (await scene.database.pool.query(text, [team])).rows[0].count
}

const account = (set: string) => `update account set ${set} where team_id = $1`
const grant = (set: string) => `update credit_grant set ${set} where team_id = $1`

describe('a team whose rows contradict each other', () => {
  test.each([
    {
      what: 'an account has credits of no grant',
      damage: account('available = available + 1'),
      repair: account('available = available - 1'),
      says: 'available is 50000001, and its grants have 50000000',
    },
    {
      what: 'an account lacks credits of its grants',
      damage: account('available = available - 1'),
      repair: account('available = available + 1'),
      says: 'available is 49999999, and its grants have 50000000',
    },
    {
      what: 'an account holds what no grant holds',
      damage: account('held = held + 1'),
      repair: account('held = held - 1'),
      says: 'held is 20000001, and its grants have 20000000',
    },
    {
      what: 'a grant was spent by nobody',
      damage: grant('available = available - 7, spent = spent + 7'),
      repair: grant('available = available + 7, spent = spent - 7'),
      says: 'available is 50000000, and its grants have 49999993',
    },
    {
      what: 'a grant is newer than its account',
      damage: account('revision = 0'),
      repair: account('revision = (select max(e.revision) from entry e where e.team_id = $1)'),
      says: 'grant 1 is newer than revision 0',
    },
    {
      what: 'an event is newer than its account',
      damage: account('last_event_revision = last_event_revision + 100'),
      repair: account('last_event_revision = last_event_revision - 100'),
      says: 'the last event is at 101, after revision 3',
    },
    {
      what: 'a checkpoint is newer than its account',
      damage: `insert into checkpoint (team_id, revision, effective_at, grants) values ($1, 1000, now(), '[]')`,
      repair: 'delete from checkpoint where team_id = $1',
      says: 'the last checkpoint is at 1000, after revision 3',
    },
  ])('is neither decided nor read, until it is repaired: $what', async ({ damage, repair, says }) => {
    const team = await spendingTeam()
    const before = await entries(team)
    await change(team, damage)
    const refusal = { name: 'InconsistentTeam', message: expect.stringContaining(`contradict each other: ${says}.`) }
    await expect(scene.other.submit(submission(team, charge(1)))).rejects.toMatchObject(refusal)
    await expect(scene.account(team)).rejects.toMatchObject(refusal)
    expect(await entries(team)).toBe(before)

    await change(team, repair)
    expect(chargeOf(await scene.other.submit(submission(team, charge(1)))).amount).toBe(1_000_000n)
  })

  test('harms no other team of the same batch or reading', async () => {
    const [team, healthy] = [await spendingTeam(), await spendingTeam()]
    await change(team, account('held = held + 1'))
    const [refused, answered] = await scene.other.submitAll([team, healthy].map((one) => submission(one, charge(1))))
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(InconsistentTeam) })
    expect(answered).toMatchObject({ status: 'fulfilled', value: { outcome: { kind: 'charge' } } })
    const readings = await Promise.allSettled([scene.balance(team), scene.balance(healthy)])
    expect(readings.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    await change(team, account('held = held - 1'))
  })

  test('does not get the first answer of a key again, and others in the same storm of retries do', async () => {
    const teams = [await spendingTeam(), await spendingTeam()] as const
    const charges = teams.map((team) => submission(team, charge(1), 'again'))
    await scene.ledger.submitAll(charges)
    await change(teams[0], account('held = held + 1'))
    const [refused, answered] = await scene.other.submitAll(charges)
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(InconsistentTeam) })
    expect(answered).toMatchObject({ status: 'fulfilled', value: { outcome: { kind: 'charge' } } })
    await change(teams[0], account('held = held - 1'))
  })
})
