import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createHostCheck } from '../../src/server/hosts.ts'

const known = createHostCheck({
  host: 'Gateway.internal',
  publicUrl: 'https://credits.example.com/base',
  allowedHosts: ['credits-gateway'],
})
const isKnown = (host: string | undefined) => known({ headers: { host } } as IncomingMessage)

test.each([
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  'evillocalhost',
  'evil@127.0.0.1',
  '127.0.0.1@evil.example',
  '127.0.0.1.evil.example',
  'credits.example.com.evil.example',
  'evil.credits.example.com',
  '[::1].evil.example',
  'credits-gateway:4000:80',
  'credits-gateway/x',
  '',
])('a host by which the gateway is not known: %j', (host) => {
  expect(isKnown(host)).toBe(false)
})

test.each([
  'localhost',
  'localhost:4000',
  'localhost.',
  'LOCALHOST',
  'team.localhost',
  '127.0.0.1',
  '10.1.2.3:4000',
  '[::1]:4000',
  '[2001:db8::7]',
  'gateway.internal:4000',
  'credits.example.com',
  'Credits.Example.com:443',
  'credits-gateway:4000',
])('a host by which the gateway is known, or an IP address: %s', (host) => {
  expect(isKnown(host)).toBe(true)
})

test('a client of HTTP/1.0 may name none', () => {
  expect(isKnown(undefined)).toBe(true)
})
