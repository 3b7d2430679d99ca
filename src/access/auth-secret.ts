import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { prepareDataDir } from '../database/data-dir.ts'

/**
 * The secret that signs tokens (HS256), or undefined when a key set alone verifies them. Without one in the environment it is made
 * once and kept in `dataDir/auth-secret` (mode 0600); gateways that start together end with the same one.
 *
 * @throws {DataDirError} when `dataDir` can't be written; {@link Error} when the kept file was damaged.
 */
export async function authSecret(config: Pick<Config, 'auth' | 'dataDir'>): Promise<string | undefined> {
  if (config.auth.by !== 'kept-secret') return config.auth.secret
  await prepareDataDir(config.dataDir)
  const path = join(config.dataDir, 'auth-secret')
  return (await kept(path)) ?? (await make(path))
}

async function make(path: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await file.sync()
    // A link appears complete or not at all, and never over another gateway's secret.
    await link(draft, path).catch(unlessItExists)
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
  const secret = await kept(path)
  if (secret === undefined) throw new Error(`${path} vanished while it was made; start again`)
  return secret
}

async function kept(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Error(`${path} can't be read (${error.code}); let the gateway's user read it, or set AUTH_SECRET`)
  })
  if (text !== undefined && text.trim().length < 32) {
    throw new Error(`${path} is damaged; delete it to have a new secret made (tokens signed so far stop working)`)
  }
  return text?.trim()
}

function unlessItExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
