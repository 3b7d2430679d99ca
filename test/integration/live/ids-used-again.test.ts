import { once } from 'node:events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { SharedStream } from '../../../src/live/shared-stream.ts'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { charge, makeTeam } from '../../setup/operator.ts'

const patience = { timeout: 20_000, interval: 50 }

let gateway: Gateway
const streams = new Set<SharedStream<object>>()

beforeAll(async () => {
  const { join } = SharedStream.prototype
  vi.spyOn(SharedStream.prototype, 'join').mockImplementation(function (this: SharedStream<object>, ...args) {
    streams.add(this)
    return join.apply(this, args)
  })
  gateway = await startGateway()
  await makeTeam(gateway.url, 'again')
})
afterAll(async () => {
  await gateway?.close()
  vi.restoreAllMocks()
})

const watchers = () => [...streams].reduce((sum, { watchers }) => sum + watchers, 0)

test('a socket that is gone is not told to, however its ids were used again: with the next change nobody is left', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  await once(socket, 'open')
  const authorization = `Bearer ${await tokenFor({ team: 'again', role: 'VIEWER' })}`
  const send = (message: object) => socket.send(JSON.stringify(message))
  send({ type: 'connection_init', payload: { authorization } })
  await once(socket, 'message')
  const query = 'subscription { balance { available } }'
  send({ id: 'keep', type: 'subscribe', payload: { query } })
  await once(socket, 'message')
  for (let round = 0; round < 60; round += 1) {
    send({ id: '1', type: 'subscribe', payload: { query } })
    await new Promise((resolve) => setTimeout(resolve, (round * 3) % 7))
    send({ id: '1', type: 'complete' })
    if (round % 3 === 0) await charge(gateway.url, 'again')
  }
  socket.terminate()
  await vi.waitFor(async () => {
    await charge(gateway.url, 'again')
    expect(watchers()).toBe(0)
  }, patience)
})
