/** One field that an act changed; null: the field was absent. */
export type FieldChange = { readonly field: string; readonly before: string | null; readonly after: string | null }

/** The differences between two JSON texts, by the path of each field. */
export function fieldChanges(before: string | null, after: string | null): readonly FieldChange[] {
  const [old, now] = [before, after].map((text) => new Map(text === null ? [] : leaves(JSON.parse(text), '')))
  const fields = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])]
  return fields
    .map((field) => ({ field, before: old?.get(field) ?? null, after: now?.get(field) ?? null }))
    .filter((change) => change.before !== change.after)
}

function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, value === null ? 'none' : String(value)]]
  const entries = Object.entries(value)
  if (entries.length === 0) return [[path, Array.isArray(value) ? '[]' : '{}']]
  return entries.flatMap(([key, each]) => {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    return leaves(each, at)
  })
}
