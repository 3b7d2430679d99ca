/** A decoded form: what stands in brackets is nested, `a[]` and `a[0]` alike. */
export type FormValue = string | FormFields
export type FormFields = { [name: string]: FormValue }

/** Decodes `metadata[team]=x&items[0][price]=y&expand[]=z`. The last of two equal names counts. */
export function decodeForm(text: string): FormFields {
  const form = fields()
  for (const [name, value] of new URLSearchParams(text)) set(form, keysOf(name), value)
  return form
}

const fields = (): FormFields => Object.create(null)

function keysOf(name: string): string[] {
  const bracket = name.indexOf('[')
  if (bracket <= 0 || !name.endsWith(']')) return [name]
  return [name.slice(0, bracket), ...name.slice(bracket + 1, -1).split('][')]
}

function set(form: FormFields, keys: readonly string[], value: string): void {
  let place = form
  const last = keys.length - 1
  keys.forEach((given, depth) => {
    const key = given === '' ? String(Object.keys(place).length) : given
    if (depth === last) {
      place[key] = value
      return
    }
    const inner = place[key]
    const next = inner === undefined || typeof inner === 'string' ? fields() : inner
    place[key] = next
    place = next
  })
}

/** The same text for the same parameters in whatever order. */
export function canonicalForm(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalForm(inner)}`).join()}}`
}
