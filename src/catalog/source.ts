import type { WholeCatalog } from './catalog.ts'
import { CatalogError, InvalidCatalog } from './faults.ts'
import { parseCatalog } from './load.ts'

/** Reading takes time with the square of a mapping's keys: with this many characters, about a second at worst. */
const maxSourceLength = 64_000
const maxFaults = 100

/** The catalog that a caller's text describes, or what is wrong with it: every fault, or the first hundred. */
export function readSource(text: string): WholeCatalog | InvalidCatalog {
  if (text.length > maxSourceLength) {
    return wrong(`has ${text.length} characters`, `at most ${maxSourceLength} characters`)
  }
  try {
    return parseCatalog(text, 'catalog')
  } catch (error) {
    if (error instanceof CatalogError) return new InvalidCatalog({ faults: error.faults.slice(0, maxFaults) })
    throw error
  }
}

const wrong = (problem: string, expected: string) =>
  new InvalidCatalog({ faults: [{ line: 1, column: 1, path: '', problem, expected }] })
