import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runProgram } from '../src/programs/run-program.ts'
import { fileAt, git, lastRelease } from './git.ts'
import { type Manifest, packageFaults } from './package-files.ts'
import { planRelease, type ReleasePlan, type ReleaseState, type Step } from './plan.ts'
import { schemaChanges } from './schema-changes.ts'
import { type ReleaseKind, releaseKinds } from './version.ts'

const usage = `npm run release -- ${releaseKinds.join('|')} [--dry-run]\n`
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
const readManifest = (path: string): Manifest & { version: string } => JSON.parse(read(path))

/** Makes a release, or shows with `--dry-run` what it would do. Pushing is left to the caller. */
await runProgram(() => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } })
  const kind = releaseKinds.find((one) => one === positionals[0])
  if (kind === undefined || positionals.length > 1) {
    process.stderr.write(usage)
    return false
  }
  const plan = planRelease(stateFor(kind))
  if (values['dry-run']) process.stdout.write(planInWords(plan))
  for (const refusal of plan.refusals) process.stderr.write(`Refused: ${refusal}\n`)
  if (plan.refusals.length > 0) return false
  if (!values['dry-run']) make(plan)
  return true
})

function stateFor(kind: ReleaseKind): ReleaseState {
  const since = lastRelease()
  const workspaces = globSync('web/*/package.json', { cwd: root })
  const paths = [...workspaces, ...globSync('examples/*/package.json', { cwd: root })].toSorted()
  return {
    kind,
    branch: git('branch', '--show-current'),
    uncommitted: git('status', '--porcelain').split('\n').filter(Boolean),
    tags: git('tag', '--list').split('\n'),
    version: readManifest('package.json').version,
    changelog: read('CHANGELOG.md'),
    date: new Date().toISOString().slice(0, 10),
    manifests: new Map(paths.map((path) => [dirname(path), readManifest(path)])),
    schema: since === null ? null : schemaChanges(fileAt(since, 'schema.graphql'), read('schema.graphql')),
    packageFaults: workspaces.flatMap((path) => packageFaults(readManifest(path), packedFiles(dirname(path)))),
  }
}

/** The files of a package, which `npm pack` builds first. */
function packedFiles(folder: string): string[] {
  const [packed]: { files: { path: string }[] }[] = JSON.parse(
    run({ program: 'npm', args: ['pack', '--dry-run', '--json', '--silent'], folder }),
  )
  return packed?.files.map(({ path }) => path) ?? []
}

/** The tree was clean before, so a release that fails leaves it as it was. */
function make({ version, changelog, steps }: ReleasePlan): void {
  const before = git('rev-parse', 'HEAD')
  try {
    writeFileSync(`${root}/CHANGELOG.md`, changelog)
    for (const step of steps) run(step)
  } catch (error) {
    git('reset', '--hard', '--quiet', before)
    process.stderr.write('The release failed. Every file is as it was before.\n')
    throw error
  }
  process.stdout.write(`Version ${version} is committed and tagged. Publish it: git push --follow-tags\n`)
}

function run({ program, args, folder }: Step): string {
  const [file, ...first] = program === 'git' ? ['git'] : [process.execPath, npm()]
  const cwd = `${root}/${folder}`
  return execFileSync(file, [...first, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The file of npm itself, which starts in the same way on every system. */
function npm(): string {
  const file = process.env.npm_execpath
  if (file === undefined) throw new Error(`Start this program by npm: ${usage}`)
  return file
}

function planInWords({ version, steps }: ReleasePlan): string {
  const commands = steps.map(
    ({ program, args, folder }) => `- ${program} ${args.join(' ')}${folder === '.' ? '' : `   (in ${folder})`}`,
  )
  const changelog = `- the section 'Unreleased' of CHANGELOG.md becomes ${version}`
  return [`Version ${version}:`, changelog, ...commands, 'Nothing was changed, because this is a dry run.\n'].join('\n')
}
