import { describe, expect, test } from 'vitest'
import { isOfTestSpace, isPrefix, isSecret, newSecret, renewedSecret, spaceOfPrefix } from '../../src/access/secret.ts'
import { spaces } from '../../src/domain/space.ts'

const kinds = ['KEY', 'PILL'] as const

describe.each(spaces)('a secret of %s', (space) => {
  test.each(kinds)('has the shape of a %s of its space, and of nothing else', (kind) => {
    const { text, prefix } = newSecret(kind, space)
    const shapes = spaces.flatMap((other) => kinds.map((one) => isSecret(text, one, other)))
    expect(shapes.filter((is) => is)).toHaveLength(1)
    expect(isSecret(text, kind, space)).toBe(true)
    expect(isOfTestSpace(text)).toBe(space === 'TEST')
    expect(isPrefix(prefix)).toBe(true)
    expect(text.slice(prefix.length)).toMatch(/^[\w-]{35}$/)
  })

  test('keeps its prefix and its space when it is renewed', () => {
    const { prefix } = newSecret('KEY', space)
    const renewed = renewedSecret(prefix)
    expect(isSecret(renewed.text, 'KEY', space)).toBe(true)
    expect(renewed.text.startsWith(prefix)).toBe(true)
    expect(spaceOfPrefix(renewed.prefix)).toBe(space)
  })
})

test('a key of production whose random part begins like the other head stays in production', () => {
  const text = `cg_test_${'x'.repeat(38)}`
  expect(isSecret(text, 'KEY', 'PRODUCTION')).toBe(true)
  expect(isOfTestSpace(text)).toBe(false)
  expect(spaceOfPrefix(text.slice(0, 11))).toBe('PRODUCTION')
})
