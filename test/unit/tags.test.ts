import { describe, expect, test } from 'vitest'
import { inOrder, sameTags, tagFault } from '../../src/domain/tags.ts'
import { readUsage } from '../../src/domain/usage.ts'

const tag = (key: string, value = 'one') => ({ key, value })

describe('tags', () => {
  test('are usable within their bounds', () => {
    expect(
      tagFault([tag('a'), tag('project_2.b-c', 'Ärzte & Söhne 🎉'), tag('k'.repeat(32), 'v'.repeat(64))]),
    ).toBeNull()
  })

  test.each([
    ['four of them', [tag('a'), tag('b'), tag('c'), tag('d')], []],
    ['a key of no characters', [tag('')], ['0', 'key']],
    ['a capital letter', [tag('a'), tag('B')], ['1', 'key']],
    ['a key that begins with a digit', [tag('1a')], ['0', 'key']],
    ['a key of 33 characters', [tag('k'.repeat(33))], ['0', 'key']],
    ['a key that comes twice', [tag('a', 'x'), tag('a', 'y')], ['1', 'key']],
    ['an empty value', [tag('a', '')], ['0', 'value']],
    ['a value of 65 characters', [tag('a', 'v'.repeat(65))], ['0', 'value']],
    ['a control character', [tag('a', 'x\ny')], ['0', 'value']],
    ['half a surrogate pair', [tag('a', '\ud800')], ['0', 'value']],
  ])('are refused with the place of the fault: %s', (_, tags, path) => {
    expect(tagFault(tags)).toMatchObject({ path, reason: expect.stringMatching(/give/) })
    const read = readUsage([{ rate: 'image', tags }])
    expect(read).toMatchObject({ ok: false, failure: { path: ['usage', '0', 'tags', ...path] } })
  })

  test('have the order of their keys, whatever the order of the input', () => {
    expect(inOrder([tag('b'), tag('a')])).toEqual([tag('a'), tag('b')])
    expect(sameTags(inOrder([tag('b'), tag('a')]), [tag('a'), tag('b')])).toBe(true)
    expect(sameTags([tag('a')], [tag('a', 'two')])).toBe(false)
    expect(sameTags(undefined, [])).toBe(true)
  })

  test('leave usage without them as it was', () => {
    for (const tags of [undefined, null, []]) {
      const read = readUsage([{ rate: 'image', tags }])
      expect(read.ok && Object.keys(read.usage[0] ?? {})).toEqual(['rate', 'quantity', 'count'])
    }
  })
})
