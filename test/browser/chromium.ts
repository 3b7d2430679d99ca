import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import chromium, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

export const runsHere = process.platform === 'linux' && process.arch === 'x64'

/** A Chromium that comes with the packages, with the libraries that a bare machine lacks; pages are kept apart as for everybody. */
export async function startBrowser(): Promise<Browser> {
  const [executablePath] = await Promise.all([
    chromium.executablePath(),
    inflate(resolve('node_modules/@sparticuz/chromium/bin/al2023.tar.br')),
  ])
  const env = { ...process.env, LD_LIBRARY_PATH: join(tmpdir(), 'al2023', 'lib') }
  return playwright.launch({ args: ['--no-sandbox'], executablePath, env })
}
