import { createClient as createSseClient } from 'graphql-sse'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import {
  advanceClock,
  type BalanceSeen,
  balanceOf,
  charge,
  grant,
  hold,
  makeTeam,
  mutate,
} from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const query = 'subscription ($teamId: ID) { balance(teamId: $teamId) { available held revision state asOf } }'
type Seen = { balance: BalanceSeen }

let gateway: Gateway
let url: string
let clients: Client[] = []

beforeAll(async () => {
  gateway = await startGateway()
  url = gateway.url
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  clients = []
})

afterAll(() => gateway?.close())

function watch(teamId: string): Watch<Seen> {
  const client = connect(url, { team: teamId, role: 'VIEWER' })
  clients.push(client)
  return new Watch<Seen>(client, query)
}

const shows = (available: string, held = '0') => expect.objectContaining({ available, held })

describe('a balance subscription', () => {
  test('gives the balance at once, then follows each change', async () => {
    await makeTeam(url, 'follows')
    const watched = watch('follows')
    expect((await watched.next()).balance).toEqual(shows('50000'))

    const charged = await charge(url, 'follows')
    expect((await watched.next()).balance).toEqual(shows('49900'))
    const held = await hold(url, 'follows')
    expect((await watched.next()).balance).toEqual(shows('49800', '100'))
    await mutate(url, 'settleHold', { holdId: held.id })
    expect((await watched.next()).balance).toEqual(shows('49800', '0'))
    await grant(url, 'follows', '5000')
    expect((await watched.next()).balance).toEqual(shows('54800'))
    await mutate(url, 'refundCharge', { teamId: 'follows', chargeId: charged.id, reason: 'blank' })
    expect((await watched.next()).balance).toEqual(shows('54900'))
  })

  test('never goes back, and ends at the truth, while many spend', async () => {
    await makeTeam(url, 'busy')
    const watched = watch('busy')
    await watched.next()
    await Promise.all(Array.from({ length: 200 }, () => charge(url, 'busy')))
    await watched.until(({ balance }) => balance.available === '30000')
    const revisions = watched.seen.map(({ balance }) => balance.revision)
    expect(revisions).toEqual([...new Set(revisions)].sort((one, other) => one - other))
    expect(revisions.at(-1)).toBe((await balanceOf(url, 'busy')).revision)
  })

  test('says so when only the threshold changes', async () => {
    await makeTeam(url, 'threshold')
    const watched = watch('threshold')
    expect((await watched.next()).balance.state).toBe('OK')
    const change = `mutation { result: setLowBalanceThreshold(input: { credits: "60000", teamId: "threshold" }) { __typename } }`
    await ask(url, change)
    expect((await watched.next()).balance.state).toBe('LOW')
  })

  test('shows the end of a hold by time alone, without anybody asking', async () => {
    await makeTeam(url, 'timeout')
    const watched = watch('timeout')
    await watched.next()
    await hold(url, 'timeout', 1)
    expect((await watched.next()).balance).toEqual(shows('49900', '100'))
    expect((await watched.next()).balance).toEqual(shows('50000', '0'))
  })

  test('is refused for a team that is not the own one, exactly as for one that does not exist', async () => {
    await makeTeam(url, 'foreign')
    const client = connect(url, { team: 'follows', role: 'ADMIN' })
    clients.push(client)
    const refusalFor = (teamId: string) =>
      new Watch(client, query, { teamId }).next().catch((error: Error) => error.message.replaceAll(teamId, '…'))
    const refusal = await refusalFor('foreign')
    expect(refusal).toMatch(/code/)
    expect(await refusalFor('nowhere')).toBe(refusal)
  })

  test('is refused without a token', async () => {
    const client = connect(url, {}, { connectionParams: {} })
    clients.push(client)
    await expect(new Watch(client, query).next()).rejects.toThrow('UNAUTHENTICATED')
  })

  test('reaches the stock client of graphql-sse just as well', async () => {
    await makeTeam(url, 'sse')
    const authorization = `Bearer ${await tokenFor({ team: 'sse', role: 'VIEWER' })}`
    const client = createSseClient({ url: `${url}/graphql`, headers: { authorization } })
    const results = client.iterate({ query })
    expect((await results.next()).value.data.balance).toEqual(shows('50000'))
    await charge(url, 'sse')
    expect((await results.next()).value.data.balance).toEqual(shows('49900'))
    await results.return?.()
    client.dispose()
  })
})

describe('by time alone', () => {
  test('an expiry and the next deposit reach the watcher when their instant comes', async () => {
    await makeTeam(url, 'calendar')
    const { asOf } = await balanceOf(url, 'calendar')
    const expiresAt = new Date(Date.parse(asOf) + 3_600_000)
    await grant(url, 'calendar', '700', { expiresAt: expiresAt.toISOString() })
    const watched = watch('calendar')
    expect((await watched.next()).balance).toEqual(shows('50700'))
    await advanceClock(url, new Date(expiresAt.getTime() + 1_000))
    expect((await watched.next()).balance).toEqual(shows('50000'))
    await charge(url, 'calendar')
    await watched.until(({ balance }) => balance.available === '49900')
    await advanceClock(url, new Date(expiresAt.getTime() + 8 * 86_400_000))
    await watched.until(({ balance }) => balance.available === '50000')
  })
})

describe('two gateways on one database', () => {
  test("see each other's changes", async () => {
    const other = await startGateway({ databaseUrl: gateway.databaseUrl })
    try {
      await makeTeam(url, 'shared')
      const watched = watch('shared')
      await watched.next()
      await charge(other.url, 'shared')
      expect((await watched.next()).balance).toEqual(shows('49900'))
      await charge(other.url, 'shared')
      expect((await watched.next()).balance).toEqual(shows('49800'))
    } finally {
      await other.close()
    }
  })
})
