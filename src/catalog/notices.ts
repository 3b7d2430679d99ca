import type { CatalogContent } from './content.ts'

export type Notices = Readonly<Required<CatalogContent['notices']>>

/** The wording where a catalog has none of its own. */
export const ownWords = {
  belowLevel: '{balance} left, below your alert at {level}',
  email: 'Hello {team},\n\n{notice}.\n\nYou get this message because your team asked to be told.',
} as const satisfies Partial<Notices>

/** The facts that each notice may name in braces. */
export const noticeFacts = {
  exhausted: ['date'],
  exhaustedNoGrant: [],
  low: ['balance'],
  runningOut: ['runway'],
  belowLevel: ['balance', 'level'],
  email: ['team', 'notice'],
  insufficient: [],
  creditsAdded: [],
} as const satisfies Record<keyof Notices, readonly string[]>

/** The names in braces of a notice, in order. */
export function namesIn(notice: string): string[] {
  return [...notice.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name)
}

/** The notice with its facts in place: `{date}` becomes `Monday, November 23`. Source: facts W7. */
export function fillNotice<K extends keyof Notices>(
  notices: Notices,
  kind: K,
  facts: Readonly<Record<(typeof noticeFacts)[K][number], string>>,
): string {
  const known: Readonly<Record<string, string>> = facts
  return notices[kind].replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => known[name] ?? whole)
}
