import { expect, test } from 'vitest'
import { change, life, lived, mode, spending } from './model/allowance-lives.ts'

test('the allowances of any plan are those of a day-by-day calendar while plans, seats, intervals and anchors change, at once or from the next deposit on', () => {
  const reached = lived(life([...spending, change, change], mode), 1_000)
  expect(reached.carried).toBeGreaterThan(200)
  expect(reached.change).toBeGreaterThan(200)
  expect(reached.revoked).toBeGreaterThan(100)
}, 300_000)
