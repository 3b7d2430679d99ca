import { createApp } from './app.ts'
import { readConfig } from './config.ts'

/** Faults that their message explains: a stack would only hide it. */
const explained = new Set([
  'ConfigError',
  'CatalogError',
  'DataDirError',
  'EmbeddedPostgresError',
  'DatabaseUnavailable',
  'DatabaseTooNew',
  'MigrationFailed',
  'CannotListen',
  'CannotStart',
])

const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  const config = readConfig(process.env)
  const app = await createApp(config, { progress: say })

  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    say(`${signal}: answering what was accepted, then stopping (again: stop at once)`)
    await app.close().catch((error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
      process.exitCode = 1
    })
    // A connection that was given up on would keep the process alive.
    process.exit()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  say(`Credits Gateway is at ${app.url}`)
  if (config.auth.by !== 'jwks') {
    say(`
  A token:  npm run -s token -- --team demo --member ana --role admin
  Try it:   curl -s ${app.url}/graphql -H "authorization: Bearer $(npm run -s token -- --team demo --member ana --role admin)" \\
              -H 'content-type: application/json' -d '{"query":"{ team { name balance { label available held } } }"}'`)
  }
} catch (error) {
  const plain = error instanceof Error && explained.has(error.name)
  process.stderr.write(`${plain ? error.message : error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
}
