import { chmod, mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from './errors.ts'

/** `DATA_DIR` can't be used as it is; the message says why and what to do next. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError'
}

/** Makes the directory (mode 0700, or 0711 for root, whose PostgreSQL runs as another user) and proves that it can be written. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    const made = await makeDirectory(resolve(dataDir))
    if (process.getuid?.() === 0) await letOthersPass(resolve(dataDir), made ?? resolve(dataDir))
    const probe = join(dataDir, `.probe-${process.pid}-${Math.random().toString(36).slice(2)}`)
    await (await open(probe, 'wx', 0o600)).close()
    await rm(probe, { force: true })
  } catch (error) {
    throw dataDirError(dataDir, error)
  }
}

/**
 * The first directory that was made on the way, if any. Not Node's `recursive`: below /proc it never ends, and on a
 * read-only file system it names the wrong fault.
 */
async function makeDirectory(path: string): Promise<string | undefined> {
  if (await stat(path).catch(unlessMissing)) return undefined
  const made = await makeDirectory(dirname(path))
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    // Another gateway that starts was faster.
    if (codeOf(error) !== 'EEXIST') throw error
  }
  return made ?? path
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

/** An error of the file system below `dataDir` as one that says what to do; any other error unchanged. */
export function dataDirError(dataDir: string, error: unknown): unknown {
  const code = codeOf(error)
  if (!(error instanceof Error) || !('syscall' in error) || code === undefined) return error
  const reason = reasons[code] ?? error.message
  return new DataDirError(
    `DATA_DIR ${dataDir} can't be used: ${reason} (${code}). Set DATA_DIR to a directory that this user can write, or DATABASE_URL to a PostgreSQL that you run`,
    { cause: error },
  )
}

const reasons: Record<string, string> = {
  EACCES: 'this user has no permission to write there',
  EPERM: 'this user has no permission to write there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'part of the path is a file, not a directory',
  ENOENT: 'the path does not exist and could not be made',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
}

/** From the deepest directory up to the first one that we made: the PostgreSQL user must reach its data below. */
async function letOthersPass(dataDir: string, first: string): Promise<void> {
  for (let path = dataDir; ; path = dirname(path)) {
    const { mode } = await stat(path)
    if ((mode & 0o011) !== 0o011) await chmod(path, (mode & 0o7777) | 0o011)
    if (path === first) return
  }
}

/** The nearest directory at or above `path` that the user may not pass, if any. */
export async function blockedAt(path: string, user: { uid: number; gid: number }): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at)
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & needed) === 0) return at
    if (at === dirname(at)) return undefined
  }
}
