import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { grant, makeTeam, mutate, resultOf } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const query = 'subscription { lowBalance { state message balance { available } } }'
type Seen = { lowBalance: { state: string; message: string; balance: { available: string } } }

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

/** 15 credits each; the free plan has 500, and is low below 100. */
const spend = (teamId: string, count: number) =>
  mutate(url, 'chargeUsage', {
    teamId,
    usage: [{ rate: 'image.resize' }, { rate: 'tts.openai', quantity: `${count}000` }],
  })

test('an alert level is an event with an e-mail in the words of the catalog', async () => {
  await makeTeam(url, 'levels', 'free')
  const set = `mutation ($input: AlertLevelsInput!) {
    result: setAlertLevels(input: $input) { ... on Team { lastEventId alertLevels { credits isTold } } }
  }`
  const levels = [{ credits: '480' }, { credits: '450.5' }]
  const made = resultOf<{ lastEventId: string; alertLevels: unknown }>(
    await ask(url, set, { input: { teamId: 'levels', levels } }),
  )
  expect(made.alertLevels).toEqual(levels.map((level) => ({ ...level, isTold: false })))
  const client = connect(url, { team: 'levels', role: 'VIEWER' })
  clients.push(client)
  const events = new Watch<{ accountEvents: Record<string, unknown> }>(
    client,
    'subscription ($after: ID) { accountEvents(after: $after) { type message amount email { subject text } } }',
    { after: made.lastEventId },
  )
  await spend('levels', 4)
  expect((await events.next()).accountEvents).toMatchObject({ type: 'CREDITS_CHARGED', email: null })
  const message = '440 Credits left, below your alert at 480 Credits'
  expect((await events.next()).accountEvents).toEqual({
    type: 'BALANCE_BELOW_LEVEL',
    message,
    amount: '480',
    email: { subject: message, text: expect.stringContaining(`Hello levels,\n\n${message}.`) },
  })
  expect((await events.next()).accountEvents).toMatchObject({ amount: '450.5' })
})

describe('a low-balance subscription', () => {
  test('tells the present state first, where it is not OK, and then each crossing once', async () => {
    await makeTeam(url, 'crossing', 'free')
    await spend('crossing', 27)
    const watched = watch('crossing')
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'LOW', balance: { available: '95' } })
    await spend('crossing', 1)
    await spend('crossing', 1)
    await grant(url, 'crossing', '935')
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'OK', balance: { available: '1000' } })
    await spend('crossing', 64)
    expect((await watched.next()).lowBalance.state).toBe('LOW')
    await mutate(url, 'chargeUsage', { teamId: 'crossing', usage: [{ rate: 'image.gpt-image-1-5' }] })
    expect((await watched.next()).lowBalance).toMatchObject({ state: 'EXHAUSTED', balance: { available: '0' } })
  })

  test('is silent while all is well', async () => {
    await makeTeam(url, 'well', 'free')
    const watched = watch('well')
    const first = watched.next()
    await spend('well', 1)
    await spend('well', 27)
    expect((await first).lowBalance.state).toBe('LOW')
    expect(watched.seen).toHaveLength(1)
  })

  test('in two places tells both the same', async () => {
    await makeTeam(url, 'twice', 'free')
    await spend('twice', 27)
    const [one, other] = [watch('twice'), watch('twice')]
    expect(await one.next()).toEqual(await other.next())
    await grant(url, 'twice', '905')
    expect(await one.next()).toEqual(await other.next())
  })
})
