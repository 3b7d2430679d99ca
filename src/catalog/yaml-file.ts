import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import { type CatalogFault, type Path, pathText } from './faults.ts'

/** A parsed YAML file that knows the position of each of its values. */
export type YamlFile = {
  /**
   * Mappings, lists, texts, booleans and null. A number is kept as the text that was written, so `0.03` stays exact.
   */
  readonly content: unknown
  /** The faults that make the file unusable as YAML; `content` has a meaning only without faults. */
  readonly faults: readonly CatalogFault[]
  /** A fault at the value of `path`; if the value is missing, at the nearest value around it. */
  faultAt(path: Path, expected: string, problem?: string): CatalogFault
  /** A fault at the key itself. */
  faultAtKey(path: Path, expected: string, problem: string): CatalogFault
}

/** The message with which the parser reports that a text is nested too deeply. */
const overflow = /call stack|stack overflow/i

/**
 * Reads one YAML 1.2 document, without aliases, so that each value is written where it applies. Throws a RangeError if
 * the text is nested too deeply.
 */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.some(({ message }) => overflow.test(message))) throw new RangeError('It is nested too deeply')
  const faults: CatalogFault[] = []
  const at = (offset: number, path: Path, problem: string, expected: string): CatalogFault => {
    // An offset at the very end of an empty file has no line yet.
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1), path: pathText(path), problem, expected }
  }
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    faults.push(at(pos[0], [], `is not readable as YAML (${message})`, 'one YAML 1.2 document'))
  }
  const { version } = document.directives.yaml
  if (version !== '1.2') {
    faults.push(
      at(0, [], `declares YAML ${version}, in which yes, 010 and 1:30 are other values`, 'no %YAML line, or %YAML 1.2'),
    )
  }
  visit(document, {
    Alias: (_, { range, source }) => {
      faults.push(at(range?.[0] ?? 0, [], `has the alias *${source}`, 'the value itself, written out'))
    },
  })
  const root = document.contents
  return {
    content: plain(root),
    faults,
    faultAt(path, expected, problem) {
      const { node, found } = find(root, path)
      return at(node?.range?.[0] ?? 0, path, problem ?? (found ? shown(node) : 'is missing'), expected)
    },
    faultAtKey(path, expected, problem) {
      const { node } = find(root, path.slice(0, -1))
      const key = isMap(node) ? node.items.find((pair) => keyText(pair.key) === path.at(-1))?.key : undefined
      return at((isNode(key) ? key.range?.[0] : undefined) ?? node?.range?.[0] ?? 0, path, problem, expected)
    },
  }
}

function find(root: Node | null, path: Path): { node: Node | null; found: boolean } {
  let node = root
  for (const step of path) {
    const next: unknown = isCollection(node) ? node.get(step, true) : undefined
    if (!isNode(next)) return { node, found: false }
    node = next
  }
  return { node, found: true }
}

function plain(node: unknown): unknown {
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [keyText(key), plain(value)]))
  if (isSeq(node)) return node.items.map(plain)
  if (isScalar(node)) return typeof node.value === 'number' ? node.source : node.value
  return isAlias(node) ? undefined : null
}

function keyText(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key)
}

function shown(node: Node | null): string {
  if (isMap(node)) return 'is a mapping'
  if (isSeq(node)) return node.items.length === 0 ? 'is an empty list' : 'is a list'
  if (!isScalar(node) || node.value === null) return 'is empty'
  const text = String(node.source ?? node.value)
  return `is ${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)}`
}
