import { type Alarms, openAlarms } from './alarms.ts'
import { type Clock, openClock } from './clock.ts'
import { type Database, openDatabase } from './database.ts'
import { type Objects, openObjects } from './objects.ts'
import { openSettings, type Settings } from './settings.ts'

/** All that survives a restart, apart from deliveries. */
export type Store = {
  readonly database: Database
  readonly settings: Settings
  readonly objects: Objects
  readonly clock: Clock
  readonly alarms: Alarms
}

/** Opens the store in the directory; null: in memory. */
export function openStore(dir: string | null): Store {
  const database = openDatabase(dir)
  const settings = openSettings(database)
  return {
    database,
    settings,
    objects: openObjects(database),
    clock: openClock(settings),
    alarms: openAlarms(database),
  }
}
