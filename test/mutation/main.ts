import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { copy, putMutants } from './mutants.ts'
import { readResults, statusOf, table } from './results.ts'

/**
 * Mutation testing of the pure core: which changes of its code no pure test notices. Arguments: the files or folders to
 * mutate; none: all. With `--properties`, what the unit tests leave is tried on the property tests, which takes hours.
 * Source: docs/testing.md.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { properties: { type: 'boolean' } } })
const mutants = await putMutants(positionals)
const results = `${copy}/results/results.jsonl`

/** Tries the mutants that are still alive on these tests. */
function run(tests: readonly string[], limits: { readonly maxTestMs: number; readonly maxTries: number }): void {
  const { killed } = readResults(results)
  const alive = mutants.map(({ id }) => id).filter((id) => !killed.has(id))
  writeFileSync(`${copy}/results/alive.json`, JSON.stringify(alive))
  const settings = { tests, ...limits, results: 'results' }
  const { error } = spawnSync('npx', ['vitest', 'run', '--config', 'test/mutation/vitest.config.ts', '--root', '.'], {
    cwd: copy,
    stdio: 'inherit',
    env: { ...process.env, TEST_SEED: '20261129', MUTATION: JSON.stringify(settings) },
  })
  if (error) throw error
}

const unit = ['test/unit/*.test.ts', 'test/unit/catalogs/*.test.ts']
// The fast tests first: no slow test tries what they kill.
run(unit, { maxTestMs: 5, maxTries: 20 })
run(unit, { maxTestMs: 300, maxTries: 20 })
if (values.properties) run(['test/property/*.test.ts'], { maxTestMs: 60_000, maxTries: 2 })

const found = readResults(results)
const judged = mutants.map((mutant) => ({ ...mutant, status: statusOf(mutant, found) }))
mkdirSync('reports', { recursive: true })
const left = judged.filter(({ status }) => status !== 'killed')
writeFileSync('reports/mutants.json', JSON.stringify(left, null, 2))
console.log(`\n${table(judged)}\n\nThe mutants that were not killed are in reports/mutants.json.`)
