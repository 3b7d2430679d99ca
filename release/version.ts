export const releaseKinds = ['patch', 'minor', 'major'] as const
export type ReleaseKind = (typeof releaseKinds)[number]

/** The version after `current`. @throws {Error} if `current` is not of the form 1.2.3. */
export function nextVersion(current: string, kind: ReleaseKind): string {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(current) ?? []
  if (patch === undefined) throw new Error(`The version '${current}' of package.json is not of the form 1.2.3`)
  switch (kind) {
    case 'major':
      return `${Number(major) + 1}.0.0`
    case 'minor':
      return `${major}.${Number(minor) + 1}.0`
    case 'patch':
      return `${major}.${minor}.${Number(patch) + 1}`
  }
}
