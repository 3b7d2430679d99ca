import { invalid } from '../api/failure.ts'

/** A decoded form: names in brackets are nested, `a[]` and `a[0]` alike. */
export type FormValue = string | FormFields
export type FormFields = { [name: string]: FormValue }

const maxFields = 1_000
const maxBrackets = 10

type Tree = Map<string, string | Tree>

/**
 * Decodes `metadata[team]=x&items[0][price]=y&expand[]=z`. The last of two equal names counts.
 *
 * @throws {Failure} for more than 1,000 fields, or a name with more than 10 brackets.
 */
export function decodeForm(text: string): FormFields {
  const tree: Tree = new Map()
  let count = 0
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1
    if (count > maxFields) throw invalid(`A request has at most ${maxFields} parameters.`)
    const keys = keysOf(name)
    if (keys.length > maxBrackets + 1) throw invalid(`A parameter has at most ${maxBrackets} brackets.`)
    set(tree, keys, value)
  }
  return fieldsOf(tree)
}

function keysOf(name: string): string[] {
  const bracket = name.indexOf('[')
  if (bracket <= 0 || !name.endsWith(']')) return [name]
  return [name.slice(0, bracket), ...name.slice(bracket + 1, -1).split('][')]
}

function set(tree: Tree, keys: readonly string[], value: string): void {
  let place = tree
  const last = keys.length - 1
  keys.forEach((given, depth) => {
    const key = given === '' ? String(place.size) : given
    if (depth === last) {
      place.set(key, value)
      return
    }
    const inner = place.get(key)
    const next: Tree = inner instanceof Map ? inner : new Map()
    place.set(key, next)
    place = next
  })
}

/** An object without a prototype, so that no field name has a meaning of its own. */
function fieldsOf(tree: Tree): FormFields {
  const fields: FormFields = Object.create(null)
  for (const [key, value] of tree) fields[key] = value instanceof Map ? fieldsOf(value) : value
  return fields
}

/** A text that is the same for the same parameters in any order. */
export function canonicalForm(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalForm(inner)}`).join()}}`
}
