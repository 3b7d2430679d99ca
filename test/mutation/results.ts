import { existsSync, readFileSync } from 'node:fs'
import type { Mutant } from './mutants.ts'

export type Status = 'killed' | 'survived' | 'not reached' | 'at load'

/** The report of one test, or of one file of tests. */
export type Result = { readonly reached?: string[]; readonly killed?: string[]; readonly loaded?: string[] }

/** The results of the tests so far, from the lines that they reported. */
export function readResults(file: string): Record<'reached' | 'killed' | 'loaded', Set<string>> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const results = lines.map((line): Result => JSON.parse(line))
  const all = (of: keyof Result) => new Set(results.flatMap((result) => result[of] ?? []))
  return { reached: all('reached'), killed: all('killed'), loaded: all('loaded') }
}

export function statusOf({ id }: Mutant, { reached, killed, loaded }: ReturnType<typeof readResults>): Status {
  if (killed.has(id)) return 'killed'
  if (reached.has(id)) return 'survived'
  return loaded.has(id) ? 'at load' : 'not reached'
}

const folderOf = (file: string) => file.split('/').slice(0, 2).join('/')

/** A line for each folder and file: how many were killed, and the score, which leaves out those at load. */
export function table(mutants: readonly (Mutant & { readonly status: Status })[]): string {
  const names = new Set(mutants.flatMap(({ file }) => [folderOf(file), file]))
  const rows = [...names].sort().map((name) => {
    const own = mutants.filter(({ file }) => file === name || folderOf(file) === name)
    const count = (status: Status) => own.filter((mutant) => mutant.status === status).length
    const counted = own.length - count('at load')
    const score = counted === 0 ? '–' : `${((100 * count('killed')) / counted).toFixed(1)} %`
    const counts = (['killed', 'survived', 'not reached', 'at load'] as const).map(
      (status) => `${count(status)} ${status}`,
    )
    return [name.padEnd(44), score.padStart(8), ...counts].join('  ')
  })
  return rows.join('\n')
}
