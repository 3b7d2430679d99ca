import { expect, test } from 'vitest'
import { routeOf, teamPath } from '../../../web/pages/operator/route.ts'
import { variablesOf, withFilter, withPlace } from '../../../web/pages/operator/teams/filter.ts'

test.each([
  ['acme', undefined],
  ['a/b c?#%ü', 'activity'],
] as const)('the address of the team %s leads to it', (team, tab) => {
  expect(routeOf(teamPath(team, tab))).toEqual({ view: 'team', team, tab: tab ?? 'overview' })
})

test.each(['', '#', '#/teams', '#/nothing', '#/teams/%E0%A4%A'])('%j shows the list of teams', (hash) => {
  expect(routeOf(hash).view).toBe('teams')
})

test('an unknown tab is the overview', () => {
  expect(routeOf('#/teams/acme/nothing')).toEqual({ view: 'team', team: 'acme', tab: 'overview' })
})

test('the address asks for a page of the teams that its filters let pass', () => {
  const query = new URLSearchParams('search=ac&state=LOW&after=c1')
  expect(variablesOf(query)).toEqual({ first: 25, after: 'c1', filter: { search: 'ac', state: 'LOW' } })
  expect(variablesOf(withPlace(query, 'before', 'c2'))).toEqual({
    last: 25,
    before: 'c2',
    filter: { search: 'ac', state: 'LOW' },
  })
})

test('another filter begins at the first page', () => {
  const query = new URLSearchParams('search=ac&after=c1')
  expect(`${withFilter(query, 'state', 'LOW')}`).toBe('search=ac&state=LOW')
  expect(`${withFilter(query, 'search', '')}`).toBe('')
})
