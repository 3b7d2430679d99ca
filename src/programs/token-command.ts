import { resolve } from 'node:path'
import type { Config } from '../config.ts'

const defaultDataDir = resolve(import.meta.dirname, '../../data')

/**
 * The command that prints a token which a gateway of this config accepts, for a terminal without the gateway's
 * environment; null: an identity provider signs tokens. A secret of the environment is never printed, only its place.
 */
export function tokenCommand({ auth, dataDir }: Pick<Config, 'auth' | 'dataDir'>): string | null {
  const command = 'npm run -s token -- --team demo --member ana --role admin'
  switch (auth.by) {
    case 'jwks':
      return null
    case 'secret':
      // Where the variable is missing, the shell says so, and no other secret signs instead.
      return `AUTH_SECRET="\${AUTH_SECRET:?as the gateway has it}" ${command}`
    case 'kept-secret':
      return dataDir === defaultDataDir ? command : `DATA_DIR=${quoted(dataDir)} ${command}`
  }
}

/** The text, quoted for a POSIX shell. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
