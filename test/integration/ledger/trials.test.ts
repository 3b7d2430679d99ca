import { afterEach, describe, expect, test } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import {
  assignPlan,
  at,
  charge,
  chargeOf,
  clawBack,
  credits,
  day,
  grantOf,
  heldBy,
  hour,
  placeHold,
  plainText,
  refund,
  release,
  sceneOfFile,
  settle,
  startHold,
  submission,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const monday = at('2026-11-23T00:00:00Z')
const month = (of: number) => `[{ id: month, credits: ${of}, every: MONTH }]`
const text = plainText('UTC').replace(
  'plans:\n',
  `defaultPlan: weekly
plans:
  - { id: tried, name: Tried, topUp: true, allowances: ${month(300)}, trial: { credits: 40, days: 10 } }
  - { id: other, name: Other, topUp: true, allowances: ${month(500)}, trial: { credits: 60, days: 3 } }
`,
)
const scene = sceneOfFile(parseCatalog(text, 'trials.yaml'), start)
afterEach(async () => expect(await scene.verify()).toEqual([]))

const trialOf = async (team: TeamId) => (await scene.account(team)).account.trial
const sources = async (team: TeamId) => Object.keys(await scene.grants(team)).sort()

describe('a trial', () => {
  test('is kept with its team, and its end is read by time alone', async () => {
    const team = await scene.team('tried')
    expect(await trialOf(team)).toMatchObject({ planId: 'tried', credits: credits(40), endsAt: start + 10 * day })
    expect((await scene.balance(team)).available).toBe(credits(40))
    await scene.setClock(start + 10 * day)
    expect((await scene.account(team)).account).toMatchObject({
      planId: 'weekly',
      available: credits(100),
      trial: { end: 'DAYS', endedAt: start + 10 * day },
    })
    await scene.submit(team, charge(30))
    expect(await trialOf(team)).toMatchObject({ end: 'DAYS', endedAt: start + 10 * day })
    expect((await scene.balance(team)).available).toBe(credits(70))
    expect(await sources(team)).toEqual(['plan:tried:trial', 'plan:weekly:2026-11-23'])
  })

  test('comes once, although two gateways put the team on two plans at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const team = teamId(`race-${round}`)
      const ask = (ledger: typeof scene.ledger, plan: string) => ledger.submit(submission(team, assignPlan(plan)))
      await Promise.all([
        ask(scene.ledger, 'tried'),
        ask(scene.other, 'other'),
        ask(scene.ledger, 'other'),
        ask(scene.other, 'tried'),
      ])
      const trials = (await sources(team)).filter((source) => source.endsWith(':trial'))
      expect(trials).toHaveLength(1)
      expect(trials[0]).toBe(`plan:${(await trialOf(team))?.planId}:trial`)
    }
  })

  test('is used up by what a hold settles, not by what it keeps', async () => {
    const team = await scene.team('tried')
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    expect(await trialOf(team)).toMatchObject({ end: null })
    await scene.submit(team, release(hold))
    expect(await trialOf(team)).toMatchObject({ end: null })
    const second = heldBy(await scene.submit(team, placeHold(40)))
    const charged = chargeOf(await scene.submit(team, settle(second, 40)))
    expect(await trialOf(team)).toMatchObject({ end: 'USED_UP' })
    expect((await scene.balance(team)).available).toBe(credits(100))

    await scene.submit(team, refund(charged, 10))
    expect(await trialOf(team)).toMatchObject({ end: 'USED_UP' })
    expect((await scene.balance(team)).available).toBe(credits(110))
    await scene.submit(team, assignPlan('other'))
    expect((await scene.balance(team)).available).toBe(credits(510))
    expect((await sources(team)).filter((source) => source.endsWith(':trial'))).toHaveLength(1)
  })

  test('goes on after a hold that times out', async () => {
    const team = await scene.team('tried')
    await scene.submit(team, placeHold(40, { expiresInSeconds: 3600 }))
    await scene.setClock(start + 2 * hour)
    expect((await scene.account(team)).account).toMatchObject({ available: credits(40), trial: { end: null } })
  })

  test('ends at its last instant, although a hold keeps its credits beyond it', async () => {
    const team = await scene.team('other')
    await scene.setClock(start + 3 * day - hour)
    const hold = heldBy(await scene.submit(team, placeHold(60, { expiresInSeconds: 6 * 3600 })))
    await scene.setClock(start + 3 * day + hour)
    expect((await scene.account(team)).account).toMatchObject({ planId: 'weekly', trial: { end: 'DAYS' } })
    await scene.submit(team, settle(hold, 60))
    expect((await scene.balance(team)).available).toBe(credits(100))
  })

  test('is used up by a hold that is charged at its start, although its release gives the credits back', async () => {
    const team = await scene.team('tried')
    const hold = heldBy(await scene.submit(team, startHold(40)))
    expect(await trialOf(team)).toMatchObject({ end: 'USED_UP' })
    await scene.submit(team, release(hold))
    expect(await trialOf(team)).toMatchObject({ end: 'USED_UP' })
    expect((await scene.balance(team)).available).toBe(credits(140))
  })

  test('pays a debt first, and does not begin if the debt would take all of it', async () => {
    const indebted = async () => {
      const team = await scene.team('none')
      await scene.submit(team, grantOf(50, 'sold'))
      await scene.submit(team, charge(50))
      await scene.submit(team, clawBack('sold', 50))
      return team
    }
    const whole = await indebted()
    await scene.submit(whole, assignPlan('tried'))
    expect(await trialOf(whole)).toBe(null)
    expect(await scene.balance(whole)).toMatchObject({ available: credits(250), owed: 0n })
    const part = await indebted()
    await scene.submit(part, assignPlan('other'))
    expect(await trialOf(part)).toMatchObject({ planId: 'other', end: null })
    expect(await scene.balance(part)).toMatchObject({ available: credits(10), owed: 0n })
  })

  test('is over for a team that is imported on its plan', async () => {
    const team = teamId('imported')
    const terms = { teamName: null, seats: 1, interval: null, anchor: null, grants: [] } as const
    await scene.submit(team, { kind: 'import-team', planId: 'tried', ...terms })
    expect(await trialOf(team)).toMatchObject({ planId: 'tried', credits: 0n, grantId: null, end: 'PLAN_CHANGED' })
    await scene.submit(team, assignPlan('weekly'))
    await scene.submit(team, assignPlan('tried'))
    expect((await sources(team)).filter((source) => source.endsWith(':trial'))).toEqual([])
  })

  test('is followed by the running period of the default plan, which renews as ever', async () => {
    const team = await scene.team('tried')
    await scene.submit(team, charge(40))
    await scene.submit(team, charge(30))
    expect((await scene.balance(team)).available).toBe(credits(70))
    await scene.setClock(monday)
    expect((await scene.balance(team)).available).toBe(credits(100))
  })
})
