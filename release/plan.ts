import { released, unreleased } from './changelog.ts'
import type { Manifest } from './package-files.ts'
import type { SchemaChanges } from './schema-changes.ts'
import { nextVersion, type ReleaseKind } from './version.ts'

/** Everything that decides a release. */
export type ReleaseState = {
  readonly kind: ReleaseKind
  readonly branch: string
  /** The lines of `git status --porcelain`: files that are not committed. */
  readonly uncommitted: readonly string[]
  readonly tags: readonly string[]
  readonly version: string
  readonly changelog: string
  /** The day of the release, as 2026-11-29. */
  readonly date: string
  /** The package.json of workspaces and examples by their folders. */
  readonly manifests: ReadonlyMap<string, Manifest>
  /** The changes of the API's schema since the last release; null: there is none yet. */
  readonly schema: Pick<SchemaChanges, 'breaking'> | null
  readonly packageFaults: readonly string[]
}

/** A command of npm or git. `folder` is where it runs, from the root of the repository on. */
export type Step = { readonly program: 'npm' | 'git'; readonly args: readonly string[]; readonly folder: string }

export type ReleasePlan = {
  readonly version: string
  /** The new text of CHANGELOG.md. */
  readonly changelog: string
  /** The commands in their order, after the changelog is written. */
  readonly steps: readonly Step[]
  /** The reasons not to release, a sentence each; empty: the release may be made. */
  readonly refusals: readonly string[]
}

/** The changes that a release makes, and the reasons that forbid it. The function reads and writes nothing. */
export function planRelease(state: ReleaseState): ReleasePlan {
  const version = nextVersion(state.version, state.kind)
  return {
    version,
    changelog: released(state.changelog, version, state.date),
    steps: stepsOf(state, version),
    refusals: refusalsOf(state, version),
  }
}

function refusalsOf(state: ReleaseState, version: string): string[] {
  const { kind, branch, uncommitted, tags, changelog, schema, packageFaults } = state
  const entries = unreleased(changelog)
  const breaking = schema?.breaking ?? []
  const refusals: (string | false)[] = [
    branch !== 'main' && `A release is made on main, and this is ${branch || 'no branch'}.`,
    uncommitted.length > 0 && `These files are not committed:\n${uncommitted.map((line) => `  ${line}`).join('\n')}`,
    tags.includes(`v${version}`) && `The tag v${version} exists already.`,
    entries === null && "CHANGELOG.md has no section 'Unreleased'.",
    entries === '' && "The section 'Unreleased' of CHANGELOG.md is empty.",
    kind !== 'major' &&
      breaking.length > 0 &&
      `Breaking changes of schema.graphql need a major version (${breaking.length}): see npm run -s schema-diff.`,
    ...packageFaults,
  ]
  return refusals.filter((refusal) => refusal !== false)
}

const onlyLock = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']

function stepsOf({ manifests }: ReleaseState, version: string): Step[] {
  const npm = (args: readonly string[], folder = '.'): Step => ({ program: 'npm', args, folder })
  const git = (...args: readonly string[]): Step => ({ program: 'git', args, folder: '.' })
  const everywhere = ['--workspaces', '--include-workspace-root', '--no-workspaces-update']
  return [
    npm(['version', version, '--no-git-tag-version', '--ignore-scripts', ...everywhere]),
    ...siblingsOf(manifests).map(({ folder, name }) => npm(['pkg', 'set', `dependencies.${name}=${version}`], folder)),
    npm(['install', ...onlyLock]),
    npm(['install', ...onlyLock], 'test/clients'),
    // Named again, because npm takes the version of a packed folder from the lock file otherwise.
    npm(['install', '../web/elements', '../web/react', '../web/server', ...onlyLock], 'examples'),
    git('commit', '--all', '--message', `Release ${version}`),
    git('tag', '--annotate', '--message', `Release ${version}`, `v${version}`),
  ]
}

/** The dependencies on packages of this repository that name a version. */
const siblingsOf = (manifests: ReadonlyMap<string, Manifest>): { folder: string; name: string }[] => {
  const own = new Set([...manifests.values()].map(({ name }) => name))
  return [...manifests].flatMap(([folder, { dependencies = {} }]) =>
    Object.keys(dependencies).flatMap((name) => (own.has(name) ? [{ folder, name }] : [])),
  )
}
