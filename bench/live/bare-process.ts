import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { answerAsks } from './asks.ts'
import { machineMs } from './clock.ts'
import { changesFor, memoryNow, processorMs, roundsFor } from './drives.ts'

/* `ws` and nothing else: whoever says hello and subscribes gets a text, and then what is sent to all. */

const [, , text = ''] = process.argv
const greeting = JSON.stringify({ type: 'connection_ack' })
const sockets: WebSocket[] = []
const server = createServer()
const webSockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: 64 * 1024,
  handleProtocols: () => 'graphql-transport-ws',
})
webSockets.on('connection', (socket) => {
  socket.on('message', (message) => {
    if (String(message).includes('connection_init')) return socket.send(greeting)
    sockets.push(socket)
    socket.send(text)
  })
})

let revision = 0
const next = () => {
  revision += 1
  return text.replace(/("revision":"?)\d+/, `$1${revision}`)
}

/** Resolves when all of it has left this process. */
const toAll = async () => {
  const message = next()
  let left = sockets.length
  await new Promise<void>((resolve) => {
    for (const socket of sockets) socket.send(message, () => --left === 0 && resolve())
  })
  await nextTurn()
  return revision
}

const toOne = (team: string) => {
  const at = machineMs()
  sockets[Math.floor(Math.random() * sockets.length)]?.send(next())
  return { team, revision, at }
}

answerAsks((ask) => {
  switch (ask.ask) {
    case 'memory':
      return memoryNow()
    case 'processor':
      return processorMs()
    case 'rounds':
      return roundsFor(ask.seconds, toAll)
    case 'changes':
      return changesFor(ask.teams, ask.seconds, toOne)
    case 'charges':
      throw new Error('There is nothing to charge')
  }
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
process.once('disconnect', () => process.exit())
