import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { buildCatalog, type WholeCatalog } from './catalog.ts'
import { mismatches } from './checks.ts'
import { catalogContent } from './content.ts'
import { expectedAt, keysAt } from './expected.ts'
import { CatalogError, type CatalogFault } from './faults.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads and checks a catalog file. Throws a CatalogError that names every fault, also where the file cannot be read. */
export function loadCatalog(file: string): WholeCatalog {
  let text: string
  try {
    text = utf8.decode(readFileSync(file))
  } catch (cause) {
    const problem = `cannot be read (${cause instanceof Error ? cause.message : cause})`
    throw new CatalogError(file, [
      { line: 1, column: 1, path: '', problem, expected: 'a readable catalog file in UTF-8: set CATALOG to its path' },
    ])
  }
  return parseCatalog(text, file)
}

/** The catalog that the text describes, frozen; `fileName` is only for the faults. Throws a CatalogError with all of them. */
export function parseCatalog(text: string, fileName: string): WholeCatalog {
  try {
    return read(text, fileName)
  } catch (error) {
    // The parser is recursive: a deeply nested list overflows the stack.
    if (!(error instanceof RangeError)) throw error
    const place = { line: 1, column: 1, path: '' }
    throw new CatalogError(fileName, [{ ...place, problem: 'is nested too deeply', expected: 'a catalog' }])
  }
}

function read(text: string, fileName: string): WholeCatalog {
  const file = readYaml(text)
  if (file.faults.length > 0) throw new CatalogError(fileName, file.faults)
  const { success, data, error } = catalogContent.safeParse(file.content)
  if (!success) throw new CatalogError(fileName, inFileOrder(error.issues.flatMap((issue) => faultsOf(issue, file))))
  const faults = [...mismatches(data)].map(({ path, problem, expected }) => file.faultAt(path, expected, problem))
  if (faults.length > 0) throw new CatalogError(fileName, inFileOrder(faults))
  return buildCatalog(data, text)
}

type Issue = z.core.$ZodIssue

function faultsOf(issue: Issue, file: YamlFile): CatalogFault[] {
  if (issue.code === 'invalid_union') {
    const meant = formMeant(issue.errors)
    if (meant) return meant.flatMap((within) => faultsOf({ ...within, path: [...issue.path, ...within.path] }, file))
  }
  if (issue.code !== 'unrecognized_keys') return [file.faultAt(issue.path, expectedAt(catalogContent, issue.path))]
  const expected = keysAt(catalogContent, issue.path)
  return issue.keys.map((key) => file.faultAtKey([...issue.path, key], expected, 'is not a key that stands here'))
}

/** The issues within the one form, of several, that the value was meant to have; undefined: it has none of them. */
function formMeant(forms: readonly Issue[][]): readonly Issue[] | undefined {
  return forms.find((issues) => issues.every(({ code, path }) => code === 'unrecognized_keys' || path.length > 0))
}

function inFileOrder(faults: readonly CatalogFault[]): CatalogFault[] {
  return faults.toSorted((one, other) => one.line - other.line || one.column - other.column)
}
