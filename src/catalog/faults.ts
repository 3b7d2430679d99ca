import { ExpectedError } from '../domain/errors.ts'

/** One thing that is wrong in a catalog, at its place in the file (line and column count from 1). */
export type CatalogFault = {
  readonly line: number
  readonly column: number
  /** The place in the content: `categories[0].rates[2].money`; empty for the file as a whole. */
  readonly path: string
  readonly problem: string
  readonly expected: string
}

/** The catalog cannot be used. `message` lists every fault with file, line, column, path and what was expected. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError'
  readonly file: string
  readonly faults: readonly CatalogFault[]

  constructor(file: string, faults: readonly CatalogFault[]) {
    const lines = faults.map((fault) => told(file, fault))
    super([`The catalog ${file} has ${counted(faults)}. Correct the file and try again:`, ...lines].join('\n  '))
    this.file = file
    this.faults = faults
  }
}

/** A catalog that was given to be published can't be used; the one in force stays. */
export class InvalidCatalog extends ExpectedError<'INVALID_CATALOG'> {
  readonly faults: readonly CatalogFault[]

  constructor(facts: { faults: readonly CatalogFault[] }) {
    const { faults } = facts
    super(
      'InvalidCatalog',
      'INVALID_CATALOG',
      `The catalog has ${counted(faults)}, and the one in force stays. Correct the source and publish it again.`,
    )
    this.faults = faults
  }
}

const counted = ({ length }: readonly CatalogFault[]): string => (length === 1 ? 'one fault' : `${length} faults`)

function told(file: string, { line, column, path, problem, expected }: CatalogFault): string {
  return `${file}:${line}:${column}: ${path === '' ? 'the file' : path} ${problem}; expected ${expected}`
}

export type Path = readonly PropertyKey[]

/** A value that is right by itself but does not fit the rest. */
export type Mismatch = { readonly path: Path; readonly problem?: string; readonly expected: string }

/** `['categories', 0, 'rates']` is written `categories[0].rates`. */
export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}
