import { randomUUID } from 'node:crypto'
import type { Database } from '../store/database.ts'
import type { Settings } from '../store/settings.ts'

/** One process at a time delivers, so that the order holds; another takes over when it has ended. */
export type Lease = { hold(): boolean; release(): void }

export function openLease(database: Database, settings: Settings): Lease {
  const mine = `${process.pid} ${randomUUID()}`
  const name = 'webhooks.deliverer'
  return {
    hold: () =>
      settings.get(name) === mine ||
      database.transaction(() => {
        const holder = settings.get(name)
        if (holder !== undefined && isAlive(Number(holder.split(' ')[0]))) return false
        settings.set(name, mine)
        return true
      }),
    release() {
      if (settings.get(name) === mine) settings.remove(name)
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
