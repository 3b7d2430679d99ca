import type { AutoRechargeState, BalanceState, TeamFilter, TeamsQueryVariables } from '../contract.ts'

export const balanceStates: readonly (readonly [BalanceState, string])[] = [
  ['OK', 'OK'],
  ['LOW', 'Low'],
  ['EXHAUSTED', 'Exhausted'],
]
export const rechargeStates: readonly (readonly [AutoRechargeState, string])[] = [
  ['ARMED', 'Armed'],
  ['CHARGING', 'Charging'],
  ['CAPPED', 'Capped'],
  ['PAUSED', 'Paused'],
  ['ACTION_REQUIRED', 'Action required'],
  ['OFF', 'Off'],
]

/** Names of the filters, in the address as in the API. */
export const filterNames = ['search', 'planId', 'state', 'rechargeState', 'availableBelow'] as const
export type FilterName = (typeof filterNames)[number]

const pageSize = 25

export const isFiltered = (query: URLSearchParams): boolean => filterNames.some((name) => query.has(name))

/** The query's variables, from the address. */
export function variablesOf(query: URLSearchParams): TeamsQueryVariables {
  const given = filterNames.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : []))
  const filter: TeamFilter = Object.fromEntries(given)
  const before = query.get('before')
  return before === null ? { first: pageSize, after: query.get('after'), filter } : { last: pageSize, before, filter }
}

/** The query with another filter, which begins at the first page. */
export function withFilter(query: URLSearchParams, name: FilterName, value: string): URLSearchParams {
  const next = new URLSearchParams(
    filterNames.flatMap((each) => (query.get(each) ? [[each, query.get(each) ?? '']] : [])),
  )
  if (value === '') next.delete(name)
  else next.set(name, value)
  return next
}

export function withPlace(query: URLSearchParams, place: 'after' | 'before', cursor: string): URLSearchParams {
  const next = new URLSearchParams(query)
  next.delete('after')
  next.delete('before')
  next.set(place, cursor)
  return next
}
