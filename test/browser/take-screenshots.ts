import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startBrowser } from './chromium.ts'
import { takePictures } from './scenes.ts'

/** Writes docs/screenshots anew, of a gateway of its own. */
const folder = new URL('../../docs/screenshots/', import.meta.url)
const dataDir = mkdtempSync(join(tmpdir(), 'credits-screenshots-'))
const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' }
const gateway = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
const browser = await startBrowser()
try {
  for await (const line of createInterface(gateway.stdout)) {
    const url = /^Credits Gateway is at (\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    gateway.stdout.resume()
    await takePictures(browser, url, ({ name }, picture) => {
      writeFileSync(new URL(`${name}.png`, folder), picture)
      process.stdout.write(`docs/screenshots/${name}.png\n`)
    })
    break
  }
} finally {
  await browser.close()
  gateway.kill('SIGTERM')
  if (gateway.exitCode === null) await once(gateway, 'exit')
  rmSync(dataDir, { recursive: true, force: true })
}
