import { describe, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import {
  assignPlan,
  at,
  charge,
  credits,
  day,
  grantOf,
  heldBy,
  hour,
  placeHold,
  release,
  type Scene,
  sceneOfFile,
  submission,
} from './scene.ts'
import { catalogWith, told, windows } from './told.ts'

const plans = `
  - id: many
    name: Many
    topUp: true
    allowances:
      - { id: week, credits: 10, every: WEEK }
      - { id: seat, credits: 5, every: MONTH, perSeat: true, anchor: 31 }
      - { id: upfront, credits: 1000, every: YEAR, anchor: subscription }
  - id: billed
    name: Billed
    topUp: true
    allowances:
      - { id: month, credits: 60, every: MONTH, interval: MONTH, anchor: subscription }
      - { id: year, credits: 720, every: YEAR, interval: YEAR, anchor: subscription }
      - { id: friday, credits: 3, every: WEEK, anchor: friday }
  - { id: lost, name: Lost, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK }] }
  - { id: kept, name: Kept, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK, rollover: full }] }
  - { id: capped, name: Capped, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK, rollover: { upTo: 30 } }] }
  - { id: month, name: Month, topUp: true, allowances: [{ id: base, credits: 300, every: MONTH, anchor: subscription, rollover: full }] }
  - { id: larger, name: Larger, topUp: true, allowances: [{ id: base, credits: 600, every: MONTH, anchor: subscription, rollover: full }] }
  - { id: smaller, name: Smaller, topUp: true, allowances: [{ id: base, credits: 100, every: MONTH, anchor: subscription }] }
  - { id: none, name: None, topUp: true, allowances: [] }
  - id: twofold
    name: Twofold
    topUp: true
    allowances: [{ id: base, credits: 300, every: MONTH }, { id: year, credits: 5000, every: YEAR }]
  - id: halved
    name: Halved
    topUp: true
    allowances: [{ id: base, credits: 300, every: MONTH }, { id: year, credits: 100, every: YEAR }]
`
/** A Wednesday, noon in Berlin. */
const start = at('2027-01-20T11:00:00Z')
const scene = sceneOfFile(catalogWith(plans, 'timeZone: Europe/Berlin'), start)
const atOnce = sceneOfFile(catalogWith(plans, 'timeZone: UTC\nplanChanges: at-once'), start)

const look = (of: Scene, team: TeamId) => of.submit(team, { kind: 'roll-forward' })

describe('a plan', () => {
  test('D3: deposits each of its allowances at once, for the period that runs, and again at the begin of each period', async () => {
    const team = await scene.team('many', 2)
    await scene.setClock(at('2027-03-31T00:00:00Z'))
    await look(scene, team)
    expect((await windows(scene, team)).filter((window) => window.startsWith('1000'))).toEqual([
      '1000 from 2027-01-20T11:00Z to 2028-01-20T11:00Z',
    ])
    expect((await told(scene, team)).filter((line) => line.includes('GRANT') && line.includes(':seat:'))).toEqual([
      'GRANT 10 at 2027-01-20T11:00Z: plan:many:seat:2026-12-31',
      'GRANT 10 at 2027-01-30T23:00Z: plan:many:seat:2027-01-31',
      'GRANT 10 at 2027-02-27T23:00Z: plan:many:seat:2027-02-28',
      // Daylight saving began on the 28th of March.
      'GRANT 10 at 2027-03-30T22:00Z: plan:many:seat:2027-03-31',
    ])
    const mondays = (await told(scene, team)).filter((line) => /GRANT 10 .*plan:many:2/.test(line))
    expect(mondays.slice(0, 2)).toEqual([
      'GRANT 10 at 2027-01-20T11:00Z: plan:many:2027-01-18',
      'GRANT 10 at 2027-01-24T23:00Z: plan:many:2027-01-25',
    ])
    expect(mondays.at(-1)).toBe('GRANT 10 at 2027-03-28T22:00Z: plan:many:2027-03-29')
    expect(mondays).toHaveLength(11)
  })

  test('D3: deposits for the interval that is paid, by default the first that it names; a year upfront once a year', async () => {
    const [monthly, yearly] = [await scene.team('billed'), await scene.team('none')]
    await scene.submit(yearly, assignPlan('billed', { interval: 'YEAR', anchor: at('2026-02-28T11:00:00Z') }))
    expect(await windows(scene, monthly)).toEqual([
      '3 from 2027-01-14T23:00Z to 2027-01-21T23:00Z',
      '60 from 2027-01-20T11:00Z to 2027-02-20T11:00Z',
    ])
    await scene.setClock(at('2028-03-10T12:00:00Z'))
    await look(scene, yearly)
    const upfront = (await windows(scene, yearly)).filter((window) => window.startsWith('720'))
    expect(upfront).toEqual([
      '720 from 2026-02-28T11:00Z to 2027-02-28T11:00Z',
      '720 from 2027-02-28T11:00Z to 2028-02-28T11:00Z',
      '720 from 2028-02-28T11:00Z to 2029-02-28T11:00Z',
    ])
  })

  test("begins an allowance of the calendar on the calendar's day, also where the subscription has its own", async () => {
    const team = await scene.team('none')
    await scene.submit(team, assignPlan('many', { anchor: at('2026-11-05T09:00:00Z') }))
    expect((await windows(scene, team)).toSorted()).toEqual([
      '10 from 2027-01-17T23:00Z to 2027-01-24T23:00Z',
      '1000 from 2026-11-05T09:00Z to 2027-11-05T09:00Z',
      '5 from 2026-12-30T23:00Z to 2027-01-30T23:00Z',
    ])
  })

  test('W3: shows the period that resets soonest, with what was spent of it', async () => {
    const team = await scene.team('many', 3)
    await scene.submit(team, charge(12))
    expect((await scene.balance(team)).period).toEqual({
      allowance: credits(10),
      used: credits(10),
      remaining: 0n,
      startsAt: at('2027-01-17T23:00:00Z'),
      resetsAt: at('2027-01-24T23:00:00Z'),
    })
    await scene.setClock(at('2027-01-29T12:00:00Z'))
    expect((await scene.balance(team)).period).toEqual({
      allowance: credits(15),
      used: credits(2),
      remaining: credits(13),
      startsAt: at('2026-12-30T23:00:00Z'),
      resetsAt: at('2027-01-30T23:00:00Z'),
    })
  })
})

describe('what is left at the end of a period', () => {
  test('W1, W9: is lost, or carried over in full or up to an amount, at the instant of the deposit', async () => {
    const left: Record<string, string[]> = {}
    for (const plan of ['lost', 'kept', 'capped']) {
      await scene.setClock(start)
      const team = await scene.team(plan)
      await scene.submit(team, charge(45))
      await scene.setClock(at('2027-02-03T12:00:00Z'))
      await look(scene, team)
      left[plan] = (await told(scene, team)).slice(1).map((line) => line.replace(/2027-|T23:00Z/g, ''))
    }
    expect(left).toEqual({
      lost: [
        'EXPIRY -55 at 01-24: plan:lost:01-18',
        'GRANT 100 at 01-24: plan:lost:01-25',
        'EXPIRY -100 at 01-31: plan:lost:01-25',
        'GRANT 100 at 01-31: plan:lost:02-01',
      ],
      kept: [
        'EXPIRY -55 at 01-24: plan:kept:01-18',
        'GRANT 55 at 01-24: plan:kept:01-25:rollover',
        'GRANT 100 at 01-24: plan:kept:01-25',
        'EXPIRY -55 at 01-31: plan:kept:01-25:rollover',
        'EXPIRY -100 at 01-31: plan:kept:01-25',
        'GRANT 155 at 01-31: plan:kept:02-01:rollover',
        'GRANT 100 at 01-31: plan:kept:02-01',
      ],
      capped: [
        'EXPIRY -55 at 01-24: plan:capped:01-18',
        'GRANT 30 at 01-24: plan:capped:01-25:rollover',
        'GRANT 100 at 01-24: plan:capped:01-25',
        'EXPIRY -30 at 01-31: plan:capped:01-25:rollover',
        'EXPIRY -100 at 01-31: plan:capped:01-25',
        'GRANT 30 at 01-31: plan:capped:02-01:rollover',
        'GRANT 100 at 01-31: plan:capped:02-01',
      ],
    })
  })

  test('counts as included in the next, and is lost where it was held and comes back later', async () => {
    const team = await scene.team('kept')
    await scene.setClock(at('2027-01-24T22:00:00Z'))
    const hold = heldBy(await scene.submit(team, placeHold(80, { expiresInSeconds: 86_400 })))
    await scene.setClock(at('2027-01-25T00:00:00Z'))
    expect(await scene.balance(team)).toMatchObject({
      available: credits(120),
      held: credits(80),
      period: { allowance: credits(120), used: 0n, remaining: credits(120) },
    })
    await scene.submit(team, release(hold))
    expect(await scene.balance(team)).toMatchObject({ available: credits(120), held: 0n })
    await scene.setClock(at('2027-02-01T00:00:00Z'))
    expect(await scene.balance(team)).toMatchObject({ available: credits(220) })
  })

  test('of an allowance that ended is lost, whoever looked in between, when the team comes back to its plan', async () => {
    for (const looks of [false, true]) {
      await scene.setClock(start)
      const team = await scene.team('month')
      await scene.submit(team, assignPlan('none'))
      for (const instant of ['2027-02-20T11:00:00Z', '2027-02-25T00:00:00Z']) {
        await scene.setClock(at(instant))
        if (looks) await look(scene, team)
      }
      await scene.submit(team, assignPlan('month'))
      expect(await told(scene, team), `looked: ${looks}`).toEqual([
        'GRANT 300 at 2027-01-20T11:00Z: plan:month:base:2027-01-20',
        'EXPIRY -300 at 2027-02-20T11:00Z: plan:month:base:2027-01-20',
        'GRANT 300 at 2027-02-25T00:00Z: plan:month:base:2027-02-20',
      ])
    }
  })
})

describe('another plan', () => {
  test('W2: from the next deposit on changes what an allowance of the same id deposits, and touches no package', async () => {
    const team = await scene.team('month')
    await scene.submit(team, grantOf(40, 'pack'))
    await scene.submit(team, charge(100))
    await scene.submit(team, assignPlan('larger'))
    expect(await scene.balance(team)).toMatchObject({ included: credits(200), additional: credits(40) })
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    expect(await scene.balance(team)).toMatchObject({ included: credits(800), additional: credits(40) })
    await scene.submit(team, assignPlan('smaller'))
    expect(await scene.balance(team)).toMatchObject({ included: credits(800), additional: credits(40) })
    await scene.setClock(at('2027-03-20T11:00:00Z'))
    expect(await scene.balance(team)).toMatchObject({ included: credits(100), additional: credits(40) })
  })

  test('lets an allowance end that it lacks, and coming back deposits no period twice', async () => {
    const team = await scene.team('many')
    await scene.submit(team, assignPlan('none'))
    const before = await windows(scene, team)
    expect((await scene.balance(team)).included).toBe(credits(1015))
    await scene.submit(team, assignPlan('many'))
    expect(await windows(scene, team)).toEqual(before)
    await scene.submit(team, assignPlan('none'))
    await scene.setClock(at('2027-02-10T12:00:00Z'))
    expect((await scene.balance(team)).included).toBe(credits(1000))
    await scene.submit(team, assignPlan('many'))
    expect((await scene.balance(team)).included).toBe(credits(1015))
  })

  test("another anchor begins a subscription's periods anew, on the same day too, and a former one deposits nothing twice", async () => {
    const team = await scene.team('month')
    const [anHourLater, lastMonth] = [start + hour, at('2026-12-25T08:00:00Z')]
    await scene.setClock(anHourLater)
    await scene.submit(team, assignPlan('month', { anchor: start }))
    for (const anchor of [anHourLater, lastMonth, start, anHourLater]) {
      await scene.submit(team, assignPlan('month', { anchor }))
    }
    expect(await windows(scene, team)).toEqual([
      '300 from 2027-01-20T11:00Z to 2027-02-20T11:00Z',
      '300 from 2027-01-20T12:00Z to 2027-02-20T12:00Z',
      '300 from 2026-12-25T08:00Z to 2027-01-25T08:00Z',
    ])
    await scene.submit(team, assignPlan('many', { anchor: lastMonth }))
    await scene.submit(team, assignPlan('month', { anchor: anHourLater }))
    await scene.setClock(at('2027-02-20T12:00:00Z'))
    await look(scene, team)
    expect((await windows(scene, team)).at(-1)).toBe('300 from 2027-02-20T12:00Z to 2027-03-20T12:00Z')
  })
})

describe('a change at once', () => {
  const middle = at('2027-02-05T00:00:00Z')

  test('grants more for the rest of the period in proportion to time, in whole credits rounded up', async () => {
    const team = await atOnce.team('month')
    await atOnce.submit(team, grantOf(40, 'pack'))
    await atOnce.setClock(middle)
    await atOnce.submit(team, assignPlan('larger'), 'upgrade')
    await atOnce.submit(team, assignPlan('larger'), 'upgrade')
    // 300 more, for 15 days and 11 of 31 * 24 hours.
    expect((await windows(atOnce, team)).at(-1)).toBe('150 from 2027-02-05T00:00Z to 2027-02-20T11:00Z')
    expect(await atOnce.balance(team)).toMatchObject({
      included: credits(450),
      additional: credits(40),
      owed: 0n,
      period: { allowance: credits(450), used: 0n, startsAt: start, resetsAt: at('2027-02-20T11:00:00Z') },
    })
    await atOnce.setClock(at('2027-02-20T11:00:00Z'))
    // What is carried over is what the deposit had left: a change lasts to the end of its period.
    expect(await atOnce.balance(team)).toMatchObject({ included: credits(900), additional: credits(40) })
  })

  test('takes back what is left of the period, rounded down, never owed and never of a package', async () => {
    const [rich, poor] = [await atOnce.team('larger'), await atOnce.team('larger')]
    for (const team of [rich, poor]) await atOnce.submit(team, grantOf(40, 'pack'))
    await atOnce.submit(poor, charge(590))
    await atOnce.setClock(middle)
    for (const team of [rich, poor]) await atOnce.submit(team, assignPlan('smaller'))
    // 500 less, for 371 of 744 hours: 249.33.
    expect(await atOnce.balance(rich)).toMatchObject({ included: credits(351), additional: credits(40), owed: 0n })
    expect(await atOnce.balance(poor)).toMatchObject({ included: 0n, additional: credits(40), owed: 0n })
    expect((await told(atOnce, rich)).at(-1)).toBe(
      'CLAWBACK -249 at 2027-02-05T00:00Z: plan:smaller:base:2027-01-20:change',
    )
    await atOnce.setClock(at('2027-02-20T11:00:00Z'))
    expect((await atOnce.balance(poor)).included).toBe(credits(100))
  })

  test('takes nothing back of another allowance whose period ends at the same instant', async () => {
    await atOnce.setClock(at('2027-12-16T12:00:00Z'))
    const team = await atOnce.team('twofold')
    await atOnce.submit(team, charge(5000))
    expect((await atOnce.balance(team)).included).toBe(credits(300))
    await atOnce.submit(team, assignPlan('halved'))
    expect((await atOnce.balance(team)).included).toBe(credits(300))
  })

  test('up and down again within a period, however often, leaves what there was', async () => {
    const team = await atOnce.team('month')
    await atOnce.setClock(middle)
    for (const planId of ['larger', 'month', 'smaller', 'month', 'larger', 'month']) {
      await atOnce.submit(team, assignPlan(planId))
    }
    const { included, period } = await atOnce.balance(team)
    // A process may take its clock to be some milliseconds ahead: what the larger plan comes to then is rounded up, once.
    expect([credits(300), credits(301)]).toContain(included)
    expect(period).toMatchObject({ allowance: included })
  })
})

describe('time', () => {
  test('is told alike, however often, by whom and how late somebody looked', async () => {
    const teams = await Promise.all(['never', 'often', 'elsewhere'].map(() => scene.team('kept')))
    const [never, often, elsewhere] = teams as [TeamId, TeamId, TeamId]
    for (const team of teams) await scene.submit(team, charge(10))
    for (let now = start; now < start + 60 * day; now += 5 * day + hour) {
      await scene.setClock(now)
      await look(scene, often)
      await scene.other.submit(submission(elsewhere, { kind: 'roll-forward' }))
    }
    await scene.setClock(start + 60 * day)
    expect((await scene.balance(never)).available).toBe((await scene.balance(often)).available)
    for (const team of teams) await look(scene, team)
    const [first, ...others] = await Promise.all(teams.map((team) => told(scene, team)))
    expect(others).toEqual([first, first])
  })

  test('two gateways at once deposit a period once, and a key has its effect once', async () => {
    const team = await scene.team('month')
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    const upgrade = submission(team, assignPlan('larger'), 'once')
    const answers = await Promise.all(
      [scene.ledger, scene.other].flatMap((ledger) => [
        ledger.submit(upgrade),
        ledger.submit(submission(team, assignPlan('many'))),
        ledger.submit(submission(team, assignPlan('larger'))),
        ledger.submit(submission(team, charge(1))),
      ]),
    )
    expect(answers[0]?.outcome).toEqual(answers[4]?.outcome)
    expect((await windows(scene, team)).filter((window) => window.includes('from 2027-02-20T11:00Z to 2027'))).toEqual([
      '300 from 2027-02-20T11:00Z to 2027-03-20T11:00Z',
      '300 from 2027-02-20T11:00Z to 2027-03-20T11:00Z',
    ])
    expect((await windows(scene, team)).length).toBeLessThanOrEqual(6)
  })
})
