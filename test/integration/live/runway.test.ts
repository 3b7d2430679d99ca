import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { advanceClock, grant, makeTeam, mutate, resultOf } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

/* The free plan deposits 200 credits; an avatar costs 20 a minute. */

type Balance = { available: string; held: string; runwaySeconds: number | null; asOf: string }
type Alert = { state: string; balance: Balance }
const fields = 'available held runwaySeconds asOf'
const pill = `subscription { balance { ${fields} } }`
const alarm = `subscription { lowBalance { state balance { ${fields} } } }`

let gateway: Gateway
let url: string
let clients: Client[] = []

beforeAll(async () => {
  gateway = await startGateway({ env: { CATALOG: 'catalogs/aivah.yaml' } })
  url = gateway.url
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  clients = []
})

afterAll(() => gateway?.close())

function watch<Data>(teamId: string, query: string): Watch<Data> {
  const client = connect(url, { team: teamId, role: 'VIEWER' })
  clients.push(client)
  return new Watch<Data>(client, query)
}

const talk = (minutes: string) => [{ rate: 'conversation.avatar', quantity: minutes }]

/** An open hold of the team, of `minutes`, which alone would never be low. */
async function conversation(teamId: string, minutes: string): Promise<string> {
  await makeTeam(url, teamId, 'free')
  const threshold = `mutation ($teamId: ID) { result: setLowBalanceThreshold(input: { credits: "0.5", teamId: $teamId }) { __typename } }`
  resultOf(await ask(url, threshold, { teamId }))
  const { id } = await mutate(url, 'holdCredits', { teamId, usage: talk(minutes), expiresInSeconds: 3600 })
  return id ?? ''
}

/** When it was charged. */
async function capture(holdId: string, minutes: string): Promise<number> {
  const query = `mutation ($input: CaptureHoldInput!) { result: captureHold(input: $input) { ... on Charge { at } } }`
  const input = { holdId, usage: talk(minutes), idempotencyKey: `${holdId} ${minutes}` }
  return Date.parse(resultOf<{ at: string }>(await ask(url, query, { input })).at)
}

const seconds = (cutOff: number, { asOf }: Balance) => Math.floor((cutOff - Date.parse(asOf)) / 1000)

describe('the pill of a live session', () => {
  test('counts down to the cut-off by the rate card, follows a top-up, and has no runway once it is over', async () => {
    const hold = await conversation('session', '2')
    const watched = watch<{ balance: Balance }>('session', pill)
    expect((await watched.next()).balance).toMatchObject({ available: '160', held: '40', runwaySeconds: null })
    const since = await capture(hold, '0.5')
    // 190 credits at 20 a minute.
    const first = (await watched.next()).balance
    expect(first.runwaySeconds).toBe(seconds(since + 570_000, first))
    expect([569, 570]).toContain(first.runwaySeconds)
    await grant(url, 'session', '20')
    const toppedUp = (await watched.next()).balance
    expect(toppedUp.runwaySeconds).toBe(seconds(since + 630_000, toppedUp))
    await mutate(url, 'settleHold', { holdId: hold, usage: talk('0.1') })
    expect((await watched.next()).balance).toMatchObject({ available: '208', held: '0', runwaySeconds: null })
  })

  test('is sent no value while only time passes', async () => {
    const hold = await conversation('quiet', '5')
    const since = await capture(hold, '1')
    const watched = watch<{ balance: Balance }>('quiet', pill)
    const first = (await watched.next()).balance
    const next = watched.next()
    const later = Date.parse(first.asOf) + 30_000
    await advanceClock(url, new Date(later))
    await capture(hold, '1')
    const query = `query { result: team(id: "quiet") { balance { ${fields} } } }`
    const { balance } = resultOf<{ balance: Balance }>(await ask(url, query))
    expect(balance.runwaySeconds).toBe(seconds(since + 540_000, balance))
    expect(balance.runwaySeconds).toBeLessThanOrEqual((first.runwaySeconds ?? 0) - 30)
    await grant(url, 'quiet', '1')
    expect((await next).balance).toMatchObject({ available: '101' })
    expect(watched.seen).toHaveLength(2)
  })
})

describe('a low-balance subscription', () => {
  test('warns by time alone, 60 seconds before the cut-off, and only once', async () => {
    const hold = await conversation('by-time', '9')
    await mutate(url, 'chargeUsage', { teamId: 'by-time', usage: [{ rate: 'media.speech', quantity: '630' }] })
    const watched = watch<{ lowBalance: Alert }>('by-time', alarm)
    const first = watched.next()
    // 21.1 credits are left: 63.3 seconds, held and available.
    const since = await capture(hold, '8')
    const { state, balance } = (await first).lowBalance
    expect({ state, available: balance.available, held: balance.held }).toEqual({
      state: 'LOW',
      available: '1.1',
      held: '20',
    })
    expect(Date.parse(balance.asOf)).toBeGreaterThanOrEqual(since + 3_300)
    expect(balance.runwaySeconds).toBe(seconds(since + 63_300, balance))
    await capture(hold, '0.01')
    await grant(url, 'by-time', '100')
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'OK', balance: { available: '101.1' } })
    expect(watched.seen).toHaveLength(2)
  })

  test('tells the present state first, goes on with the balance, and is OK once the session is over', async () => {
    const hold = await conversation('both', '9.5')
    await capture(hold, '9')
    const watched = watch<{ lowBalance: Alert }>('both', alarm)
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'LOW', balance: { available: '10', held: '10' } })
    await mutate(url, 'settleHold', { holdId: hold, usage: talk('0.1') })
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'OK', balance: { runwaySeconds: null } })
    await mutate(url, 'chargeUsage', { teamId: 'both', usage: talk('0.89') })
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'LOW', balance: { available: '0.2' } })
    await mutate(url, 'chargeUsage', { teamId: 'both', usage: talk('0.01') })
    expect((await watched.next()).lowBalance.state).toBe('EXHAUSTED')
  })

  test('warns of the cut-off also where the balance was low before, in words of its own', async () => {
    const hold = await conversation('low-before', '2')
    const threshold = `mutation { result: setLowBalanceThreshold(input: { credits: "1000", teamId: "low-before" }) { __typename } }`
    resultOf(await ask(url, threshold))
    type Warning = { lowBalance: { state: string; message: string } }
    const watched = watch<Warning>('low-before', 'subscription { lowBalance { state message } }')
    const first = (await watched.next()).lowBalance
    // 180 credits are left behind the first minute: 9 minutes.
    const since = await capture(hold, '1')
    await advanceClock(url, new Date(since + 9 * 60_000 - 30_000))
    const second = (await watched.next()).lowBalance
    expect([first.state, second.state]).toEqual(['LOW', 'LOW'])
    expect(first.message).not.toContain('seconds')
    expect(second.message).toMatch(/(29|30) seconds/)
  })

  test('hears of it, too, when something else is spent, or the clock is moved', async () => {
    const hold = await conversation('moved', '1')
    const since = await capture(hold, '1')
    const watched = watch<{ lowBalance: Alert }>('moved', alarm)
    await mutate(url, 'chargeUsage', { teamId: 'moved', usage: talk('8.5') })
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'LOW', balance: { available: '10' } })
    await grant(url, 'moved', '200')
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'OK', balance: { available: '210' } })
    await advanceClock(url, new Date(since + 630_000 - 59_000))
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'LOW', balance: { available: '210' } })
  })
})
