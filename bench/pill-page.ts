import type { Browser } from 'playwright-core'
import { signToken } from '../src/access/tokens.ts'
import type { TeamId } from '../src/domain/identity.ts'
import { startBrowser } from '../test/browser/chromium.ts'
import { serveSite } from '../test/browser/site.ts'
import { type Ground, makeTeams, withGround } from './bench-ledger.ts'
import { startProcess, stopProcess } from './processes.ts'

const secret = 'a secret for benchmarks alone with 32 bytes and more'

/** A page of another origin with a pill on it, as its reader meets it: the gateway is a process of its own. `/empty` is beside it. */
export type PillPage = {
  readonly browser: Browser
  readonly url: string
  readonly team: TeamId
  readonly ledger: Ground['ledger']
}

export function withPillPage<T>(use: (page: PillPage) => Promise<T>): Promise<T> {
  return withGround(async ({ ledger, url, dataDir }) => {
    const [team] = await makeTeams(ledger, 1)
    if (team === undefined) throw new Error('No team was made')
    const env = { DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0', AUTH_SECRET: secret, LOG_LEVEL: 'warn' }
    const gateway = await startProcess<{ url: string }>('http-process.ts', ['real'], env)
    const token = await signToken(secret, { member: 'bench', team, role: 'admin' }, 3600)
    const site = await serveSite(({ url: path }, response) => {
      const empty = '<!doctype html><title>Empty</title>'
      response.setHeader('content-type', 'text/html').end(path === '/empty' ? empty : host(gateway.first.url, token))
    })
    const browser = await startBrowser()
    try {
      return await use({ browser, url: site.url, team, ledger })
    } finally {
      await browser.close()
      await site.close()
      await stopProcess(gateway.child)
    }
  })
}

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

export const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN
