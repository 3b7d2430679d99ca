import { expect, test } from 'vitest'
import { LedgerDelay } from '../../src/server/limits/ledger-delay.ts'

test('is what the fastest command took since the last look', () => {
  const delay = new LedgerDelay()
  for (const at of [0, 10, 20]) delay.begins(at)
  delay.ends(0, 400)
  delay.ends(20, 400)
  delay.ends(10, 400)
  expect(delay.look(400)).toEqual({ commandMs: 380, silentMs: 0 })
  expect(delay.look(410)).toEqual({ commandMs: null, silentMs: 0 })
})

test('is a silence while nothing is answered, since the first command or the last answer', () => {
  const delay = new LedgerDelay()
  delay.begins(1_000)
  delay.begins(1_100)
  expect(delay.look(1_150)).toEqual({ commandMs: null, silentMs: 150 })
  delay.ends(1_000, 1_200)
  expect(delay.look(1_230)).toEqual({ commandMs: 200, silentMs: 30 })
  expect(delay.look(1_700)).toEqual({ commandMs: null, silentMs: 500 })
})

test('takes no refusal of a full lane for a fast answer', () => {
  const delay = new LedgerDelay()
  delay.begins(0)
  delay.begins(300)
  delay.refuses()
  expect(delay.look(300)).toEqual({ commandMs: null, silentMs: 300 })
})
