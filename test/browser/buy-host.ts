import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { type Site, serveSite } from './site.ts'

/** The strictest policy of a page: only its own scripts and those that they load, no inline style, Trusted Types. */
const policyFor = (gateway: string) =>
  [
    "default-src 'none'",
    "script-src 'nonce-host' 'strict-dynamic'",
    "style-src 'self'",
    `connect-src ${gateway} ${gateway.replace('http', 'ws')}`,
    'img-src data:',
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')

const reset = `
* { all: unset !important; box-sizing: content-box !important; font: 40px/3 monospace !important; color: magenta !important }
html { font-size: 62.5% !important }
credits-buy, dialog, button { display: none !important }
body, button#open { display: block !important }`

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A product</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/reset.css">
<main><h1>A product</h1><button id="open" type="button">Buy</button></main>
<script type="module" nonce="host" src="/host.js"></script>
</html>`

/** Another site that embeds the dialog, with the strictest policy and a style that changes everything it reaches. */
export async function startBuyHost(gateway: () => string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'credits-buy-'))
  await build({
    configFile: false,
    logLevel: 'error',
    // As for production, whatever NODE_ENV the tests have.
    resolve: { conditions: ['browser', 'module', 'production'] },
    build: {
      outDir: folder,
      rolldownOptions: { input: resolve('test/browser/buy-host-script.ts'), output: { entryFileNames: 'host.js' } },
    },
  })
  const script = await readFile(join(folder, 'host.js'))
  const site = await serveSite(({ url }, response) => {
    const path = new URL(url ?? '/', 'http://host').pathname
    const files: Record<string, readonly [type: string, body: string | Buffer]> = {
      '/host.js': ['text/javascript', script],
      '/reset.css': ['text/css', reset],
      '/': ['text/html', page],
    }
    const [type, body] = files[path] ?? ['text/plain', '']
    const policy = { 'content-security-policy': policyFor(gateway()) }
    response.writeHead(path in files ? 200 : 404, { 'content-type': type, ...policy }).end(body)
  })
  return {
    url: site.url,
    async close() {
      await site.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
