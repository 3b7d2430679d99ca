import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'demo')
})
afterAll(() => gateway?.close())

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${gateway.url}${path}`, { headers })

describe('a page', () => {
  test('comes with a policy that lets no other host in, and is asked for anew', async () => {
    const { status, headers } = await get('/')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/html/)
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
    )
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('has the same policy where the browser has it already', async () => {
    const first = await get('/')
    const again = await get('/', { 'if-none-match': first.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
    expect(again.headers.get('content-security-policy')).toBe(first.headers.get('content-security-policy'))
  })

  test('has scripts that a browser may keep for ever, compressed', async () => {
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await (await get('/')).text())?.[1] ?? ''
    const { status, headers } = await get(script, { 'accept-encoding': 'br' })
    expect([status, headers.get('content-encoding')]).toEqual([200, 'br'])
    expect(headers.get('cache-control')).toContain('immutable')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })

  test.each(['/nothing', '/..%2fpackage.json', '/assets/', '/payment/', '/payment.html', '/constructor', '/__proto__'])(
    'is not at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )

  test('takes nothing', async () => {
    expect((await fetch(gateway.url, { method: 'POST', body: 'x' })).status).toBe(404)
  })
})

test('what is not there is not kept', async () => {
  const { status, headers } = await get('/assets/nothing-12345678.js')
  expect([status, headers.get('cache-control')]).toEqual([404, 'no-store'])
})

test('the script of the pill may be loaded by any site', async () => {
  const { status, headers } = await get('/pill.js', { origin: 'https://shop.example' })
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')])
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
})

describe('the session of the demo', () => {
  const signIn = (query: string, method = 'POST') => fetch(`${gateway.url}/demo/session?${query}`, { method })

  test.each([
    ['member=ana&role=admin', 'ADMIN'],
    ['member=ben&role=viewer', 'VIEWER'],
    ['role=platform', 'PLATFORM'],
  ])('signs in with %s', async (query, role) => {
    const { token } = (await (await signIn(query)).json()) as { token: string }
    const { data, errors } = await ask(gateway.url, '{ viewer { role } }', {}, token)
    expect([data, errors]).toEqual([{ viewer: { role } }, undefined])
  })

  test.each(['role=owner', 'member=ANA', `member=${'a'.repeat(21)}`])('refuses %s', async (query) => {
    expect((await signIn(query)).status).toBe(400)
  })

  test('answers no other site', async () => {
    const { headers } = await fetch(`${gateway.url}/demo/session`, {
      method: 'POST',
      headers: { origin: 'http://localhost:5173' },
    })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect((await signIn('role=admin', 'GET')).status).toBe(405)
  })
})
