import pg from 'pg'
import { type HintConnection, proofMs } from './keep-connected.ts'

export type ListenerOptions = {
  readonly url: string
  readonly channel: string
  heard(payload: string): void
  readonly queryTimeoutMs?: number
}

/** A connection of its own that listens; `keepConnected` makes it anew when it is lost. */
export async function openListener(options: ListenerOptions): Promise<HintConnection> {
  const { url, channel, heard, queryTimeoutMs = proofMs } = options
  const client = new pg.Client({
    connectionString: url,
    application_name: 'credits-gateway hints',
    connectionTimeoutMillis: queryTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  })
  const over = new Promise((resolve) => client.once('end', resolve))
  // Without a listener a lost connection would end the process; 'end' follows it.
  client.on('error', () => undefined)
  client.on('notification', ({ payload = '' }) => heard(payload))
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
  } catch (error) {
    client.end().catch(() => undefined)
    throw error
  }
  return { over, prove: () => client.query('select 1'), close: () => client.end() }
}
