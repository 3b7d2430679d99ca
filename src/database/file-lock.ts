import { chmod } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

const locked = 5
const pollMs = 25

/**
 * Runs `run` while this process, and within it this call, is the only one that holds the lock file `path`.
 *
 * The operating system lets go of the lock when its holder dies, even by kill -9, so it can't be stale and needs no
 * heartbeat. Node has no file locks of its own but SQLite has: an exclusive transaction in an empty database is one.
 * Callers wait in no order. `path` must be on a file system with working locks (NFS often isn't).
 */
export async function withFileLock<T>(path: string, run: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    while (!acquired(lock)) await delay(pollMs)
    // Uses the path: closing any other descriptor of this file would drop the process's lock (POSIX).
    await chmod(path, 0o600)
    return await run()
  } finally {
    lock.close()
  }
}

function acquired(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === locked) return false
    throw error
  }
}
