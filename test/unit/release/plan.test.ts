import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../release/package-files.ts'
import { planRelease, type ReleaseState } from '../../../release/plan.ts'
import { nextVersion } from '../../../release/version.ts'

const ready: ReleaseState = {
  kind: 'minor',
  branch: 'main',
  uncommitted: [],
  tags: ['v0.1.0'],
  version: '0.1.0',
  changelog: '# Changelog\n\n## Unreleased\n\n### Fixed\n- A fault.\n\n## 0.1.0 (2026-11-01)\n\n- The first.\n',
  date: '2026-11-29',
  manifests: new Map<string, Manifest>([
    ['web/elements', { name: '@credits-gateway/elements', dependencies: { lit: '3.3.3' } }],
    ['web/react', { name: '@credits-gateway/react', dependencies: { '@credits-gateway/elements': '0.1.0' } }],
  ]),
  schema: { breaking: [] },
  packageFaults: [],
}

test.each([
  ['patch', '1.2.4'],
  ['minor', '1.3.0'],
  ['major', '2.0.0'],
] as const)('a %s release of 1.2.3 is %s', (kind, version) => {
  expect(nextVersion('1.2.3', kind)).toBe(version)
})

test('a version of another form is refused', () => {
  expect(() => nextVersion('1.2.3-rc.1', 'patch')).toThrow("'1.2.3-rc.1'")
})

test("the section 'Unreleased' becomes the version with its date, below an empty section", () => {
  expect(planRelease(ready).changelog).toBe(
    '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-29)\n\n### Fixed\n- A fault.\n\n## 0.1.0 (2026-11-01)\n\n- The first.\n',
  )
})

test('packages depend on the new version of each other, and on nothing else of a new version', () => {
  const set = planRelease(ready).steps.filter(({ args }) => args[0] === 'pkg')
  const args = ['pkg', 'set', 'dependencies.@credits-gateway/elements=0.2.0']
  expect(set).toEqual([{ program: 'npm', args, folder: 'web/react' }])
})

test('the commit and the tag come last', () => {
  const { steps, refusals } = planRelease(ready)
  expect(steps.slice(-2).map(({ args }) => args.join(' '))).toEqual([
    'commit --all --message Release 0.2.0',
    'tag --annotate --message Release 0.2.0 v0.2.0',
  ])
  expect(refusals).toEqual([])
})

describe('a release is refused', () => {
  const refusals = (change: Partial<ReleaseState>) => planRelease({ ...ready, ...change }).refusals

  test.each<[string, Partial<ReleaseState>, string]>([
    ['on another branch', { branch: 'words' }, 'A release is made on main, and this is words.'],
    ['on no branch', { branch: '' }, 'A release is made on main, and this is no branch.'],
    ['with files that are not committed', { uncommitted: [' M README.md'] }, ' M README.md'],
    ['under a tag that exists', { tags: ['v0.2.0'] }, 'The tag v0.2.0 exists already.'],
    ["without a section 'Unreleased'", { changelog: '# Changelog\n' }, 'has no section'],
    ['without entries', { changelog: '## Unreleased\n\n## 0.1.0 (2026-11-01)\n- The first.\n' }, 'is empty'],
    ['with a fault of a package', { packageFaults: ['client lacks README.md.'] }, 'client lacks README.md.'],
    ['if it is minor and breaks the schema', { schema: { breaking: ['FIELD_REMOVED: a'] } }, 'need a major version'],
  ])('%s', (_, change, reason) => {
    expect(refusals(change)).toEqual([expect.stringContaining(reason)])
  })

  test('for each reason at once', () => {
    expect(refusals({ branch: 'words', uncommitted: ['?? a'], packageFaults: ['b lacks c.'] })).toHaveLength(3)
  })

  test('neither for breaking changes in a major version, nor before the first release', () => {
    expect(refusals({ kind: 'major', schema: { breaking: ['FIELD_REMOVED: a'] } })).toEqual([])
    expect(refusals({ schema: null })).toEqual([])
  })
})
