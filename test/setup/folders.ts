import { mkdtemp, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder for a PostgreSQL or a gateway; its user removes it. */
export async function makeFolder(prefix: string): Promise<string> {
  return mkdtemp(join(await fastestFolder(), prefix))
}

/** Memory where it has room: each database is some 400 files, and a disk takes long to make, to sync and to remove them. */
async function fastestFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => null)
  return memory !== null && memory.bavail * memory.bsize > 4 * 1024 ** 3 ? '/dev/shm' : tmpdir()
}
