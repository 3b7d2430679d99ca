import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { createPillToken } from './credits-token.ts'

/** `node serve.ts FOLDER`: a small backend. It serves the pages of a folder, and tokens for their pills. */
const folder = resolve(process.argv[2] ?? '.')
const port = process.env.PORT ?? '3000'
const origin = `http://127.0.0.1:${port}`
const gateway = process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

async function textOf(path: string): Promise<string | null> {
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
  if (!file.startsWith(folder + sep)) return null
  // The examples name the gateway of `npm start`.
  return readFile(file, 'utf8').then(
    (text) => text.replaceAll('http://127.0.0.1:4000', gateway),
    () => null,
  )
}

const server = createServer(async ({ method, url = '/' }, response) => {
  const { pathname } = new URL(url, origin)
  if (method === 'POST' && pathname === '/api/credits-token') {
    // Your own session says who is signed in.
    const token = await createPillToken('ana', origin).catch((error: Error) => error)
    if (typeof token === 'string') response.end(token)
    else response.writeHead(502).end(token.message)
    return
  }
  const text = await textOf(pathname)
  const type = types[extname(pathname)] ?? (pathname.endsWith('/') ? 'text/html' : 'text/plain')
  response.writeHead(text === null ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(text ?? 'Not found')
})
server.listen(Number(port), '127.0.0.1', () => console.log(`${origin} shows ${folder}`))
