import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authSecret } from '../../src/access/auth-secret.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'credits-secret-'))
})

afterEach(() => rm(dataDir, { recursive: true, force: true }))

test('a secret that was set is used and nothing is written', async () => {
  expect(await authSecret({ auth: { by: 'secret', secret: 'given' }, dataDir })).toBe('given')
  const jwks = { by: 'jwks', url: 'https://id.example.com', issuer: 'i', audience: 'a' } as const
  expect(await authSecret({ auth: jwks, dataDir })).toBeUndefined()
  expect(await readdir(dataDir)).toEqual([])
})

test('gateways that start together end with the same secret, kept for its owner alone', async () => {
  const auth = { by: 'kept-secret' } as const
  const secrets = await Promise.all(
    Array.from({ length: 20 }, () => authSecret({ auth, dataDir: join(dataDir, 'new') })),
  )
  expect(new Set(secrets).size).toBe(1)
  expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(await readdir(join(dataDir, 'new'))).toEqual(['auth-secret'])
  expect((await stat(join(dataDir, 'new/auth-secret'))).mode & 0o777).toBe(0o600)
  expect((await readFile(join(dataDir, 'new/auth-secret'), 'utf8')).trim()).toBe(secrets[0])
})

test('a damaged secret is refused instead of signing with less', async () => {
  await writeFile(join(dataDir, 'auth-secret'), 'abc')
  await expect(authSecret({ auth: { by: 'kept-secret' }, dataDir })).rejects.toThrow(/damaged; delete it/)
})
