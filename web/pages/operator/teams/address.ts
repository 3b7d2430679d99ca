import type { AutoRechargeState, BalanceState, TeamFilter, TeamOrder, TeamsQueryVariables } from '../contract.ts'

/** Names of the conditions, in the address as in the API. */
export const conditionNames = [
  'search',
  'planId',
  'state',
  'rechargeState',
  'availableBelow',
  'inactiveSince',
] as const satisfies readonly (keyof TeamFilter)[]
export type ConditionName = (typeof conditionNames)[number]

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

export type OrderField = 'NAME' | 'AVAILABLE' | 'LAST_ACTIVITY'

/** Each order of the API. The first one of a field is that of the first click on its column. */
export const orders = {
  NAME_ASC: 'Name, A to Z',
  NAME_DESC: 'Name, Z to A',
  AVAILABLE_ASC: 'Fewest available first',
  AVAILABLE_DESC: 'Most available first',
  LAST_ACTIVITY_DESC: 'Latest activity first',
  LAST_ACTIVITY_ASC: 'Longest without activity first',
} as const satisfies Record<TeamOrder, string>
export const usualOrder = 'By id'

const orderNames = Object.keys(orders) as TeamOrder[]
const isOrder = (text: string | null): text is TeamOrder => orderNames.some((name) => name === text)

export const orderOf = (query: URLSearchParams): TeamOrder | null => {
  const text = query.get('orderBy')
  return isOrder(text) ? text : null
}

export const isOf = (field: OrderField, order: TeamOrder | null): boolean => order?.startsWith(`${field}_`) ?? false
export const isRising = (order: TeamOrder): boolean => order.endsWith('_ASC')

/** The order of the next click on a column: one way, the other way, the usual order. */
export function nextOrder(field: OrderField, order: TeamOrder | null): TeamOrder | null {
  const own = orderNames.filter((name) => isOf(field, name))
  return own[order === null ? 0 : own.indexOf(order) + 1] ?? null
}

/** The text of a number of credits that the API reads. */
export const amountPattern = '[0-9]{1,12}([.][0-9]{1,6})?'
export const firstDay = '2000-01-01'
export const lastDay = '2099-12-31'
export const maxSearchCharacters = 100

/** JavaScript reads February 31st as March 3rd. */
const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  text >= firstDay &&
  text <= lastDay &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text)
const isOneOf = (choices: readonly (readonly [string, string])[]) => (text: string) =>
  choices.some(([code]) => code === text)

/** People edit addresses: a value that the API would refuse is no condition. */
const isUsable: Readonly<Record<ConditionName, (text: string) => boolean>> = {
  search: (text) => text.trim() !== '' && [...text].length <= maxSearchCharacters,
  planId: (text) => text !== '',
  state: isOneOf(balanceStates),
  rechargeState: isOneOf(rechargeStates),
  availableBelow: (text) => new RegExp(`^${amountPattern}$`).test(text),
  inactiveSince: isDay,
}

/** A condition's value in the address; empty: the condition is not set. */
export function conditionOf(query: URLSearchParams, name: ConditionName): string {
  const text = query.get(name) ?? ''
  return isUsable[name](text) ? text : ''
}

export const conditionsOf = (query: URLSearchParams): readonly ConditionName[] =>
  conditionNames.filter((name) => conditionOf(query, name) !== '')

/** The beginning of a day in the time zone of the browser. */
const beginningOf = (day: string) => new Date(`${day}T00:00`).toISOString()

const pageSize = 25

/** The variables of the list that the address names. */
export function variablesOf(query: URLSearchParams): TeamsQueryVariables {
  const given = conditionsOf(query).map((name) => {
    const value = conditionOf(query, name)
    return [name, name === 'inactiveSince' ? beginningOf(value) : value.trim()]
  })
  // The filter of no condition costs as much as any other.
  const filter: TeamFilter | null = given.length === 0 ? null : Object.fromEntries(given)
  const list = { filter, orderBy: orderOf(query) }
  const before = query.get('before')
  return before === null ? { first: pageSize, after: query.get('after'), ...list } : { last: pageSize, before, ...list }
}

export const isAtStart = (query: URLSearchParams): boolean => !query.has('after') && !query.has('before')

/** The first page of the list with another value of a condition or another order: no cursor of this list is one of that. */
export function changed(query: URLSearchParams, name: ConditionName | 'orderBy', value: string): URLSearchParams {
  const next = firstPage(query)
  if (value === '') next.delete(name)
  else next.set(name, value)
  return next
}

export function firstPage(query: URLSearchParams): URLSearchParams {
  const kept = conditionsOf(query).map((name) => [name, conditionOf(query, name)])
  const order = orderOf(query)
  return new URLSearchParams(order === null ? kept : [...kept, ['orderBy', order]])
}

/** The first page of all teams in the same order. */
export function withoutConditions(query: URLSearchParams): URLSearchParams {
  const order = orderOf(query)
  return new URLSearchParams(order === null ? {} : { orderBy: order })
}

export function withPlace(query: URLSearchParams, place: 'after' | 'before', cursor: string): URLSearchParams {
  const next = firstPage(query)
  next.set(place, cursor)
  return next
}
