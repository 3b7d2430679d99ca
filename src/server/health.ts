import type { KeySetState } from '../access/key-set.ts'
import type { Database } from '../database/open.ts'
import { migrationNames } from '../migrations/names.ts'
import { json } from './json.ts'
import type { Route } from './route.ts'

const patienceMs = 2_000

/** The process is alive, whatever else is not: restarting it would help only where this doesn't answer. */
export const healthz: Route = (_request, response) => json(response, 200, { status: 'alive' })

/** Without its identity provider a gateway is ready all the same: it serves API keys, and another gateway has no keys either. */
const warnings: Readonly<Record<KeySetState, string | undefined>> = {
  READ: undefined,
  LAST_KNOWN: 'the identity provider is out of reach; its last known keys verify for an hour',
  UNKNOWN: 'the identity provider is out of reach; requests with its tokens are answered with 503',
}

/** Whether requests should be sent here: the database answers within 2 seconds and has every migration of this build. */
export function readyz(database: Database, draining: () => boolean, keySetState: () => KeySetState | null): Route {
  /** However many ask, the database is asked once at a time. */
  let asking: Promise<string | null> | null = null
  const ask = () => {
    asking ??= faultOf(database).finally(() => {
      asking = null
    })
    return asking
  }
  return async (_request, response) => {
    const reason = draining() ? 'stopping' : await ask()
    const warning = warnings[keySetState() ?? 'READ']
    if (reason === null) json(response, 200, { status: 'ready', warning })
    else json(response, 503, { status: 'not ready', reason })
  }
}

async function faultOf({ pool }: Database): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, patienceMs, 'the database does not answer')
  })
  const asked = pool
    .query('select count(distinct name)::int as ran from mikro_orm_migrations where name = any($1)', [migrationNames])
    .then(({ rows }) => (rows[0]?.ran === migrationNames.length ? null : 'the database is not migrated'))
    .catch(() => 'the database is out of reach')
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
