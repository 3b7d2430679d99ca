import { type Site, serveSite } from './site.ts'

export type HostPage = Site & {
  /** How many tokens the site's backend has signed. */
  readonly tokens: () => number
}

/** A style that resets all elements of a page, as many sites have, and more. */
const reset = `*, *::before, *::after { margin: 9px !important; padding: 7px; border: 3px solid red; box-sizing: content-box;
  font: italic 40px/3 serif; color: red; background: yellow; letter-spacing: 1em; text-transform: uppercase; display: block; float: left }
button, span, a { all: unset; font-size: 60px !important; position: absolute }`

/**
 * The policy of a careful site: only its own scripts and those that they load, no inline style, no text that becomes
 * code.
 */
const policy = (gateway: string) =>
  [
    "default-src 'none'",
    "script-src 'strict-dynamic' 'nonce-of-this-page'",
    "style-src 'self'",
    `connect-src 'self' ${gateway} ${gateway.replace('http', 'ws')}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')

const page = (gateway: string, attributes: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>A product</title>
<link rel="stylesheet" href="/reset.css">
<script type="module" nonce="of-this-page" src="${gateway}/pill.js"></script>
</head>
<body><main><h1>A product</h1><credits-pill ${attributes}></credits-pill></main></body>
</html>`

/**
 * A product's own site, of another origin than the gateway. Its query gives the attributes of a pill. `/token` answers
 * a POST with the result of `sign`.
 */
export async function startHostPage(gatewayUrl: () => string, sign: () => Promise<string>): Promise<HostPage> {
  let tokens = 0
  const site = await serveSite(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site')
    if (pathname === '/token' && request.method === 'POST') {
      tokens += 1
      // The gateway may be away just now.
      const token = await sign().catch(() => null)
      response.writeHead(token === null ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ token }))
    } else if (pathname === '/reset.css') response.writeHead(200, { 'content-type': 'text/css' }).end(reset)
    else if (pathname === '/') {
      const attributes = [...searchParams].map(([name, value]) => `${name}='${value}'`).join(' ')
      const headers = { 'content-type': 'text/html', 'content-security-policy': policy(gatewayUrl()) }
      response.writeHead(200, headers).end(page(gatewayUrl(), attributes))
    } else response.writeHead(204).end()
  })
  return { ...site, tokens: () => tokens }
}
