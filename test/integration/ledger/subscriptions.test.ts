import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { nextBoundary, nextDeposit } from '../../../src/domain/account.ts'
import type { FollowSubscription } from '../../../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { startSweeper } from '../../../src/ledger/background/sweeper.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import {
  assignPlan,
  at,
  charge,
  credits,
  day,
  failureOf,
  grantedBy,
  grantOf,
  heldBy,
  hour,
  minute,
  placeHold,
  release,
  type Scene,
  sceneOfFile,
  wevion,
} from './scene.ts'
import { catalogWith, told, windows } from './told.ts'

const plans = `
  - { id: free, name: Free, topUp: true, allowances: [{ id: month, credits: 5, every: MONTH, anchor: subscription }] }
  - id: pro
    name: Pro
    topUp: true
    allowances: [{ id: month, credits: 100, every: MONTH, anchor: subscription, rollover: { upTo: 30 } }]
    addOn: { credits: 60, price: 10 }
  - id: both
    name: Both
    topUp: true
    allowances:
      - { id: month, credits: 100, every: MONTH, perSeat: true, anchor: subscription, interval: MONTH }
      - { id: year, credits: 1200, every: YEAR, perSeat: true, anchor: subscription, interval: YEAR }
      - { id: week, credits: 10, every: WEEK }
    addOn: { credits: 60, price: 10 }
  - { id: none, name: None, topUp: true, allowances: [] }
`
const start = at('2027-01-31T11:00:00Z')
/** The periods' begins of a subscription that began on the 31st, as Stripe counts them. */
const [february, march, april] = [at('2027-02-28T11:00:00Z'), at('2027-03-31T11:00:00Z'), at('2027-04-30T11:00:00Z')]
const settings = 'expiry: { ADD_ON: cycle, PACKAGE: cycle }'
const scene = sceneOfFile(catalogWith(plans, `timeZone: Europe/Berlin\n${settings}`), start)
const falling = sceneOfFile(catalogWith(plans, `timeZone: UTC\ndefaultPlan: free\n${settings}`), start)
const weekly = sceneOfFile(wevion, start)
const studios = sceneOfFile(loadCatalog('catalogs/ai-studios.yaml'), start)

type Stands = Partial<Omit<FollowSubscription, 'kind'>>

const stands = (given: Stands = {}): FollowSubscription => ({
  kind: 'follow-subscription',
  subscription: 'sub_1',
  planId: 'pro',
  seats: 1,
  interval: 'MONTH',
  anchor: start,
  addOnUnits: 0,
  paidThrough: february,
  renews: true,
  ended: false,
  refunded: false,
  isTrialing: false,
  ...given,
})

/** A team that begins with its subscription, whose command is then repeated. */
async function subscribed(of: Scene, given: Stands = {}): Promise<TeamId> {
  const team = teamId(`team-${crypto.randomUUID()}`)
  for (const ledger of [of.ledger, of.other]) await ledger.submit(keyless(team, stands(given)))
  return team
}

async function say(of: Scene, team: TeamId, given: Stands, clock?: number): Promise<void> {
  if (clock !== undefined) await of.setClock(clock)
  const answer = await of.ledger.submit(keyless(team, stands(given)))
  expect(answer.outcome.kind).toBe('done')
}

const planChanges = async (of: Scene, team: TeamId): Promise<number> => {
  const text = "select 1 from account_notice where team_id = $1 and type = 'PLAN_CHANGED'"
  return (await of.database.pool.query(text, [team])).rows.length
}

const grantsIn = async (of: Scene, team: TeamId): Promise<string[]> =>
  (await told(of, team)).filter((line) => line.startsWith('GRANT')).map((line) => line.replace(/: .*/, ''))

describe('a paid period', () => {
  test('D3, G1: is deposited at its begin, as Stripe counts it, whatever the zone of the catalog', async () => {
    const team = await subscribed(scene)
    await say(scene, team, { paidThrough: march }, february - minute)
    await say(scene, team, { paidThrough: april }, march - minute)
    await scene.setClock(april - 1)
    await scene.other.submit(keyless(team, { kind: 'roll-forward' }))
    expect((await windows(scene, team)).filter((window) => window.startsWith('100'))).toEqual([
      '100 from 2027-01-31T11:00Z to 2027-02-28T11:00Z',
      '100 from 2027-02-28T11:00Z to 2027-03-31T11:00Z',
      '100 from 2027-03-31T11:00Z to 2027-04-30T11:00Z',
    ])
  })

  test('that is paid an hour late is deposited then, from its begin on, with what the one before had left', async () => {
    const team = await subscribed(scene)
    await scene.submit(team, charge(50))
    const held = await scene.submit(team, placeHold(30, { expiresInSeconds: 40 * 86_400 }))
    await scene.setClock(february)
    expect(await scene.balance(team)).toMatchObject({ available: 0n, held: credits(30) })
    await scene.submit(team, { kind: 'roll-forward' })
    await scene.setClock(february + minute)
    await scene.submit(team, release(heldBy(held)))
    await scene.setClock(february + hour)
    const paid = keyless(team, stands({ paidThrough: march }))
    await Promise.all([scene, scene].flatMap(({ ledger, other }) => [ledger.submit(paid), other.submit(paid)]))
    expect((await windows(scene, team)).slice(1)).toEqual([
      '20 from 2027-02-28T11:00Z to 2027-03-31T11:00Z',
      '100 from 2027-02-28T11:00Z to 2027-03-31T11:00Z',
    ])
    expect((await grantsIn(scene, team)).slice(1)).toEqual([
      'GRANT 20 at 2027-02-28T12:00Z',
      'GRANT 100 at 2027-02-28T12:00Z',
    ])
    const then = await teamAsOf(scene.database.pool, scene.world, team, february + 30 * minute)
    expect(then?.available).toBe(0n)
  })

  test('carries over what expired in the very batch that learns of the payment', async () => {
    const team = await subscribed(scene)
    await say(scene, team, { paidThrough: march }, february + hour)
    expect((await scene.balance(team)).available).toBe(credits(130))
  })

  test('that passed unpaid is skipped and never made up for; the one that runs comes at once', async () => {
    const team = await subscribed(scene)
    await say(scene, team, { paidThrough: february }, march + day)
    expect((await scene.balance(team)).available).toBe(0n)
    await say(scene, team, { paidThrough: april }, march + 2 * day)
    await say(scene, team, { paidThrough: april }, march + 3 * day)
    expect((await windows(scene, team)).slice(1)).toEqual(['100 from 2027-03-31T11:00Z to 2027-04-30T11:00Z'])
    const { rows } = await scene.database.pool.query(
      'select allowance_period as period from credit_grant where team_id = $1 order by id',
      [team],
    )
    expect(rows.map(({ period }) => period)).toEqual([0, 2])
  })

  test('of a yearly subscription: its months come by time alone, until the year is over', async () => {
    const year = at('2028-01-31T11:00:00Z')
    const team = await subscribed(scene, { interval: 'YEAR', paidThrough: year })
    await scene.setClock(year + 40 * day)
    await scene.submit(team, { kind: 'roll-forward' })
    const deposits = (await windows(scene, team)).filter((window) => window.startsWith('100'))
    expect(deposits).toHaveLength(12)
    expect(deposits.at(-1)).toBe('100 from 2027-12-31T11:00Z to 2028-01-31T11:00Z')
  })

  test('a trial runs up to the anchor; the next period waits for its payment', async () => {
    const end = start + 14 * day
    const trial = { anchor: end, paidThrough: end }
    const team = await subscribed(scene, trial)
    expect(await windows(scene, team)).toEqual(['100 from 2027-01-14T11:00Z to 2027-02-14T11:00Z'])
    await say(scene, team, trial, end + hour)
    expect((await scene.balance(team)).available).toBe(0n)
    await say(scene, team, { anchor: end, paidThrough: at('2027-03-14T11:00:00Z') }, end + 2 * hour)
    expect((await windows(scene, team)).at(-1)).toBe('100 from 2027-02-14T11:00Z to 2027-03-14T11:00Z')
    expect((await scene.balance(team)).available).toBe(credits(130))
  })
})

describe('what is not paid for', () => {
  test('is no boundary, and nothing that a balance or a sweeper counts on', async () => {
    const team = await subscribed(scene)
    const { account } = await scene.account(team)
    expect(nextBoundary(account)).toBe(february)
    expect(nextDeposit(account, start)).toBe(february)
    const future = await teamAsOf(scene.database.pool, scene.world, team, march + day)
    expect(future?.available).toBe(0n)
    await scene.setClock(february + hour)
    const sweeper = startSweeper(scene.database, scene.ledger, pino({ level: 'silent' }))
    await expect.poll(async () => (await told(scene, team)).at(-1)).toContain('EXPIRY -100 at 2027-02-28T11:00Z')
    await sweeper.stop()
    const overdue = await scene.account(team)
    expect(nextBoundary(overdue.account)).toBe(null)
    expect(nextDeposit(overdue.account, overdue.at)).toBe(null)
    expect(failureOf(await scene.submit(team, charge(1)))).toMatchObject({ nextGrantAt: null })
  })

  test('a package that ends with the cycle lasts to the end of the cycle that runs, paid for or not', async () => {
    const team = await subscribed(scene)
    await scene.setClock(february + day)
    const pack = grantedBy(await scene.submit(team, grantOf(7, 'pack')))
    expect(pack.expiresAt).toBe(march)
    expect((await scene.balance(team)).available).toBe(credits(7))
  })

  test('a subscription that was never paid for leaves the team as it is', async () => {
    const team = await scene.team('free')
    await say(scene, team, { paidThrough: start })
    await say(scene, team, { paidThrough: start, ended: true })
    expect((await scene.account(team)).account).toMatchObject({ planId: 'free', paidThrough: null })
    expect(await planChanges(scene, team)).toBe(1)
    const unknown = teamId(`team-${crypto.randomUUID()}`)
    expect(failureOf(await scene.submit(unknown, stands({ paidThrough: start })))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('W1: weeks keep their Monday; the one that begins as the payment ends is of the next, and a resumed one comes at once', async () => {
    const monday = at('2027-03-01T00:00:00Z')
    const team = await subscribed(weekly, { paidThrough: monday + 2 * hour })
    const weeks = async () => (await windows(weekly, team)).map((window) => window.slice(11, 21))
    await weekly.setClock(monday + hour)
    await weekly.submit(team, { kind: 'roll-forward' })
    expect(await weeks()).toEqual(['2027-01-25', '2027-02-01', '2027-02-08', '2027-02-15', '2027-02-22'])
    await say(weekly, team, { paidThrough: monday + 2 * hour }, monday + 9 * day)
    await say(weekly, team, { paidThrough: monday + 30 * day }, monday + 10 * day)
    expect((await weeks()).slice(5)).toEqual(['2027-03-08'])
    await weekly.setClock(monday + 14 * day)
    expect(await weekly.balance(team)).toMatchObject({ included: credits(10_000) })
  })

  test('a week that began before a plan which is not paid for waits for the payment', async () => {
    const team = await subscribed(scene, { planId: 'none', paidThrough: start + day })
    const anchor = start + 2 * day
    await say(scene, team, { planId: 'both', anchor, paidThrough: anchor }, anchor + minute)
    expect((await scene.balance(team)).available).toBe(0n)
    await say(scene, team, { planId: 'both', anchor, paidThrough: anchor + 28 * day }, anchor + 5 * minute)
    expect((await scene.balance(team)).available).toBe(credits(110))
  })
})

describe('a subscription that is said again', () => {
  test('moves nothing, in whichever process and however many at once', async () => {
    const team = await subscribed(studios, { planId: 'team', seats: 3, addOnUnits: 2 })
    const before = (await studios.account(team)).account
    const again = keyless(team, stands({ planId: 'team', seats: 3, addOnUnits: 2 }))
    await Promise.all([studios, studios].flatMap(({ ledger, other }) => [ledger.submit(again), other.submit(again)]))
    const { version: _, ...after } = (await studios.account(team)).account
    expect(before).toMatchObject(after)
    expect(await planChanges(studios, team)).toBe(1)
    await Promise.all(
      [studios.ledger, studios.other].map((one) =>
        one.submit(keyless(team, stands({ planId: 'team', seats: 4, addOnUnits: 2 }))),
      ),
    )
    expect(await planChanges(studios, team)).toBe(2)
    expect(await studios.balance(team)).toMatchObject({ included: credits(600), additional: credits(400) })
  })

  test('W2: a plan that changes counts from the next deposit on, where the catalog says so; a renewal tells no change', async () => {
    const team = await subscribed(weekly, { planId: 'starter' })
    await say(weekly, team, { planId: 'pro' })
    expect((await weekly.balance(team)).available).toBe(credits(2_500))
    await say(weekly, team, { planId: 'pro', paidThrough: march }, start + day)
    expect((await weekly.balance(team)).available).toBe(credits(10_000))
    expect(await planChanges(weekly, team)).toBe(2)
    expect(failureOf(await weekly.submit(team, stands({ planId: 'unheard-of' })))).toMatchObject({
      code: 'UNKNOWN_PLAN',
    })
  })

  test('at another interval or anchor, periods begin anew, once', async () => {
    const team = await subscribed(studios, { planId: 'personal' })
    const year = { planId: 'personal', interval: 'YEAR', anchor: start + day } as const
    const paidThrough = at('2028-02-01T11:00:00Z')
    for (const clock of [start + day, start + 2 * day]) await say(studios, team, { ...year, paidThrough }, clock)
    expect(await windows(studios, team)).toEqual([
      '60 from 2027-01-31T11:00Z to 2027-02-28T11:00Z',
      '720 from 2027-02-01T11:00Z to 2028-02-01T11:00Z',
    ])
  })

  test('an overdue team whose seats grow gets nothing more before it pays', async () => {
    const team = await subscribed(studios, { planId: 'team', seats: 2 })
    await say(studios, team, { planId: 'team', seats: 5 }, february + day)
    expect((await studios.balance(team)).available).toBe(0n)
    await say(studios, team, { planId: 'team', seats: 5, paidThrough: march }, february + 2 * day)
    expect((await studios.balance(team)).available).toBe(credits(750))
  })
})

describe('add-on units of a subscription', () => {
  test('D5: more come at once in full, each paid cycle renews them, and none comes before it is paid', async () => {
    const team = await subscribed(studios, { planId: 'team', addOnUnits: 1 })
    const now = { planId: 'team', addOnUnits: 3 }
    await say(studios, team, now, start + day)
    expect((await studios.balance(team)).additional).toBe(credits(600))
    await say(studios, team, now, february + hour)
    expect((await studios.balance(team)).available).toBe(0n)
    await say(studios, team, { planId: 'team', addOnUnits: 4 }, february + 2 * hour)
    expect((await studios.balance(team)).available).toBe(0n)
    await say(studios, team, { planId: 'team', addOnUnits: 4, paidThrough: march }, february + 3 * hour)
    expect(await studios.balance(team)).toMatchObject({ included: credits(150), additional: credits(800) })
    const { grants } = (await studios.account(team)).account
    expect(grants.filter(({ kind }) => kind === 'ADD_ON').map(({ expiresAt }) => expiresAt)).toEqual([march])
  })

  test('D6: fewer count from the next cycle on, also where they are told with its payment', async () => {
    const team = await subscribed(studios, { planId: 'team', addOnUnits: 3 })
    await say(studios, team, { planId: 'team', addOnUnits: 2 }, start + day)
    expect((await studios.balance(team)).additional).toBe(credits(600))
    await say(studios, team, { planId: 'team', addOnUnits: 1, paidThrough: march }, february + hour)
    expect((await studios.balance(team)).additional).toBe(credits(200))
  })

  test('of a plan that takes none are none', async () => {
    const team = await subscribed(studios, { planId: 'enterprise', addOnUnits: 3 })
    expect((await studios.account(team)).account.addOn).toEqual({ units: 0, granted: 0 })
  })
})

describe('a subscription that ended', () => {
  test('D6: at once keeps the credits of plan and add-on to the end of the cycle, and renews none of them', async () => {
    const team = await subscribed(studios, { planId: 'personal', addOnUnits: 2 })
    for (const clock of [start + day, start + 2 * day]) {
      await say(studios, team, { planId: 'personal', addOnUnits: 2, ended: true }, clock)
    }
    expect((await studios.account(team)).account).toMatchObject({ planId: 'free', paidThrough: null })
    expect((await studios.account(team)).account.addOn.units).toBe(0)
    expect(await studios.balance(team)).toMatchObject({ included: credits(60), additional: credits(120) })
    await studios.setClock(february)
    expect(await studios.balance(team)).toMatchObject({ included: credits(16), additional: 0n })
    expect(await planChanges(studios, team)).toBe(2)
  })

  test('D6: at the end of its period changes nothing until then', async () => {
    const team = await subscribed(falling, { addOnUnits: 1 })
    await say(falling, team, { addOnUnits: 1 }, february - minute)
    expect((await falling.balance(team)).available).toBe(credits(160))
    await say(falling, team, { addOnUnits: 1, ended: true }, february + minute)
    expect(await falling.balance(team)).toMatchObject({ included: credits(5), additional: 0n })
  })

  test('without a default plan leaves the team on none', async () => {
    const team = await subscribed(scene, { addOnUnits: 1, seats: 3 })
    await say(scene, team, { ended: true }, start + day)
    expect((await scene.account(team)).account).toMatchObject({ planId: null, seats: 1, paidThrough: null })
    await scene.setClock(february - 1)
    expect((await scene.balance(team)).available).toBe(credits(160))
    await scene.setClock(april)
    await scene.submit(team, { kind: 'roll-forward' })
    expect((await scene.balance(team)).available).toBe(0n)
  })

  test('and another one that begins deposits its own period, with its units', async () => {
    const team = await subscribed(studios, { planId: 'personal', addOnUnits: 1 })
    await say(studios, team, { planId: 'personal', ended: true }, start + day)
    const [anchor, paidThrough] = [start + 2 * day, start + 2 * day + 28 * day]
    await say(studios, team, { planId: 'personal', addOnUnits: 1, anchor, paidThrough }, anchor)
    expect(await studios.balance(team)).toMatchObject({ included: credits(120), additional: credits(120) })
  })
})

describe('the operator', () => {
  test('takes a team off its subscription by assigning a plan, until the subscription says something again', async () => {
    const team = await subscribed(scene)
    await scene.setClock(february + day)
    await scene.submit(team, assignPlan('pro'))
    expect((await scene.account(team)).account.paidThrough).toBe(null)
    expect((await scene.balance(team)).available).toBe(credits(100))
    await say(scene, team, { paidThrough: february, ended: true })
    await say(scene, team, { paidThrough: february })
    expect((await scene.account(team)).account).toMatchObject({ planId: 'pro', paidThrough: null })
    await scene.setClock(march)
    expect((await scene.balance(team)).available).toBe(credits(130))
    await say(scene, team, { paidThrough: april })
    expect((await scene.account(team)).account.paidThrough).toBe(april)
    expect((await scene.balance(team)).available).toBe(credits(130))
  })

  test("a team's units that wait for payment come with the operator's plan", async () => {
    const team = await subscribed(scene, { planId: 'pro' })
    await say(scene, team, { planId: 'pro', addOnUnits: 2 }, february + day)
    await scene.submit(team, { kind: 'set-add-on-units', units: 3 })
    expect((await scene.balance(team)).available).toBe(0n)
    await scene.submit(team, assignPlan('pro'))
    expect(await scene.balance(team)).toMatchObject({ included: credits(100), additional: credits(180) })
  })
})
