import pg from 'pg'
import { announcedProcess } from './announced-process.ts'

/** The server answers, and the gateway can't work with it; the message says what to change. */
export class DatabaseUnsuitable extends Error {
  override readonly name = 'DatabaseUnsuitable'
}

/** The oldest major version that a run of the tests starts. Source: test/integration/server/oldest-postgres.test.ts. */
const oldestVersion = 15
/** Each round looks at two sessions. Other clients of a pooler can hide what one round would show. */
const rounds = 10
const queryTimeoutMs = 5_000

type Server = { readonly version: number; readonly name: string; readonly process: number }

const describeServer = `select current_setting('server_version_num')::int as version,
  current_setting('server_version') as name, pg_backend_pid() as process`

/**
 * Checks what a connection leads to: a version that is tested, and a session that stays the same. One statement, unless
 * a pooler answers; then up to thirty.
 *
 * @throws {DatabaseUnsuitable}
 */
export async function assertSuitable(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<Server>(describeServer)
  const [server] = rows
  if (server === undefined) return
  const { hostname, port, pathname } = new URL(url)
  const where = `The database at ${hostname}:${port || 5432}${pathname}`
  if (server.version < oldestVersion * 10_000) {
    throw new DatabaseUnsuitable(
      `${where} is PostgreSQL ${server.name}; the gateway needs ${oldestVersion} or later: upgrade that server, or set DATABASE_URL to a later one`,
    )
  }
  if (server.process === announcedProcess(client)) return
  if (await sharesSessions(client, url)) {
    throw new DatabaseUnsuitable(
      `${where} is behind a pooler that changes sessions between transactions; the gateway needs its sessions for prepared statements, locks and LISTEN: set pool_mode=session for this database in PgBouncer, or set DATABASE_URL to PostgreSQL itself`,
    )
  }
}

/** Whether a pooler gives a session to others, or gives it another one, while its client is connected. */
async function sharesSessions(client: pg.Client, url: string): Promise<boolean> {
  const waits = { connectionTimeoutMillis: queryTimeoutMs, query_timeout: queryTimeoutMs }
  const other = new pg.Client({ connectionString: url, ...waits })
  // Without a listener a lost connection would end the process.
  other.on('error', () => undefined)
  try {
    await other.connect()
    const first = await processOf(client)
    for (let round = 0; round < rounds; round += 1) {
      // Twice in a row: a pooler that gives out its connections in turn gives another one.
      if ((await processOf(client)) !== first || (await processOf(client)) !== first) return true
      if ((await processOf(other)) === first) return true
    }
    return false
  } finally {
    await other.end().catch(() => undefined)
  }
}

async function processOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ process: number }>('select pg_backend_pid() as process')
  return rows[0]?.process
}
