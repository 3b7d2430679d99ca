import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Failure } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { type ApiParts, answerCall } from './api.ts'
import { decodeForm, type FormFields } from './form.ts'
import { document, html, type PageRoute } from './pages.ts'

const maxBytes = 1_000_000
/** Longer than its users keep an idle connection, so that it is not closed under a request. */
const keptAliveMs = 120_000
const loopback = '127.0.0.1'
/** A page elsewhere can have its own name resolve to this machine, and would then read the answers. */
const hostOfThisMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i
const headersOfAll = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

export type ServerParts = {
  readonly api: ApiParts
  readonly pages: readonly PageRoute[]
  readonly transact: <T>(run: (work: Work) => T) => T
  /** Answers what is below `/sandbox/`. */
  readonly control: (call: {
    readonly method: string
    readonly path: string
    readonly body: string
    readonly authorization: string | undefined
  }) => Promise<Control>
}

export type Control = { readonly status: number; readonly body: unknown }

/** Listens on loopback only; a preferred port that is taken is replaced by a free one. */
export async function listen(parts: ServerParts, port: number, preferred: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(parts, request, response).catch((error) => {
      parts.api.log(error)
      response.destroy()
    })
  })
  server.keepAliveTimeout = keptAliveMs
  const tryPort = (number: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(number, loopback, () => {
        server.off('error', reject)
        resolve()
      })
    })
  if (port !== 0) await tryPort(port)
  else await tryPort(preferred).catch(() => tryPort(0))
  return server
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request
  for (const [name, value] of Object.entries(headersOfAll)) response.setHeader(name, value)
  if (!hostOfThisMachine.test(headers.host ?? loopback)) {
    return sendJson(response, 421, { error: 'The sandbox is for this machine alone: use 127.0.0.1 or localhost' })
  }
  const { pathname: path, search } = new URL(request.url ?? '/', `http://${loopback}`)
  const body = await read(request)
  if (body === undefined) {
    response.writeHead(413).end()
    return
  }
  if (path.startsWith('/sandbox/')) {
    const { status, body: told } = await parts.control({ method, path, body, authorization: headers.authorization })
    return sendJson(response, status, told)
  }
  const form = formOf(method === 'POST' ? body : search.slice(1))
  if (form instanceof Failure) return sendJson(response, form.status, { error: form.body })
  if (path.startsWith('/v1/')) {
    const key = headers['idempotency-key']
    const idempotencyKey = typeof key === 'string' && key !== '' ? key : undefined
    await answerCall(parts.api, { method, path, form, authorization: headers.authorization, idempotencyKey }, response)
    return
  }
  showPage(parts, { method, path, form }, response)
}

function formOf(text: string): FormFields | Failure {
  try {
    return decodeForm(text)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

type PageCall = { readonly method: string; readonly path: string; readonly form: FormFields }

function showPage(parts: ServerParts, { method, path, form }: PageCall, response: ServerResponse): void {
  for (const route of parts.pages) {
    const [, id] = (route.method === method ? route.path.exec(path) : null) ?? []
    if (id === undefined) continue
    const answered = parts.transact((work) => route.run(work, form, decodeURIComponent(id)))
    if ('location' in answered) response.writeHead(303, { Location: answered.location }).end()
    else sendHtml(response, answered.status ?? 200, answered.html)
    return
  }
  sendHtml(response, 404, document('Not found', html`<p>There is no such page.</p>`))
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function sendHtml(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(text)
}

async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
