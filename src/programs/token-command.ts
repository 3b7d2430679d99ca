import { resolve } from 'node:path'
import type { Config } from '../config.ts'

const defaultDataDir = resolve(import.meta.dirname, '../../data')

/**
 * The command that prints a token which a gateway of this config takes, for a terminal that has none of its
 * environment; null where an identity provider signs. A secret of the environment is never printed: its place is.
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

/** As a POSIX shell reads it back. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
