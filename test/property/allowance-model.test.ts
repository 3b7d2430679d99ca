import { expect, test } from 'vitest'
import { change, life, lived, mode, spending, subscription } from './model/allowance-lives.ts'

test('the allowances of any plan over any years are those of a day-by-day calendar', () => {
  const reached = lived(life(spending, mode), 300)
  expect(reached.carried).toBeGreaterThan(200)
  expect(reached.deposits).toBeGreaterThan(3_000)
}, 300_000)

test('so they are while a subscription is paid on time, late, never and again, on trial, with more and fewer units, ended and resumed', () => {
  const acts = [...spending, subscription, subscription, subscription, subscription]
  const reached = lived(life([...acts, change], mode), 800)
  expect(reached.carried).toBeGreaterThan(70)
  expect(reached.unit).toBeGreaterThan(70)
  expect(reached.change).toBeGreaterThan(35)
  expect(reached.late).toBeGreaterThan(70)
  expect(reached.waited).toBeGreaterThan(180)
}, 300_000)
