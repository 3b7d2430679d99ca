import { expect, test } from 'vitest'
import { LedgerDelay } from '../../src/server/ledger-delay.ts'

test('is what the fastest command took since the last look', () => {
  const delay = new LedgerDelay()
  for (const at of [0, 10, 20]) delay.begins(at)
  delay.ends(0, 400)
  delay.ends(20, 400)
  delay.ends(10, 400)
  expect(delay.read(400)).toBe(380)
})

test('is nothing while nothing is under way', () => {
  const delay = new LedgerDelay()
  delay.begins(0)
  delay.ends(0, 400)
  delay.read(400)
  expect(delay.read(5_000)).toBe(0)
})

test('grows while nothing is answered, from the first command or the last answer', () => {
  const delay = new LedgerDelay()
  delay.begins(1_000)
  delay.begins(1_100)
  expect(delay.read(1_050)).toBe(50)
  delay.ends(1_000, 1_200)
  expect(delay.read(1_200)).toBe(200)
  expect(delay.read(1_300)).toBe(200)
  expect(delay.read(1_700)).toBe(500)
})

test('takes no refusal of a full lane for a fast answer', () => {
  const delay = new LedgerDelay()
  delay.begins(0)
  delay.begins(300)
  delay.refuses()
  expect(delay.read(300)).toBe(300)
})
