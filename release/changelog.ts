const heading = '## Unreleased\n'

/** The entries of the section 'Unreleased'; null: the changelog has no such section. */
export function unreleased(changelog: string): string | null {
  const [, after] = splitAt(changelog, heading)
  return after === null ? null : splitAt(after, '\n## ')[0].trim()
}

/** The changelog in which the section 'Unreleased' is the version's, below a new and empty 'Unreleased'. */
export const released = (changelog: string, version: string, date: string): string =>
  changelog.replace(heading, () => `${heading}\n## ${version} (${date})\n`)

/** The text before and after the first `mark`; after is null where there is none. */
function splitAt(text: string, mark: string): [before: string, after: string | null] {
  const index = text.indexOf(mark)
  return index < 0 ? [text, null] : [text.slice(0, index), text.slice(index + mark.length)]
}
