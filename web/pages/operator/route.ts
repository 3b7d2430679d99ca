export const teamTabs = ['overview', 'activity', 'plan', 'payments', 'access', 'audit'] as const
export type TeamTab = (typeof teamTabs)[number]

/** The view of the page, from its address after `#`. */
export type Route =
  | { readonly view: 'teams'; readonly query: URLSearchParams }
  | { readonly view: 'team'; readonly team: string; readonly tab: TeamTab }
  | { readonly view: 'catalogs' }
  | { readonly view: 'audit' }
  | { readonly view: 'health' }

export type View = Route['view']

const isTab = (text: string | undefined): text is TeamTab => teamTabs.some((tab) => tab === text)

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [view, id, tab] = path.split('/')
  if (view === 'catalogs' || view === 'audit' || view === 'health') return { view }
  const team = decoded(id ?? '')
  if (view === 'teams' && team !== '') {
    return { view: 'team', team, tab: isTab(tab) ? tab : 'overview' }
  }
  return { view: 'teams', query: new URLSearchParams(query) }
}

/** Decodes a part of the address. People edit addresses, so it may be malformed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

export const teamPath = (team: string, tab?: TeamTab): string =>
  `#/teams/${encodeURIComponent(team)}${tab === undefined || tab === 'overview' ? '' : `/${tab}`}`

export function teamsPath(query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? '#/teams' : `#/teams?${text}`
}
