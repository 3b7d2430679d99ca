import { execFileSync } from 'node:child_process'

const root = new URL('..', import.meta.url)

/** The output of a git command in this repository. It throws where git fails. */
export const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: 'pipe' }).trimEnd()

/** The newest release that this commit contains: a tag `v1.2.3`; null: there is none. */
export const lastRelease = (): string | null =>
  git('tag', '--list', 'v[0-9]*', '--merged', 'HEAD', '--sort=-version:refname').split('\n')[0] || null

/** Whether the text names a commit. */
export function isCommit(ref: string): boolean {
  try {
    git('rev-parse', '--quiet', '--verify', '--end-of-options', `${ref}^{commit}`)
    return true
  } catch {
    return false
  }
}

/** The content of a file at a commit. */
export const fileAt = (ref: string, path: string): string => git('show', '--end-of-options', `${ref}:${path}`)
