import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import pino from 'pino'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openDatabase } from '../../src/database/open.ts'
import { makeFolder } from './folders.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The test run's PostgreSQL as its superuser, with the migrated database `template_ledger`. */
    postgresUrl: string
  }
}

/** Nothing of a test run outlives it, so nothing waits for the disk. */
const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB' }
/** A file may start eight gateways, and the files of all workers share the server. */
const roomy = { max_connections: 400 }
/** Its tables are never counted, so PostgreSQL takes them for small and reads whole ones: here it plans as for large ones. */
const planning = { enable_seqscan: 'off' }

/** One server for all projects of a run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const root = project.vitest.getRootProject()
  if (root.getProvidedContext().postgresUrl !== undefined) return undefined
  const dataDir = await makeFolder('credits-test-')
  const log = pino({ level: 'warn' })
  const postgres = await startEmbedded(dataDir, log, { settings: { ...careless, ...roomy, ...planning } })
  const teardown = async () => {
    await postgres.release()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const url = await superuserUrl(postgres.url, dataDir)
    await migratedTemplate(url, log)
    root.provide('postgresUrl', url)
  } catch (error) {
    await teardown()
    throw error
  }
  return teardown
}

/** Tests make databases, and tamper with rows as the gateway's own role can't. */
async function superuserUrl(url: string, dataDir: string): Promise<string> {
  const password = (await readFile(join(dataDir, 'postgres-password'), 'utf8')).trim()
  return Object.assign(new URL(url), { username: 'postgres', password }).href
}

async function migratedTemplate(serverUrl: string, log: pino.Logger): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query('create database template_ledger')
  await admin.end()
  const url = new URL(serverUrl)
  url.pathname = '/template_ledger'
  const database = await openDatabase({ url: url.href, poolSize: 2, log })
  await migrate(database).finally(() => database.close())
}
