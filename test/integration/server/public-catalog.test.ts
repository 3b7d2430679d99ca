import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { maxAnonymousDocumentCharacters } from '../../../src/server/operations/anonymous.ts'
import { ask, type Gateway, production, startGateway, tokenFor } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

const stripe = {
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  STRIPE_API_URL: 'http://127.0.0.1:9',
}
const budget = 2_000
let gateway: Gateway
let closed: Gateway
let narrow: Gateway
beforeAll(async () => {
  const env = async () => ({ ...stripe, ...(await production()) })
  ;[gateway, closed, narrow] = await Promise.all([
    startGateway({ env: await env() }),
    startGateway({ env: { ...(await env()), CATALOG: 'catalogs/aivah.yaml' } }),
    startGateway({ env: { ...(await env()), BUDGET_ANONYMOUS: `${budget}` } }),
  ])
  await makeTeam(gateway.url, 'priced')
})
afterAll(() => Promise.all([gateway?.close(), closed?.close(), narrow?.close()]))

const pricing = `{
  plans { id code name topUp contact allowances { credits every perSeat } addOn { credits price { amount currency } } }
  packages { id code credits price { amount } pricePer1000 { amount } approxMessages }
  rateCard { version effectiveFrom categories { code rates { code credits money { amount } per unit requires } } } }`

async function post(query: string, { url } = gateway): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}
const get = async (query: string, { url } = gateway) =>
  (await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers: { accept: 'application/json' } })).text()
async function overSocket(query: string, { url } = gateway): Promise<string> {
  const socket = await RawSocket.open(url)
  await socket.init()
  socket.subscribe('1', query)
  const text = JSON.stringify(await socket.next())
  socket.terminate()
  return text
}
const transports: [string, (query: string, at?: Gateway) => Promise<string>][] = [
  ['POST', async (query, at) => (await post(query, at)).text],
  ['GET', get],
  ['a WebSocket', overSocket],
]

describe('the catalog, where it is public', () => {
  test.each(transports)('is told to nobody as it is to a viewer, by %s', async (_, send) => {
    const viewer = await tokenFor({ team: 'priced', role: 'VIEWER' })
    const { data } = await ask(gateway.url, pricing, {}, viewer)
    const told = JSON.parse(await send(pricing))
    expect((told.payload ?? told).data).toEqual(data)
    expect((told.payload ?? told).data.packages.length).toBeGreaterThan(0)
  })

  test.each(transports)('is all that nobody is told, by %s', async (_, send) => {
    for (const field of [
      'team { id }',
      'viewer { role }',
      'estimate(usage: []) { __typename }',
      'teams { nodes { id } }',
      '__schema { types { name } }',
    ]) {
      const text = await send(`{ plans { id } ${field} }`)
      expect([field, text.includes('UNAUTHENTICATED'), text.includes('plans')]).toEqual([field, true, false])
    }
  })

  test.each(transports)('is read by documents of at most 2,000 characters, by %s', async (_, send) => {
    const longest = `{ plans { id } }${' '.repeat(maxAnonymousDocumentCharacters - '{ plans { id } }'.length)}`
    expect(await send(longest)).toContain('plans')
    expect(await send(`${longest} `)).toContain('UNAUTHENTICATED')
  })

  test('is the present one alone', async () => {
    expect((await post('{ rateCard(at: "2026-01-01T00:00:00Z") { version } }')).text).toContain('UNAUTHENTICATED')
  })

  test('costs an address points of its budget', async () => {
    const answers = []
    for (let time = 0; time < 200; time += 1) {
      const { status, headers } = await post(pricing, narrow)
      answers.push(status)
      expect(headers.get('ratelimit-limit')).toBe(`${budget}`)
      if (status === 429) break
    }
    expect(answers).toContain(200)
    expect(answers.at(-1)).toBe(429)
  })

  test('offers nobody a purchase', async () => {
    const { packages } = JSON.parse((await post('{ packages { purchasable } }')).text).data
    expect(packages.some(({ purchasable }: { purchasable: boolean }) => purchasable)).toBe(false)
  })
})

const publish = 'mutation ($input: PublishCatalogInput!) { publishCatalog(input: $input) { __typename } }'

describe('the catalog, where it is not public', () => {
  test.each(transports)('is told to nobody, by %s', async (_, send) => {
    for (const field of ['plans', 'packages', 'customTopUp', 'rateCard'])
      expect(await send(`{ ${field} { __typename } }`, closed)).toContain('UNAUTHENTICATED')
  })

  test('is shown once a public one is published, and no longer after the next', async () => {
    const source = await readFile('catalogs/aivah.yaml', 'utf8')
    const open = source.replace(/^name: (.*)$/m, 'name: $1\npublic: true')
    const isToldNow = async () => (await post('{ plans { id } }', closed)).text.includes('"plans":[')
    for (const [text, isTold] of [
      [open, true],
      [source, false],
    ] as const) {
      const { data } = await ask(closed.url, publish, { input: { source: text } })
      expect(data).toEqual({ publishCatalog: { __typename: 'PublishedCatalog' } })
      await vi.waitUntil(async () => (await isToldNow()) === isTold, { timeout: 15_000, interval: 100 })
    }
  })
})
