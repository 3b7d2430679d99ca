import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runProgram } from '../src/programs/run-program.ts'
import { fileAt, isCommit, lastRelease } from './git.ts'
import { changesInWords, schemaChanges } from './schema-changes.ts'

/** Compares schema.graphql with the last release, or with the commit that is given. It fails for breaking changes. */
export function schemaDiff(given: string | undefined): { readonly report: string; readonly isBreaking: boolean } {
  const since = given ?? lastRelease()
  if (since === null) {
    return { report: 'There is no release yet: no tag v* to compare schema.graphql with.\n', isBreaking: false }
  }
  if (!isCommit(since)) return { report: `There is no commit '${since}'.\n`, isBreaking: true }
  const now = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')
  const changes = schemaChanges(fileAt(since, 'schema.graphql'), now)
  return { report: changesInWords(changes, since), isBreaking: changes.breaking.length > 0 }
}

if (import.meta.main) {
  await runProgram(() => {
    const { positionals } = parseArgs({ allowPositionals: true })
    const { report, isBreaking } = schemaDiff(positionals[0])
    process.stdout.write(report)
    return !isBreaking
  })
}
