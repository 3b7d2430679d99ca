import { createHmac } from 'node:crypto'
import pg from 'pg'
import type { Cluster } from './cluster.ts'

/** The gateway's role in the embedded PostgreSQL, and its database: it owns the database and has no other right. */
export const gatewayRole = 'credits_gateway'

const limits = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'

/** The releases before worked as the superuser, who then owned what they made. Sequences of a column follow their table. */
const takeOver = `
  do $$
  declare
    statement text;
  begin
    for statement in
      select format('alter table %s owner to ${gatewayRole}', c.oid::regclass) from pg_class c
      where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relnamespace = 'public'::regnamespace
        and c.relowner <> '${gatewayRole}'::regrole
        and not exists (select from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))
      union all
      select format('alter routine %s owner to ${gatewayRole}', p.oid::regprocedure) from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.proowner <> '${gatewayRole}'::regrole
    loop
      execute statement;
    end loop;
  end $$`

/** Derived, so that one file is all that a backup of the passwords needs. It tells nothing of the superuser's. */
const passwordOf = ({ password }: Cluster): string => createHmac('sha256', password).update(gatewayRole).digest('hex')

/** The URL that the gateway connects to, as its own role; it contains the password. */
export const gatewayUrl = (cluster: Cluster, port: number, database = gatewayRole): string =>
  `postgres://${gatewayRole}:${passwordOf(cluster)}@127.0.0.1:${port}/${database}`

/**
 * Makes the role and its database, or takes over the database of a release before, with all that is in it. The caller holds the
 * start lock. Where it fails, the next start does it again.
 */
export async function prepareGatewayRole(superuser: pg.Client, cluster: Cluster): Promise<void> {
  // No start waits for the disk: the next one does again what a crash has lost.
  await superuser.query('set synchronous_commit = off')
  const role = await superuser.query('select from pg_roles where rolname = $1', [gatewayRole])
  if (role.rowCount === 0) await superuser.query(`create role ${gatewayRole}`)
  await superuser.query(`alter role ${gatewayRole} ${limits} password '${passwordOf(cluster)}'`)
  const isNew = await createOwnDatabase(superuser, gatewayRole)
  if (!isNew) await superuser.query(`alter database ${gatewayRole} owner to ${gatewayRole}`)

  const { host, port, user } = superuser
  const inside = new pg.Client({ host, port, user, password: cluster.password, database: gatewayRole })
  inside.on('error', () => undefined)
  await inside.connect()
  await inside.query(takeOver).finally(() => inside.end())
}

/** Creates a database of the gateway's role, unless there is one. Returns whether it did. The caller holds the start lock. */
export async function createOwnDatabase(superuser: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await superuser.query('select from pg_database where datname = $1', [name])
  if (rowCount !== 0) return false
  await superuser.query(`create database ${pg.escapeIdentifier(name)} owner ${gatewayRole}`)
  return true
}
