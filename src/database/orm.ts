import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import type pg from 'pg'
import type { Logger } from 'pino'
import { entities } from '../entities/index.ts'
import { migrations } from '../migrations/index.ts'

const maxConnections = 2

/** MikroORM with every entity and migration. Import this module only when needed: loading it takes a third of a start. */
export function openOrm(url: string, connection: pg.PoolConfig, log: Logger): Promise<MikroORM> {
  return MikroORM.init({
    entities,
    clientUrl: url,
    // MikroORM reads only parts of the URL; pg reads all, also sslmode.
    driverOptions: connection,
    pool: { min: 0, max: maxConnections },
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, silent: true },
    logger: (message) => log.debug({ source: 'mikro-orm' }, message),
    colors: false,
  })
}
