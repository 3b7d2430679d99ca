import { createClient } from '@redis/client'
import { unlessLate } from '../../concurrency/pauses.ts'
import { type HintConnection, proofMs } from './keep-connected.ts'

export type RedisConnection = HintConnection & {
  readonly client: ReturnType<typeof clientOf>
  /** Rejects where the answer takes too long. */
  inTime<T>(asked: Promise<T>): Promise<T>
}

/**
 * One connection that speaks RESP3, so that it can publish and listen. It does not reconnect by itself: `keepConnected`
 * opens another one. Open requests on a connection that ends are rejected.
 */
export async function openRedisConnection(url: string, replyTimeoutMs = proofMs): Promise<RedisConnection> {
  const client = clientOf(url, replyTimeoutMs)
  const inTime = <T>(asked: Promise<T>): Promise<T> =>
    unlessLate(asked, replyTimeoutMs, () => {
      throw new Error(`Redis did not answer within ${replyTimeoutMs / 1000} seconds`)
    })
  const over = new Promise((resolve) => client.once('end', resolve).once('terminated', resolve))
  // Without a listener a lost connection would end the process; 'terminated' comes before it.
  client.on('error', () => undefined)
  try {
    await inTime(client.connect())
  } catch (error) {
    client.destroy()
    throw error
  }
  return { client, over, inTime, prove: () => inTime(client.ping()), close: async () => client.destroy() }
}

/** The client's own timeouts end when a command has been written; a server that hangs later is for `prove` to notice. */
const clientOf = (url: string, connectTimeout: number) =>
  createClient({
    url,
    RESP: 3,
    name: 'credits-gateway',
    socket: { reconnectStrategy: false, connectTimeout },
    commandOptions: { timeout: undefined },
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    disableClientInfo: true,
  })
