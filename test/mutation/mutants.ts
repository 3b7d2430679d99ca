import { cpSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { Instrumenter } from '@stryker-mutator/instrumenter'

/** The copy of the project that has the mutants; `.gitignore` and Biome know it. */
export const copy = '.mutation'

/** The files that the pure tests read. */
const parts = [
  'src',
  'catalogs',
  'docs',
  'web/client',
  'web/server',
  'test/unit',
  'test/property',
  'test/setup',
  'test/mutation',
]
const files = ['test/integration/ledger/told.ts', 'package.json', 'package-lock.json', 'schema.graphql', 'README.md']

/** Sentences for people and nothing else: no test states their wording. */
const texts = ['src/domain/errors.ts', 'src/domain/payment-errors.ts', 'src/catalog/words.ts']

export type Mutant = {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly mutator: string
  readonly replacement: string
}

/** The instrumenter's types ask for the whole logger and all options of Stryker; it reads these. */
const silent = { isDebugEnabled: () => false, debug: () => {}, info: () => {} }
/** A text is a name that the compiler checks, or a sentence for people. */
const options = { excludedMutations: ['StringLiteral'], ignorers: [], plugins: null }

/** Copies the project and puts every mutant of the pure core into it, each behind a switch. */
export async function putMutants(wanted: readonly string[]): Promise<Mutant[]> {
  rmSync(copy, { recursive: true, force: true })
  for (const part of [...parts, ...files]) cpSync(part, `${copy}/${part}`, { recursive: true })
  symlinkSync('../node_modules', `${copy}/node_modules`)
  mkdirSync(`${copy}/results`)

  const isWanted = (name: string) => wanted.length === 0 || wanted.some((start) => name.startsWith(start))
  // The whole ledger, also where not wanted: a mutant's endless loop is stopped only where it runs through instrumented code.
  const isRead = (name: string) => isWanted(name) || name.startsWith('src/domain')
  const sources = globSync('src/{domain,catalog}/**/*.ts').filter((name) => isRead(name) && !texts.includes(name))
  const instrumenter = new Instrumenter(silent as never)
  const read = sources.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: true }))
  const { mutants, files: instrumented } = await instrumenter.instrument(read, options as never)
  for (const { name, content } of instrumented) writeFileSync(`${copy}/${name}`, content)
  return mutants
    .filter(({ status, fileName }) => status !== 'Ignored' && isWanted(fileName))
    .map(({ id, fileName, location, mutatorName, replacement }) => ({
      id,
      file: fileName,
      line: location.start.line + 1,
      mutator: mutatorName,
      replacement,
    }))
}
