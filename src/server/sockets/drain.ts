import type { Server, ServerResponse } from 'node:http'
import { Server as Listener } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { serviceRestart } from './close-codes.ts'
import type { Socket } from './socket.ts'
import type { Sockets } from './websocket-server.ts'

const withinMs = 10_000
/** All clients at once would come back at once, to the gateways that are left. */
const batches = 20
const batchSize = 50
const batchEveryMs = 100

/** Requests under way; `streaming` are those that would not end by themselves. */
export type Answering = { readonly all: ReadonlySet<ServerResponse>; readonly streaming: ReadonlySet<ServerResponse> }

/**
 * Ends the server's work in at most about 10 seconds: takes nothing new, answers what it has taken, closes sockets with
 * 1012 (come back), each after its queries and mutations are answered, and cuts off event streams, whose clients come back,
 * too: in jittered batches over about two seconds. Whatever is not done by then is cut off.
 */
export async function drain(server: Server, sockets: Sockets, answering: Answering): Promise<void> {
  const overdue = new AbortController()
  const timer = setTimeout(() => overdue.abort(), withinMs)
  // Node counts a connection as idle whose answer has ended, even while most of it is not sent: `Server.close` cuts it off.
  const closed = new Promise<void>((resolve) => Listener.prototype.close.call(server, () => resolve()))
  const closeIdle = () => {
    if (![...answering.all].some(isBeingSent)) server.closeIdleConnections()
  }
  sockets.refuse()
  for (const response of answering.all) {
    if (!response.headersSent) response.setHeader('Connection', 'close')
    response.once('close', () => setImmediate(closeIdle))
  }
  closeIdle()
  await Promise.race([
    Promise.all([sayGoodbye([...sockets.open], [...answering.streaming]), closed]),
    aborted(overdue.signal),
  ])
  clearTimeout(timer)
  sockets.end()
  server.closeAllConnections()
}

async function sayGoodbye(sockets: readonly Socket[], streaming: readonly ServerResponse[]): Promise<void> {
  const goodbyes = [
    ...sockets.map((socket) => () => closeSocket(socket)),
    ...streaming.map((response) => async () => response.socket?.destroySoon()),
  ]
  const size = Math.max(batchSize, Math.ceil(goodbyes.length / batches))
  const gone: Promise<void>[] = []
  for (let first = 0; first < goodbyes.length; first += size) {
    if (first > 0) await delay(batchEveryMs * (0.5 + Math.random()))
    gone.push(...goodbyes.slice(first, first + size).map((goodbye) => goodbye()))
  }
  await Promise.all(gone)
}

async function closeSocket(socket: Socket): Promise<void> {
  if (socket.readyState === socket.CLOSED) return
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await socket.answered()
  socket.line.close(serviceRestart, 'The gateway restarts: connect again')
  await closed
}

const isBeingSent = ({ writableEnded, writableFinished }: ServerResponse) => writableEnded && !writableFinished

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
