import { flushCompileCache } from 'node:module'
import { readConfig } from './config.ts'
import { runProgram } from './programs/run-program.ts'
import { tokenCommand } from './programs/token-command.ts'
import { stopRequest } from './stop-request.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const stopping = stopRequest(() => process.exit(1))

await runProgram(async () => {
  const config = readConfig(process.env)
  // A wrong setting is reported before the modules of the gateway are loaded, which takes more than a second.
  const { createApp } = await import('./app.ts')
  const app = await createApp(config, { progress: say })

  stopping.then(async (reason) => {
    say(`${reason}: answering what was accepted, then stopping (again: stop at once)`)
    await app.close().catch((error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
      process.exitCode = 1
    })
    // A connection that was given up on would keep the process alive.
    process.exit()
  })

  say(`Credits Gateway is at ${app.url}`)
  // Where NODE_COMPILE_CACHE is set, the next start is faster also after a kill, at which Node would write nothing.
  flushCompileCache()
  const command = tokenCommand(config)
  if (command !== null) {
    say(`
  A token:  ${command}
  Try it:   curl -s ${app.url}/graphql -H "authorization: Bearer $(${command})" \\
              -H 'content-type: application/json' -d '{"query":"{ team { name balance { label available held } } }"}'`)
  }
  return true
})
