import { describe, expect, test, vi } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { balanceOf } from '../../../src/domain/balance.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import type { Instant, TeamId } from '../../../src/domain/identity.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { consistent, readTeams } from '../../../src/ledger/rows/read-teams.ts'
import {
  at,
  charge,
  chargeOf,
  extendHold,
  failureOf,
  grantOf,
  heldBy,
  minute,
  openScene,
  placeHold,
  platform,
  release,
  sceneOfFile,
  settle,
  submission,
  use,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
/** Avatars cost 20 credits a minute, voice 8, a video 4 a second; the first plan deposits 200 credits. */
const scene = sceneOfFile(loadCatalog('catalogs/aivah.yaml'), start)

const talk = (minutes: number, rate = 'conversation.avatar') => use(minutes, rate)
const captureOf = (hold: Hold, usage: Usage[]): Command => ({
  kind: 'capture-hold',
  holdId: hold.id,
  usage,
  caller: platform,
})

async function conversation(team: TeamId, minutes = 2): Promise<Hold> {
  return heldBy(await scene.submit(team, placeHold(0, { usage: talk(minutes), expiresInSeconds: 3600 })))
}

/** When it was charged: this process's clock goes on from where it read the standing one. */
const captured = async (team: TeamId, hold: Hold, usage: Usage[]): Promise<Instant> =>
  chargeOf(await scene.submit(team, captureOf(hold, usage))).at

const runwayOf = async (team: TeamId) => (await scene.balance(team)).runwaySeconds

/** Seconds from an instant to the cut-off. */
async function lastsFrom(since: Instant, team: TeamId): Promise<number> {
  const { cutOff, runwaySeconds, asOf } = await scene.balance(team)
  if (cutOff === null) throw new Error('There is no cut-off')
  expect(runwaySeconds).toBe(Math.floor((cutOff - asOf) / 1000))
  return (cutOff - since) / 1000
}

describe('a live session', () => {
  test('has a runway from its first capture on, to the second, until it is settled', async () => {
    const team = await scene.team()
    expect(await runwayOf(team)).toBeNull()
    const hold = await conversation(team)
    expect(await runwayOf(team)).toBeNull()
    await scene.setClock(start + minute)
    await captured(team, hold, talk(1))
    // 180 credits are left at 20 a minute: 20 of them held, 160 available.
    expect(await scene.balance(team)).toMatchObject({ runwaySeconds: 540, cutOff: start + 10 * minute })
    await scene.setClock(start + minute + 1)
    expect(await scene.balance(team)).toMatchObject({ runwaySeconds: 539, cutOff: start + 10 * minute })
    await scene.setClock(start + 4 * minute)
    expect(await runwayOf(team)).toBe(360)
    await captured(team, hold, talk(3))
    expect(await scene.balance(team)).toMatchObject({ runwaySeconds: 360, cutOff: start + 10 * minute })
    await scene.submit(team, settle(hold))
    expect(await scene.balance(team)).toMatchObject({ runwaySeconds: null, cutOff: null })
  })

  test('is cut off at its cut-off: what it counts is charged up to there, and refused behind it', async () => {
    const team = await scene.team()
    const hold = await conversation(team)
    await scene.setClock(start + minute)
    await captured(team, hold, talk(1))
    expect(await scene.balance(team)).toMatchObject({ cutOff: start + 10 * minute })
    await scene.setClock(start + 10 * minute + 1000)
    expect(await runwayOf(team)).toBe(0)
    const tooMuch = await scene.submit(team, captureOf(hold, talk(9.001)))
    expect(failureOf(tooMuch).code).toBe('INSUFFICIENT_CREDITS')
    await captured(team, hold, talk(9))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, held: 0n, runwaySeconds: 0 })
  })

  test('follows what is added and spent, and what other sessions use', async () => {
    const team = await scene.team()
    const hold = await conversation(team)
    const since = await captured(team, hold, talk(1))
    expect(await lastsFrom(since, team)).toBe(540)
    await scene.submit(team, grantOf(100, 'top-up'))
    expect(await lastsFrom(since, team)).toBe(840)
    await scene.submit(team, charge(0, { usage: use(4, 'media.image') }))
    expect(await lastsFrom(since, team)).toBe(720)
    const other = heldBy(await scene.submit(team, placeHold(0, { usage: talk(5, 'conversation.voice') })))
    expect(await lastsFrom(since, team)).toBe(600)
    const beside = await captured(team, other, talk(0.5, 'conversation.voice'))
    // 180 are available; 20 held at 20 a minute, and 36 at 8.
    const both = (180 + 20 + 36 + (8 * (beside - since)) / minute) / 28
    expect(await lastsFrom(since, team)).toBeCloseTo(both * 60, 2)
    await scene.submit(team, release(other))
    expect(await lastsFrom(since, team)).toBe(((216 + 20) / 20) * 60)
    await scene.submit(team, release(hold))
    expect(await runwayOf(team)).toBeNull()
  })

  test('is over when its deadline passes, whether that is posted or not', async () => {
    const team = await scene.team()
    const hold = heldBy(await scene.submit(team, placeHold(0, { usage: talk(2), expiresInSeconds: 60 })))
    const since = await captured(team, hold, talk(1))
    await scene.setClock(hold.expiresAt - 1)
    expect(await lastsFrom(since, team)).toBe(540)
    await scene.setClock(hold.expiresAt)
    expect(await runwayOf(team)).toBeNull()
    await scene.submit(team, { kind: 'roll-forward' })
    expect(await runwayOf(team)).toBeNull()
  })

  test('is the same for who wrote it, another process, and whoever reads it', async () => {
    const team = await scene.team()
    const hold = await conversation(team)
    const { account, at: then } = await scene.submit(team, captureOf(hold, talk(0.5)))
    const read = (await scene.account(team)).account
    expect(account?.sessions).toEqual(read.sessions)
    expect(read.sessions).toMatchObject([{ holdId: hold.id, since: then, held: 30_000_000n }])
    expect(account && balanceOf(account, then).runwaySeconds).toBe(570)
    const since = chargeOf(await scene.other.submit(submission(team, captureOf(hold, talk(0.5))))).at
    await scene.submit(team, charge(0, { usage: talk(1) }))
    expect(await lastsFrom(since, team)).toBe(480)
    await scene.other.submit(submission(team, release(hold)))
    expect(await runwayOf(team)).toBeNull()
  })

  test('has no runway in balances of another time', async () => {
    const team = await scene.team()
    const hold = await conversation(team)
    const since = await captured(team, hold, talk(1))
    for (const asOf of [since - 1, since, since + minute]) {
      const then = await teamAsOf(scene.database.pool, scene.world, team, asOf)
      expect(then && balanceOf(then, asOf).runwaySeconds).toBeNull()
    }
  })
})

describe('what is no live session', () => {
  test('is a video that is reserved by its length, also while it becomes longer', async () => {
    const team = await scene.team()
    const video = heldBy(await scene.submit(team, placeHold(0, { usage: use(10, 'media.video') })))
    await scene.submit(team, extendHold(video, { usage: use(5, 'media.video'), expiresInSeconds: 900 }))
    expect(await runwayOf(team)).toBeNull()
    await scene.submit(team, settle(video))
    expect(await runwayOf(team)).toBeNull()
  })

  test('is a hold of which no time was captured; other captures leave the pace of one that is', async () => {
    const team = await scene.team()
    const hold = await conversation(team)
    await captured(team, hold, use(2, 'media.image'))
    expect(await runwayOf(team)).toBeNull()
    const since = await captured(team, hold, talk(1))
    expect(await lastsFrom(since, team)).toBe(480)
    await captured(team, hold, use(2, 'media.image'))
    expect(await lastsFrom(since, team)).toBe(420)
  })
})

describe('AI Studios', () => {
  test('where a second costs a credit, the runway is what is left', async () => {
    const studios = await openScene(loadCatalog('catalogs/ai-studios.yaml'), start)
    try {
      const team = await studios.team('personal')
      await studios.submit(team, grantOf(60, 'contract', { grantKind: 'CONTRACT' }))
      const before = await studios.balance(team)
      const generating = placeHold(0, { usage: use(10, 'video.generator') })
      const hold = heldBy(await studios.submit(team, generating))
      const since = chargeOf(await studios.submit(team, captureOf(hold, use(4, 'video.generator')))).at
      const left = Number(before.available / 1_000_000n) - 4
      expect((await studios.balance(team)).cutOff).toBe(since + left * 1000)
      await studios.submit(team, settle(hold))
    } finally {
      await studios.close()
    }
  })
})

type Plan = {
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

test('reading a team with 10,000 open holds, of which one is live, looks at no more of them than that one', async () => {
  const team = await scene.team()
  await scene.submit(team, grantOf(1_000_000, 'plenty'))
  const live = await conversation(team)
  await captured(team, live, talk(1))
  const video = () => submission(team, placeHold(0, { usage: use(1, 'media.video') }))
  await scene.ledger.submitAll(Array.from({ length: 10_000 }, video))
  await scene.database.pool.query('vacuum analyze hold')

  const query = vi.spyOn(scene.database.pool, 'query')
  const { teams } = await readTeams(scene.database.pool, [team], scene.world)
  // Of pg's overloads a spy sees the last; the reading asks in the form of a config.
  const asked = query.mock.calls.map(([config]) => config as unknown as { text: string; values: unknown[] })
  query.mockRestore()
  expect(consistent(teams.get(team))?.account?.sessions).toMatchObject([{ holdId: live.id }])
  expect(asked).toHaveLength(1)
  const [{ text, values } = { text: '', values: [] }] = asked
  const { rows } = await scene.database.pool.query(`explain (analyze, format json) ${text}`, values)
  const ofHolds = nodesOf(rows[0]['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === 'hold')
  const touched = ofHolds.map(
    (node) => node['Actual Rows'] * node['Actual Loops'] + (node['Rows Removed by Filter'] ?? 0),
  )
  expect(ofHolds.map((node) => node['Index Name'])).toContain('hold_live')
  // The live one, and the one whose deadline comes next.
  expect(touched.reduce((sum, count) => sum + count, 0)).toBe(2)
})
