import { createHash } from 'node:crypto'

/**
 * The version of a content: 12 hex digits that depend on its values alone. Comments, layout, the order of keys and the
 * notation of a number (`0.030`, `"0.03"`) make no difference; the order of a list does, because it is shown.
 */
export function versionOf(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 12)
}

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
