import { type CreditsClient, createCreditsClient } from '@credits-gateway/client'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Arrivals } from '../integration/client/watching.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import { makeProject, type Project, snippet } from './project.ts'
import { newTeam } from './scene.ts'

let gateway: Gateway
let project: Project
let server: ViteDevServer
let origin: string

beforeAll(async () => {
  gateway = await startGateway()
  const config = snippet('recipes', '## Vite', 'ts').replace('http://127.0.0.1:4000', gateway.url)
  project = await makeProject({ 'vite.config.ts': config, 'index.html': '<span id="pill"></span>' })
  server = await createServer({ root: project.folder, logLevel: 'error', server: { port: 0, host: '127.0.0.1' } })
  await server.listen()
  origin = new URL(server.resolvedUrls?.local[0] ?? '').origin
})

afterAll(async () => {
  await server?.close()
  await project?.remove()
  await gateway?.close()
})

let credits: CreditsClient | undefined
afterEach(() => credits?.close())

/** The origin of the page, which browsers send with each request and socket. The gateway does not know it. */
const pageOrigin = 'http://shop.test:5173'
class PageSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { origin: pageOrigin })
  }
}
const pageFetch: typeof fetch = (input, init) =>
  fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), origin: pageOrigin } })

test.each([
  ['sockets', PageSocket],
  ['event streams', null],
])('a page of the development server has requests, and a live balance by %s', async (_, webSocketImpl) => {
  const { team, member } = await newTeam(gateway)
  const url = `${origin}/graphql`
  credits = createCreditsClient({
    url,
    token: () => tokenFor(member),
    fetch: pageFetch,
    webSocketImpl: webSocketImpl as never,
  })
  const shown = new Arrivals<string>()
  credits.balance.subscribe(({ available }) => shown.take(available))
  await shown.until((available) => available === '50000')
  await charge(gateway.url, team)
  await shown.until((available) => available === '49900')
  expect(await credits.request('{ team { balance { available } } }')).toMatchObject({
    team: { balance: { available: '49900' } },
  })
})
