import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { tokenCommand } from '../../src/programs/token-command.ts'

const command = 'npm run -s token -- --team demo --member ana --role admin'

test('a token of the defaults needs nothing but the command', () => {
  expect(tokenCommand(readConfig({}))).toBe(command)
  expect(tokenCommand(readConfig({ DATA_DIR: './data', PORT: '0', DATABASE_URL: 'postgres://h/d' }))).toBe(command)
})

test.each([
  ['/var/lib/credits', '/var/lib/credits'],
  ['elsewhere', resolve('elsewhere')],
  ["/it's here", `'/it'\\''s here'`],
])('a kept secret is found by its DATA_DIR: %s', (dataDir, shown) => {
  expect(tokenCommand(readConfig({ DATA_DIR: dataDir }))).toBe(`DATA_DIR=${shown} ${command}`)
})

test('a secret of the environment is asked for, and not printed', () => {
  const told = tokenCommand(readConfig({ AUTH_SECRET: 'not to be seen', DATA_DIR: '/elsewhere' }))
  expect(told).toBe(`AUTH_SECRET="\${AUTH_SECRET:?as the gateway has it}" ${command}`)
})

test('an identity provider signs its tokens itself', () => {
  const AUTH_JWKS_URL = 'https://id.example.com/jwks.json'
  expect(tokenCommand(readConfig({ AUTH_JWKS_URL, AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' }))).toBeNull()
})
