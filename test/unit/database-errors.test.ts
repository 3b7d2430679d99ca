import { expect, test } from 'vitest'
import { isConnectionLost, isRetryable, isUniqueViolation } from '../../src/database/errors.ts'

const coded = (code: string) => Object.assign(new Error('something'), { code })

test.each(['08006', '08P01', '57P01', '57P02', '57P03', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'])(
  '%s means the connection is lost',
  (code) => expect(isConnectionLost(coded(code))).toBe(true),
)

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
])('pg says "%s" without a code: lost', (message) => expect(isConnectionLost(new Error(message))).toBe(true))

test('a lost connection is seen through what wraps it', () => {
  expect(isConnectionLost(new Error('query failed', { cause: coded('57P01') }))).toBe(true)
  expect(isConnectionLost(new AggregateError([coded('ECONNREFUSED')]))).toBe(true)
})

test('what the database answered is no lost connection', () => {
  for (const error of [coded('23505'), coded('40001'), coded('57014'), coded('0800'), new Error('no'), 'text', null]) {
    expect(isConnectionLost(error)).toBe(false)
  }
})

test('a cause that refers back to itself ends', () => {
  const error = new Error('circle')
  error.cause = error
  expect(isConnectionLost(error)).toBe(false)
})

test('unique violations, deadlocks and serialization failures are told apart', () => {
  expect(isUniqueViolation(coded('23505'))).toBe(true)
  expect(isUniqueViolation(coded('23503'))).toBe(false)
  expect(isRetryable(coded('40001')) && isRetryable(coded('40P01'))).toBe(true)
  expect(isRetryable(coded('40003'))).toBe(false)
})
