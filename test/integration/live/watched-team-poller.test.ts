import { randomUUID } from 'node:crypto'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { createLedger } from '../../../src/ledger/ledger.ts'
import { Hints } from '../../../src/live/hints/hints.ts'
import { pollEveryMs as defaultLookEveryMs, startWatchedTeamPoller } from '../../../src/live/watched-team-poller.ts'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import { type BalanceSeen, balanceOf, grant, hold, makeTeam, mutate, charge as spend } from '../../setup/operator.ts'
import { openSilentLedger, type SilentLedger } from '../../setup/silent-ledger.ts'
import { connect, Watch } from '../../setup/watching.ts'
import { charge, openScene, submission, wevion } from '../ledger/scene.ts'

const balances = 'subscription { balance { available held revision } }'
const events = 'subscription { accountEvents { type balance { available } } }'
type Balances = { balance: BalanceSeen }
type Events = { accountEvents: { type: string; balance: { available: string } } }

let clients: Client[] = []

test('in production a watched team is looked at every three seconds', () => expect(defaultLookEveryMs).toBe(3_000))

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  clients = []
})

function watch<Data>({ url }: Gateway, team: string, query: string): Watch<Data> {
  const client = connect(url, { team, role: 'VIEWER' })
  clients.push(client)
  return new Watch<Data>(client, query)
}

const shows = (available: string, held = '0') => expect.objectContaining({ available, held })
/** A sixth of what gateways take in production; a team is still looked at before its time comes. */
const pollEveryMs = 500
const beforehandMs = 1_000

const gift = (credits: bigint): Command => ({
  kind: 'grant-credits',
  amount: credits * MICRO,
  grantKind: 'PROMOTION',
  expiresAt: null,
  source: randomUUID(),
})
const plan: Command = {
  kind: 'assign-plan',
  planId: 'enterprise',
  teamName: null,
  seats: 1,
  interval: null,
  anchor: null,
}

describe('what nobody tells of', () => {
  let gateway: Gateway
  let silent: SilentLedger

  beforeAll(async () => {
    gateway = await startGateway({ intervals: { pollEveryMs } })
    silent = await openSilentLedger(gateway.databaseUrl)
  })
  afterAll(async () => {
    await silent?.close()
    await gateway?.close()
  })

  test('reaches an open pill all the same, each time', async () => {
    await makeTeam(gateway.url, 'silent')
    const watched = watch<Balances>(gateway, 'silent', balances)
    expect((await watched.next()).balance).toEqual(shows('50000'))
    await silent.submit(['silent'], gift(5n))
    expect((await watched.next()).balance).toEqual(shows('50005'))
    await silent.submit(['silent'], gift(7n))
    expect((await watched.next()).balance).toEqual(shows('50012'))
    await spend(gateway.url, 'silent')
    expect((await watched.next()).balance).toEqual(shows('49912'))
    await silent.submit(['silent'], gift(1n))
    expect((await watched.next()).balance).toEqual(shows('49913'))
  })

  test('is in the events, too', async () => {
    await makeTeam(gateway.url, 'silent-events')
    const watched = watch<Events>(gateway, 'silent-events', events)
    const first = watched.next()
    const given = setInterval(() => void grant(gateway.url, 'silent-events', '1'), 50)
    await first
    clearInterval(given)
    await silent.submit(['silent-events'], { kind: 'set-low-threshold', threshold: { credits: 60_000n * MICRO } })
    expect(await watched.until(({ accountEvents }) => accountEvents.type !== 'CREDITS_ADDED')).toMatchObject({
      accountEvents: { type: 'BALANCE_LOW' },
    })
  })

  test('is seen where a team comes to be that is watched already', async () => {
    const watched = watch<Balances>(gateway, 'to-come', balances)
    await silent.submit(['to-come'], plan)
    // Whether or not the pill opened the team on the default plan before.
    const seen = await watched.until(({ balance }) => balance.available === '50000')
    expect(seen.balance).toEqual(shows('50000'))
  })

  test('is seen by every pill of many teams', async () => {
    const teams = Array.from({ length: 60 }, (_, index) => `many-${index}`)
    await silent.submit(teams, plan)
    const watching = teams.map((team) => watch<Balances>(gateway, team, balances))
    await Promise.all(watching.map((watched) => watched.next()))
    await silent.submit(teams, gift(9n))
    for (const watched of watching) expect((await watched.next()).balance).toEqual(shows('50009'))
  })
})

test('what was told here is not hinted of again, and what others posted in time is not written again', async () => {
  const scene = await openScene(wevion)
  const hints = new Hints()
  const ledger = createLedger(scene.database, scene.world)
  const poller = startWatchedTeamPoller(scene.database, hints, ledger, pollEveryMs)
  ledger.onCommitted(({ account }) => {
    hints.publish(account.teamId)
    poller.told(account)
  })
  const [told, untold] = [await scene.team(), await scene.team()]
  const heard = { told: 0, untold: 0 }
  hints.listen(told, () => {
    heard.told += 1
  })
  hints.listen(untold, () => {
    heard.untold += 1
  })
  const until = (counts: object) => expect.poll(() => heard, { timeout: 15_000 }).toMatchObject(counts)
  await until({ told: 1, untold: 1 })
  await ledger.submit(submission(told, charge(1, { usage: [{ rate: 'image.resize', count: 1, quantity: MICRO }] })))
  expect(heard.told).toBe(2)
  // Three looks at one team are at least one at the other.
  for (const untoldTimes of [2, 3, 4]) {
    await scene.other.submit(submission(untold, gift(1n)))
    await until({ untold: untoldTimes })
  }
  expect(heard).toEqual({ told: 2, untold: 4 })

  const row = async () =>
    (await scene.database.pool.query('select xmin, version from account where team_id = $1', [untold])).rows
  const before = await row()
  await ledger.submit(submission(untold, { kind: 'post-due' }, null))
  expect(await row()).toEqual(before)
  await poller.stop()
  await scene.close()
}, 60_000)

describe('by time alone, where the sweeper hangs and the clock is moved by another process', () => {
  let weekly: Gateway
  let monthly: Gateway
  let besides: ReadonlyMap<Gateway, SilentLedger>

  beforeAll(async () => {
    const intervals = { pollEveryMs }
    weekly = await startGateway({ intervals })
    monthly = await startGateway({ intervals, catalog: 'catalogs/videogen.yaml' })
    const opened = [weekly, monthly].map(async (gateway, index): Promise<[Gateway, SilentLedger]> => {
      const catalog = ['catalogs/wevion.yaml', 'catalogs/videogen.yaml'][index]
      return [gateway, await openSilentLedger(gateway.databaseUrl, catalog)]
    })
    besides = new Map(await Promise.all(opened))
    for (const silent of besides.values()) await silent.hangSweeper()
  })
  afterAll(async () => {
    for (const [gateway, silent] of besides ?? []) {
      await silent.close()
      await gateway.close()
    }
  })

  function silentOf(gateway: Gateway): SilentLedger {
    const silent = besides.get(gateway)
    if (silent === undefined) throw new Error('There is no ledger beside this gateway')
    return silent
  }

  /** A pill of the team, a little before time alone changes it. */
  async function shortlyBefore(gateway: Gateway, team: string): Promise<Watch<Balances>> {
    const watched = watch<Balances>(gateway, team, balances)
    await watched.next()
    const silent = silentOf(gateway)
    await silent.setClock((await silent.nextBoundary(team)) - beforehandMs)
    return watched
  }

  const untilPosted = (gateway: Gateway, team: string) =>
    expect.poll(() => silentOf(gateway).due(), { timeout: 10_000 }).not.toContain(team)

  test("a hold's deadline, with its event", async () => {
    await makeTeam(weekly.url, 'deadline')
    const watched = watch<Balances>(weekly, 'deadline', balances)
    await watched.next()
    const told = watch<Events>(weekly, 'deadline', events)
    const timeout = told.until(({ accountEvents }) => accountEvents.type === 'CREDITS_RELEASED')
    await hold(weekly.url, 'deadline', 2)
    expect((await watched.next()).balance).toEqual(shows('49900', '100'))
    expect((await watched.next()).balance).toEqual(shows('50000'))
    expect((await timeout).accountEvents.balance.available).toBe('50000')
  })

  test("the end of a grant, and the week's deposit", async () => {
    await makeTeam(weekly.url, 'expiry')
    const { asOf } = await balanceOf(weekly.url, 'expiry')
    const deposit = await silentOf(weekly).nextBoundary('expiry')
    const expiresAt = new Date((Date.parse(asOf) + deposit) / 2).toISOString()
    await grant(weekly.url, 'expiry', '700', { expiresAt })
    const expiring = await shortlyBefore(weekly, 'expiry')
    expect((await expiring.next()).balance).toEqual(shows('50000'))
    await untilPosted(weekly, 'expiry')

    await spend(weekly.url, 'expiry')
    const resetting = await shortlyBefore(weekly, 'expiry')
    expect((await resetting.until(({ balance }) => balance.available === '50000')).balance).toEqual(shows('50000'))
    await untilPosted(weekly, 'expiry')
  })

  test("a day's storage, and the month's deposit", async () => {
    const { database } = silentOf(monthly)
    await makeTeam(monthly.url, 'storing', 'free')
    await grant(monthly.url, 'storing', '100000')
    await database.pool.query(`update account set top_ups_enabled = true where team_id = 'storing'`)
    const store = (amount: string) =>
      mutate(monthly.url, 'setStoredAmount', { teamId: 'storing', rate: 'storage.flexible', amount })
    expect(await store('100000')).toMatchObject({ __typename: 'Team' })
    const closing = await shortlyBefore(monthly, 'storing')
    expect(Number((await closing.next()).balance.available)).toBeLessThan(100_300)
    await untilPosted(monthly, 'storing')

    await store('0')
    await silentOf(monthly).setClock((await silentOf(monthly).nextBoundary('storing')) + 1)
    await untilPosted(monthly, 'storing')
    const { available } = await balanceOf(monthly.url, 'storing')
    const resetting = await shortlyBefore(monthly, 'storing')
    const seen = await resetting.until(({ balance }) => balance.available !== available)
    expect(Number(seen.balance.available)).toBeGreaterThan(Number(available))
    await untilPosted(monthly, 'storing')
  })

  test('a watched team does not wait for thousands that nobody watches, whoever posts those', async () => {
    const silent = silentOf(weekly)
    const crowd = Array.from({ length: 4_000 }, (_, index) => `crowd-${index}`)
    await silent.submit(crowd, plan)
    await makeTeam(weekly.url, 'watched')
    await spend(weekly.url, 'watched')
    const watched = await shortlyBefore(weekly, 'watched')
    silent.letSweep()
    await watched.until(({ balance }) => balance.available === '50000')
    await expect.poll(() => silent.due(), { timeout: 60_000 }).toEqual([])
    const { rows } = await silent.database.pool.query(`
      select count(*)::int as later from entry crowd join entry own using (effective_at, type)
      where own.team_id = 'watched' and own.type = 'GRANT' and crowd.team_id like 'crowd-%' and crowd.posted_at > own.posted_at`)
    expect(rows[0].later).toBeGreaterThan(2_000)
    await silent.hangSweeper()
  }, 120_000)
})
