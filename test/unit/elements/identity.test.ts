import { expect, test } from 'vitest'
import { signToken } from '../../../src/access/tokens.ts'
import { claimsOf, hasEnded, identityOf } from '../../../web/elements/controllers/sharing/identity.ts'
import { Tokens } from '../../../web/elements/controllers/sharing/tokens.ts'

const secret = 'a secret that only this test knows and is long enough'
const sign = (member: string, seconds = 60, team = 'acme') =>
  signToken(secret, { member, role: 'VIEWER', name: undefined, team }, seconds)
const url = 'https://credits.example.com/graphql'
const viewer = async () => ({ memberId: 'ana' })

test('two tokens of one caller have one identity; another caller, team or gateway has another', async () => {
  const own = await identityOf(url, undefined, await sign('ana'), viewer)
  expect(await identityOf(url, undefined, await sign('ana', 600), viewer)).toBe(own)
  for (const other of [
    identityOf(url, undefined, await sign('ben'), viewer),
    identityOf(url, undefined, await sign('ana', 60, 'other'), viewer),
    identityOf('https://other.example.com/graphql', undefined, await sign('ana'), viewer),
    identityOf(url, 'acme', await sign('ana'), viewer),
  ]) {
    expect(await other).not.toBe(own)
  }
})

test('an identity has nothing of the token in it', async () => {
  const token = await sign('ana')
  const identity = await identityOf(url, undefined, token, viewer)
  expect(identity).toMatch(/^[0-9a-f]{64}$/)
})

test('names beyond ASCII are read', async () => {
  expect(claimsOf(await sign('Zoë 😀'))).toMatchObject({ sub: 'Zoë 😀' })
  expect(claimsOf('cg_live_secret')).toBeNull()
})

test('a token is used once before another is fetched, and one that has ended is not used', async () => {
  const given = [await sign('ana', 60), await sign('ana', 61), await sign('ana', -60), await sign('ana', 62)]
  const queue = [...given]
  const tokens = new Tokens(() => queue.shift() ?? '')
  expect(await tokens.peek()).toBe(given[0])
  expect(await tokens.take()).toBe(given[0])
  expect(await tokens.take()).toBe(given[1])
  expect(hasEnded(await tokens.peek())).toBe(true)
  expect(await tokens.take()).toBe(given[3])
  await expect(tokens.take()).rejects.toThrow('There is no token')
})

test('a fixed token that has ended is not given again', async () => {
  const tokens = new Tokens(await sign('ana', -60))
  await tokens.take()
  await expect(tokens.take()).rejects.toThrow('The token has ended')
})
