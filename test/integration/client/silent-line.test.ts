import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type AccountEvent, createCreditsClient } from '../../../web/client/index.ts'
import { blockingProxy } from '../../setup/blocking-proxy.ts'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { Arrivals, statesOf } from './watching.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway?.close())

// Both wait for the production times of the client, and therefore wait together.
test.concurrent.each(['WebSockets', 'event streams'])(
  'over %s, a line that falls silent is noticed within half a minute, and made anew',
  async (way) => {
    const team = `silent ${way}`
    await makeTeam(gateway.url, team)
    const line = await blockingProxy(gateway.url)
    onTestFinished(() => line.close())
    line.letSockets(way === 'WebSockets')
    const client = createCreditsClient({ url: `${line.url}/graphql`, token: () => tokenFor({ team }) })
    onTestFinished(() => client.close())
    const events = new Arrivals<AccountEvent>()
    const states = statesOf(client)
    client.balance.subscribe(() => undefined)
    client.events.subscribe(events.take)

    await states.until((state) => state === 'live')
    line.fallSilent()
    await charge(gateway.url, team)
    // The value shown was confirmed too long ago to pass for one that was lost a moment ago.
    expect(await states.next()).toBe('stale')
    expect(await states.next()).toBe('live')
    await events.next()
    expect(events.seen.map(({ type }) => type)).toEqual(['CREDITS_CHARGED'])
  },
)
