import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { createTeamReader } from '../../../src/ledger/team-reader.ts'
import { Alarm } from '../../../src/live/alarm.ts'
import { type AlertState, alerts, presentAlert } from '../../../src/live/alerts.ts'
import { type Item, isBehind } from '../../../src/live/feed.ts'
import { Hints } from '../../../src/live/hints/hints.ts'
import type { LiveSources } from '../../../src/live/sources.ts'
import {
  at,
  credits,
  grantOf,
  heldBy,
  minute,
  openScene,
  placeHold,
  platform,
  type Scene,
  use,
} from '../ledger/scene.ts'

const start = at('2026-11-18T12:00:00Z')
let scene: Scene
let sources: LiveSources

beforeAll(async () => {
  scene = await openScene(loadCatalog('catalogs/aivah.yaml'), start)
  const { database, world } = scene
  sources = { database, teams: createTeamReader(database, world), hints: new Hints() }
})
afterAll(() => scene.close())

const lowBelow = (team: TeamId, amount: number) =>
  scene.submit(team, { kind: 'set-low-threshold', threshold: { credits: credits(amount) } })

test('a cut-off is foreseen of the team as time has left it, also before anybody has posted that', async () => {
  const team = await scene.team()
  await lowBelow(team, 1)
  await scene.submit(team, grantOf(1_000, 'passing', { expiresAt: start + 30 * minute }))
  // Avatars cost 20 credits a minute; the plan's 200 last for less than 31 minutes.
  const talk = (minutes: number) => use(minutes, 'conversation.avatar')
  const hold = heldBy(await scene.submit(team, placeHold(0, { usage: talk(2), expiresInSeconds: 3600 })))
  await scene.submit(team, { kind: 'capture-hold', holdId: hold.id, usage: talk(1), caller: platform })
  expect((await presentAlert(sources, team, new Alarm()))?.first).toBe(null)
  await scene.setClock(start + 31 * minute)
  expect((await presentAlert(sources, team, new Alarm()))?.first).toMatchObject({ state: 'LOW', ending: true })
  await scene.setClock(start)
})

test('crossings of many pages are each told once and in order, and the present behind them', async () => {
  const team = await scene.team()
  const crossings = 250
  for (let count = 0; count < crossings; count += 1) await lowBelow(team, count % 2 === 0 ? 1_000 : 1)
  const alarm = new Alarm()
  const told: Item<AlertState>[] = []
  for await (const item of alerts(sources, team, { revision: 0, number: 0, shown: null }, alarm)) {
    told.push(item)
    if (told.length === crossings) break
  }
  expect(told.map(({ value }) => value.state)).toEqual(
    Array.from({ length: crossings }, (_, index) => (index % 2 === 0 ? 'LOW' : 'OK')),
  )
  expect(told.every(({ mark }, index) => index === 0 || isBehind(told[index - 1]?.mark ?? mark, mark))).toBe(true)
})
