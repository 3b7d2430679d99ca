import { expect, test } from 'vitest'
import type { TeamOrder } from '../../../web/pages/operator/contract.ts'
import { routeOf, teamPath } from '../../../web/pages/operator/route.ts'
import {
  changed,
  nextOrder,
  variablesOf,
  withoutConditions,
  withPlace,
} from '../../../web/pages/operator/teams/address.ts'

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

test('the address asks for a page of the teams that its filters let pass, in its order', () => {
  const query = new URLSearchParams('search=+ac&state=LOW&orderBy=NAME_DESC&after=c1')
  const list = { filter: { search: 'ac', state: 'LOW' }, orderBy: 'NAME_DESC' }
  expect(variablesOf(query)).toEqual({ first: 25, after: 'c1', ...list })
  expect(variablesOf(withPlace(query, 'before', 'c2'))).toEqual({ last: 25, before: 'c2', ...list })
})

test.each([
  'search=',
  `search=${'a'.repeat(101)}`,
  'state=MUCH',
  'rechargeState=toString',
  'availableBelow=1e3',
  'availableBelow=1234567890123',
  'inactiveSince=2026-02-31',
  'inactiveSince=0026-02-01',
  'inactiveSince=tomorrow',
  'orderBy=NAME',
])('the address %s asks for all teams, because the API would refuse it', (address) => {
  expect(variablesOf(new URLSearchParams(address))).toEqual({ first: 25, after: null, filter: null, orderBy: null })
})

test('another filter or order begins at the first page', () => {
  const query = new URLSearchParams('search=ac&orderBy=NAME_ASC&after=c1')
  expect(`${changed(query, 'state', 'LOW')}`).toBe('search=ac&orderBy=NAME_ASC&state=LOW')
  expect(`${changed(query, 'search', '')}`).toBe('orderBy=NAME_ASC')
  expect(`${changed(query, 'orderBy', '')}`).toBe('search=ac')
  expect(`${withoutConditions(query)}`).toBe('orderBy=NAME_ASC')
})

test.each([
  ['NAME', ['NAME_ASC', 'NAME_DESC', null]],
  ['AVAILABLE', ['AVAILABLE_ASC', 'AVAILABLE_DESC', null]],
  ['LAST_ACTIVITY', ['LAST_ACTIVITY_DESC', 'LAST_ACTIVITY_ASC', null]],
] as const)('clicks on the column %s go through its orders and back to the usual one', (field, expected) => {
  const clicked: (TeamOrder | null)[] = []
  for (const _ of expected) clicked.push(nextOrder(field, clicked.at(-1) ?? null))
  expect(clicked).toEqual(expected)
  expect(nextOrder(field, field === 'NAME' ? 'AVAILABLE_ASC' : 'NAME_ASC')).toBe(expected[0])
})
