import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { Addresses } from '../../src/server/addresses.ts'

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage
const trusting = new Addresses(['10.0.0.0/8', '::1'])
const alone = new Addresses([])

test.each([
  ['the address of the connection', alone, request('192.0.2.1'), '192.0.2.1'],
  ['an IPv4 address in IPv6', alone, request('::ffff:192.0.2.1'), '192.0.2.1'],
  ['the network of an IPv6 address', alone, request('2001:db8:1:2:3:4:5:6'), '20010db800010002::/64'],
  ['nothing of a header that no trusted proxy wrote', alone, request('192.0.2.1', '203.0.113.7'), '192.0.2.1'],
  ['nothing of a header of a stranger', trusting, request('192.0.2.1', '203.0.113.7'), '192.0.2.1'],
  ['what a trusted proxy saw', trusting, request('10.1.2.3', '203.0.113.7'), '203.0.113.7'],
  ['what a trusted proxy saw, over IPv6', trusting, request('::1', '203.0.113.7'), '203.0.113.7'],
  [
    'the last address that no proxy has',
    trusting,
    request('10.1.2.3', '1.2.3.4, 203.0.113.7, 10.9.9.9'),
    '203.0.113.7',
  ],
  ['the proxy itself without a header', trusting, request('10.1.2.3'), '10.1.2.3'],
  ['the proxy itself where all are proxies', trusting, request('10.1.2.3', '10.4.5.6'), '10.1.2.3'],
  ['one name for what is no address', trusting, request('10.1.2.3', 'x'.repeat(5_000)), 'unknown'],
])('a request comes from %s', (_, addresses, from, expected) => {
  expect(addresses.of(from)).toBe(expected)
})

test.each([
  ['an address of IPv6 as a whole', alone, request('2001:DB8:0:0:1:2:3:4'), '2001:db8::1:2:3:4'],
  ['an IPv4 address in IPv6', trusting, request('::1', '::ffff:203.0.113.7'), '203.0.113.7'],
  ['what a trusted proxy saw', trusting, request('10.1.2.3', '6.6.6.6, 203.0.113.7'), '203.0.113.7'],
  ['nothing of what is no address', trusting, request('10.1.2.3', '203.0.113.7:4000'), null],
])('a client has %s', (_, addresses, from, expected) => {
  expect(addresses.clientOf(from)).toBe(expected)
})
