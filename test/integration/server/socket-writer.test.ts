import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { SocketWriter } from '../../../src/server/sockets/socket-writer.ts'

let server: WebSocketServer

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
})

afterAll(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

async function pair() {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [socket, request] = (await once(server, 'connection')) as [WebSocket, IncomingMessage]
  return { client, socket, line: new SocketWriter(socket, request.socket) }
}

test('a line that was full often listens to no more than one that never was', async () => {
  const { line, socket } = await pair()
  const before = socket.listenerCount('close')
  // More than the operating system takes at once.
  const text = 'x'.repeat(20_000_000)
  for (let count = 0; count < 12; count += 1) {
    line.send('', text, '')
    expect(line.free).toBe(false)
    expect(await Promise.all([line.freed(), line.freed()])).toEqual([true, true])
  }
  expect(socket.listenerCount('close')).toBe(before)
})

test('a reason that is too long is told as far as it fits, in whole characters', async () => {
  const { client, line } = await pair()
  const closed = once(client, 'close')
  line.close(4400, `x${'🪙'.repeat(100)}`)
  line.close(1008, 'too late')
  const [code, reason] = await closed
  expect([code, String(reason)]).toEqual([4400, `x${'🪙'.repeat(30)}`])
  expect([line.closedWith, line.open, await line.freed()]).toEqual([4400, false, false])
})
