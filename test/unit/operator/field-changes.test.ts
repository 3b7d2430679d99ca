import { expect, test } from 'vitest'
import { fieldChanges } from '../../../web/pages/operator/audit/changes.ts'

test('a changed field is told by its path, with what was there before and since', () => {
  const before = JSON.stringify({ plan: 'free', limits: { ana: 5 }, scopes: ['READ'] })
  const after = JSON.stringify({ plan: 'pro', limits: { ana: 5 }, scopes: ['READ', 'SPEND'] })
  expect(fieldChanges(before, after)).toEqual([
    { field: 'plan', before: 'free', after: 'pro' },
    { field: 'scopes[1]', before: null, after: 'SPEND' },
  ])
})

test('where nothing was there before, everything is new', () => {
  expect(fieldChanges(null, JSON.stringify({ amount: '500', expiresAt: null }))).toEqual([
    { field: 'amount', before: null, after: '500' },
    { field: 'expiresAt', before: null, after: 'none' },
  ])
})

test('a value that is no object has an empty path', () => {
  expect(fieldChanges('"100"', '"250"')).toEqual([{ field: '', before: '100', after: '250' }])
})

test('what has ended is told as before', () => {
  expect(fieldChanges('{"a":[]}', null)).toEqual([{ field: 'a', before: '[]', after: null }])
})
