import { isName } from './names.ts'

/** The caller's own property of one line of usage, such as its project or its customer. */
export type Tag = { readonly key: string; readonly value: string }

/** The most tags of one line, and the most by which one report is grouped. */
export const maxTags = 3
const maxValueLength = 64
const keyShape = /^[a-z][a-z0-9_.-]{0,31}$/

export const tagKeyRule =
  'give 1 to 32 characters: small letters, digits, dots, hyphens and underscores, a letter first'
const tagValueRule = `give 1 to ${maxValueLength} characters without control characters`

export const isTagKey = (text: string): boolean => keyShape.test(text)

/** A reason why tags can't be stored, and the place of the fault below them. */
export type TagFault = { readonly path: readonly string[]; readonly reason: string }

/** The first fault of a line's tags; null: they are usable. */
export function tagFault(tags: readonly Tag[]): TagFault | null {
  if (tags.length > maxTags) return { path: [], reason: `it has ${tags.length} tags: give at most ${maxTags}` }
  const keys = new Set<string>()
  for (const [index, { key, value }] of tags.entries()) {
    const path = [`${index}`]
    if (!isTagKey(key)) return { path: [...path, 'key'], reason: `not a usable key: ${tagKeyRule}` }
    if (keys.has(key))
      return { path: [...path, 'key'], reason: 'another tag of the line has this key: give each key once' }
    keys.add(key)
    if (!isName(value, maxValueLength))
      return { path: [...path, 'value'], reason: `not a usable value: ${tagValueRule}` }
  }
  return null
}

/** The tags in the order of their keys, so that the order of the input makes no difference. */
export const inOrder = (tags: readonly Tag[]): readonly Tag[] =>
  tags.map(({ key, value }) => ({ key, value })).sort((one, other) => (one.key < other.key ? -1 : 1))

/** Whether two lines have the same tags. */
export const sameTags = (some: readonly Tag[] = [], others: readonly Tag[] = []): boolean =>
  some.length === others.length &&
  some.every(({ key, value }, index) => key === others[index]?.key && value === others[index]?.value)
