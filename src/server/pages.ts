import { existsSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import sirv from 'sirv'
import { pathOf } from './http.ts'
import { json } from './json.ts'
import type { Route } from './route.ts'

export const builtPages = resolve(import.meta.dirname, '../../dist/pages')

/** Scripts come from the gateway alone. Components set styles of their own, which is no way in for a script. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data: blob:",
  "connect-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Any site may load these: they have no secret, and work by the token that the site hands them. */
const isEmbeddable = (path: string) => path === '/pill.js' || path.startsWith('/elements/')
/** Their names change with their content. */
const isImmutable = (path: string) => path.startsWith('/assets/') || path.startsWith('/elements/')
const isPage = (path: string) => !path.includes('.') || path.endsWith('.html')

/** The demo signs everybody in, so it is not for production. */
const isDemo = (path: string) => path === '/' || path === '/index.html'
/** A form that `/payment` fills in. */
const isForm = (path: string) => /^\/payment[/.]/.test(path)

/**
 * The built pages: `/billing` is `billing.html`. They read and write by the public API alone. In development the files may change while
 * the gateway runs; in production the demo is not served.
 */
export function servePages(folder: string, development: boolean): Route {
  if (!existsSync(folder)) {
    return (_request, response) =>
      json(response, 404, {
        message: 'There is nothing at this path. If it is a page: build the pages with `npm run build`',
      })
  }
  const files = sirv(folder, { dev: development, etag: true, gzip: true, brotli: true })
  return (request, response) => {
    const path = pathOf(request)
    const nothing = () => {
      response.setHeader('Cache-Control', 'no-store')
      json(response, 404, { message: 'There is nothing at this path' })
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return nothing()
    if (isForm(path) || (!development && isDemo(path))) return nothing()
    // Before the file is looked for: an answer 304 has them, too, and a browser takes them for those of what it kept.
    setHeaders(response, path)
    files(request, response, nothing)
  }
}

function setHeaders(response: ServerResponse, path: string): void {
  response.setHeader('Cache-Control', isImmutable(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (isEmbeddable(path)) {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  }
  if (isPage(path)) response.setHeader('Content-Security-Policy', pagePolicy)
}
