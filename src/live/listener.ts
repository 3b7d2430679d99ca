import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'

const firstPauseMs = 50
const longestPauseMs = 2_000
/** A connection can die without a word; asking it now and then is the only way to notice. */
const proofEveryMs = 5_000
const proofWithinMs = 5_000

export type ListenerOptions = {
  readonly url: string
  readonly channel: string
  readonly log: Logger
  heard(payload: string): void
  /** The connection is back: what was sent meanwhile was not heard. */
  missed(): void
}

/**
 * Listens on a connection of its own, made anew with growing pauses of at most two seconds whenever it is lost; one that
 * hangs is noticed within ten. Resolves after the first attempt, whether it succeeded or not.
 */
export async function keepListening(options: ListenerOptions): Promise<{ close(): Promise<void> }> {
  const { log, missed } = options
  const closing = new AbortController()
  const { signal } = closing
  let connection = await connect(options).catch(() => null)

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      if (connection !== null) await untilLost(connection, signal)
      if (signal.aborted) break
      log.warn('The connection that hears other gateways is lost; making it again')
      connection = await reconnect(options, signal)
      if (connection !== null) {
        log.info('Other gateways are heard again')
        missed()
      }
    }
    await connection?.end().catch(() => undefined)
  }
  const kept = keep()
  return {
    async close() {
      closing.abort()
      await kept
    },
  }
}

async function reconnect(options: ListenerOptions, signal: AbortSignal): Promise<pg.Client | null> {
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await delay(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return null
    const client = await connect(options).catch(() => null)
    if (client !== null) return client
  }
  return null
}

async function connect({ url, channel, heard }: ListenerOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'credits-gateway hints',
    connectionTimeoutMillis: proofWithinMs,
    query_timeout: proofWithinMs,
    keepAlive: true,
  })
  // Without a listener a lost connection would end the process; 'end' follows it.
  client.on('error', () => undefined)
  client.on('notification', ({ payload = '' }) => heard(payload))
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
    return client
  } catch (error) {
    client.end().catch(() => undefined)
    throw error
  }
}

async function untilLost(client: pg.Client, signal: AbortSignal): Promise<void> {
  let proof: NodeJS.Timeout | undefined
  await new Promise<void>((resolve) => {
    client.once('end', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    proof = setInterval(() => {
      client.query('select 1').catch(resolve)
    }, proofEveryMs)
  })
  clearInterval(proof)
  if (!signal.aborted) client.end().catch(() => undefined)
}
