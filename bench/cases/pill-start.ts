import type { Browser } from 'playwright-core'
import { signToken } from '../../src/access/tokens.ts'
import { startBrowser } from '../../test/browser/chromium.ts'
import { serveSite } from '../../test/browser/site.ts'
import type { Case } from '../figure.ts'
import { makeTeams, withGround } from '../ground.ts'
import { startProcess, stopProcess } from '../processes.ts'

const secret = 'a secret for benchmarks alone with 32 bytes and more'
const loads = 15

/**
 * From the script tag to the live number, on a page of another origin, with nothing in the browser's caches, and from them. The baseline is an
 * empty page of the same site: what the browser needs for anything.
 */
export const pillStart: Case = {
  name: 'pill-start',
  run: ({ progress }) =>
    withGround(async ({ ledger, url, dataDir }) => {
      const [team] = await makeTeams(ledger, 1)
      const env = { DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0', AUTH_SECRET: secret, LOG_LEVEL: 'warn' }
      const gateway = await startProcess<{ url: string }>('http-process.ts', ['real'], env)
      const token = await signToken(secret, { member: 'bench', team, role: 'viewer' }, 3600)
      const site = await startSite(gateway.first.url, token)
      const browser = await startBrowser()
      try {
        await loadTimes(browser, site.url, false)
        const fresh = median(await loadTimes(browser, site.url, false))
        const kept = median(await loadTimes(browser, site.url, true))
        const empty = median(await emptyTimes(browser, `${site.url}/empty`))
        progress(`fresh ${fresh.toFixed(0)} ms, kept ${kept.toFixed(0)} ms, an empty page ${empty.toFixed(0)} ms`)
        return [
          figure('script tag to live number, nothing kept ÷ an empty page', fresh, empty, 150),
          figure('the same, with the script in the cache', kept, empty, 150),
        ]
      } finally {
        await browser.close()
        await site.close()
        await stopProcess(gateway.child)
      }
    }),
}

const figure = (what: string, measured: number, baseline: number, aimMs: number) => ({
  what: `${what} (aim ${aimMs} ms)`,
  measured: `${measured.toFixed(0)} ms`,
  baseline: `${baseline.toFixed(0)} ms`,
  ratio: measured / baseline,
  goal: null,
})

/** `window.shown`: when the number was there, in ms from the script tag on. */
const host = (gateway: string, token: string) => `<!doctype html><meta charset="utf-8"><title>Host</title>
<script>
  const begun = performance.now()
  const look = () => {
    const pill = document.querySelector('credits-pill')?.shadowRoot?.querySelector('.number')
    if (/\\d/.test(pill?.textContent ?? '')) window.shown = performance.now() - begun
    else requestAnimationFrame(look)
  }
  look()
</script>
<script type="module" src="${gateway}/pill.js"></script>
<credits-pill endpoint="${gateway}" token="${token}"></credits-pill>`

const startSite = (gateway: string, token: string) =>
  serveSite(({ url }, response) => {
    const empty = '<!doctype html><title>Empty</title>'
    response.setHeader('content-type', 'text/html').end(url === '/empty' ? empty : host(gateway, token))
  })

async function loadTimes(browser: Browser, url: string, kept: boolean): Promise<number[]> {
  const times: number[] = []
  let context = await browser.newContext({ locale: 'en-US' })
  for (let count = 0; count < loads; count += 1) {
    if (!kept) {
      await context.close()
      context = await browser.newContext({ locale: 'en-US' })
    }
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForFunction('window.shown !== undefined')
    times.push(await page.evaluate<number>('window.shown'))
    await page.close()
  }
  await context.close()
  return times
}

/** From the beginning of the navigation to its load event. */
async function emptyTimes(browser: Browser, url: string): Promise<number[]> {
  const times: number[] = []
  for (let count = 0; count < loads; count += 1) {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(url)
    times.push(await page.evaluate<number>('performance.getEntriesByType("navigation")[0].loadEventStart'))
    await context.close()
  }
  return times
}

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN
