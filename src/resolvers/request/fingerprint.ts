import { hash } from 'node:crypto'

/**
 * 32 hex digits that follow from what a command asks for: the same for each notation of one input ("1", "1.0", a default
 * left out), different for anything else. `input` holds plain values, bigints and arrays.
 */
export function fingerprintOf(name: string, input: Readonly<Record<string, unknown>>): string {
  return hash('sha256', `${name} ${canonical(input)}`, 'hex').slice(0, 32)
}

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
