import pino from 'pino'
import { startEmbedded } from '../../src/database/embedded.ts'

/** A gateway's share of the embedded PostgreSQL in a process of its own, which a test can kill. */
const [dataDir = ''] = process.argv.slice(2)
try {
  const postgres = await startEmbedded(dataDir, pino({ level: 'silent' }), {
    settings: { fsync: 'off', shared_buffers: '16MB' },
  })
  process.once('message', async () => {
    await postgres.release()
    process.disconnect()
  })
  process.send?.({ url: postgres.url })
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) })
  process.disconnect()
}
