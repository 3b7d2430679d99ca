import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { decodeForm } from '../src/http/form.ts'
import { openSandbox } from '../src/sandbox.ts'
import { openScene } from './scene.ts'

type Answer = { status: number | undefined; headers: IncomingHttpHeaders; text: string }

const get = (url: string, headers: Record<string, string> = {}) =>
  new Promise<Answer>((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
      .once('error', reject)
      .end()
  })

test('A host that is not this machine is refused, whatever is asked', async () => {
  const { sandbox } = await openScene()
  const authorization = `Bearer ${sandbox.secretKey}`
  for (const path of ['/v1/customers', '/sandbox/clock', '/checkout/cs_test_1', '/']) {
    for (const host of [
      'evil.example',
      'evil.example:80',
      'localhost.evil.example',
      '10.0.0.1',
      '127.0.0.1.evil.example',
    ]) {
      const { status, text } = await get(`${sandbox.url}${path}`, { host, authorization })
      expect([path, host, status]).toEqual([path, host, 421])
      expect(text).not.toContain('evil')
    }
  }
  for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:80', '127.9.9.9', '[::1]:80']) {
    expect((await get(`${sandbox.url}/sandbox/clock`, { host, authorization })).status).toBe(200)
  }
})

test('Every answer forbids storing, sniffing and framing it', async () => {
  const { sandbox } = await openScene()
  for (const path of ['/v1/customers', '/sandbox/clock', '/checkout/cs_test_1', '/nothing']) {
    expect((await get(`${sandbox.url}${path}`)).headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
  }
})

test('A form has bounded numbers of fields and of brackets', async () => {
  const list = (length: number) => Array.from({ length }, (_, index) => `expand[]=${index}`).join('&')
  expect(Object.entries(decodeForm(list(1_000)).expand ?? {}).at(-1)).toEqual(['999', '999'])
  expect(() => decodeForm(list(1_001))).toThrow('at most 1000')
  const nested = (depth: number) => `a${'[b]'.repeat(depth)}=c`
  expect(JSON.stringify(decodeForm(nested(10)))).toContain('{"b":"c"}')
  expect(() => decodeForm(nested(11))).toThrow('at most 10')

  const { sandbox } = await openScene()
  for (const body of [list(50_000), nested(300_000)]) {
    const answer = await fetch(`${sandbox.url}/v1/customers`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${sandbox.secretKey}`, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }])
  }
})

test('What it keeps is for its owner alone, also where an earlier release made it', async () => {
  const dir = join(await mkdtemp(join(tmpdir(), 'sandbox-')), 'sandbox')
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const modes = async () => {
    const paths = [dir, ...(await readdir(dir)).map((name) => join(dir, name))]
    return Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o077))
  }
  const first = await openSandbox({ dir })
  expect(await modes()).toEqual([0, 0, 0, 0])
  await chmod(dir, 0o755)
  for (const name of await readdir(dir)) await chmod(join(dir, name), 0o644)
  const second = await openSandbox({ dir })
  expect(await modes()).toEqual([0, 0, 0, 0])
  await Promise.all([first.close(), second.close()])
})
