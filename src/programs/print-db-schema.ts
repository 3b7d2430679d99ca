import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { describeSchema } from '../database/describe-schema.ts'
import { startEmbedded } from '../database/embedded.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase } from '../database/open.ts'

/** `npm run print-db-schema`: writes docs/schema.sql, from a new database that is deleted afterwards. */
const dataDir = await mkdtemp(join(tmpdir(), 'credits-schema-'))
const log = pino({ level: 'warn' })
try {
  const postgres = await startEmbedded(dataDir, log)
  try {
    const database = await openDatabase({ url: postgres.url, log })
    try {
      await migrate(database)
      await writeFile(new URL('../../docs/schema.sql', import.meta.url), await describeSchema(database))
    } finally {
      await database.close()
    }
  } finally {
    await postgres.release()
  }
} finally {
  await rm(dataDir, { recursive: true, force: true })
}
