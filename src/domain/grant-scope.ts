import type { PricedLine, RateCard } from './rate-card.ts'

/**
 * The usage that a grant may pay for: the lines whose category or rate is named here. In the order of their letters, each
 * once, and at least one in all.
 */
export type GrantScope = { readonly categories: readonly string[]; readonly rates: readonly string[] }

/** The most categories and rates that one scope names, together. */
export const maxScopeNames = 50

/** The most different scopes that the open grants of a team have: the work to find who pays grows with them. */
export const maxOpenScopes = 20

/** The scope that names these; null: they are none, or too many. */
export function scopeOf(categories: readonly string[], rates: readonly string[]): GrantScope | null {
  const scope = { categories: inOrder(categories), rates: inOrder(rates) }
  const names = scope.categories.length + scope.rates.length
  return names === 0 || names > maxScopeNames ? null : scope
}

const inOrder = (names: readonly string[]): string[] => [...new Set(names)].sort()

/** How much a grant may pay for: 0 for rates, 1 for categories, 2 for everything. The narrower one is burned first. */
export function widthOf(scope: GrantScope | null): 0 | 1 | 2 {
  if (scope === null) return 2
  return scope.categories.length > 0 ? 1 : 0
}

const keys = new WeakMap<GrantScope, string>()

/** The same text for the same scope, whatever the order of its fields. */
export function scopeKey(scope: GrantScope | null): string {
  if (scope === null) return ''
  const known = keys.get(scope)
  if (known !== undefined) return known
  const key = JSON.stringify([scope.categories, scope.rates])
  keys.set(scope, key)
  return key
}

/** The names by which a scope may include a line; null: it can't be included by that. */
export type ScopedUse = { readonly rate: string | null; readonly category: string | null }

/**
 * How scopes see a line of usage. An automatic rate is included by its category, if all its choices have that category,
 * too: what a hold reserves for it must be able to pay for the choice that it is settled for.
 */
export function scopedUse({ rates }: RateCard, { rate, category }: Pick<PricedLine, 'rate' | 'category'>): ScopedUse {
  const price = rates.get(rate)?.price
  if (price === undefined || !('auto' in price)) return { rate, category }
  const isWithin = price.auto.every((choice) => rates.get(choice)?.category === category)
  return { rate: null, category: isWithin ? category : null }
}

export function includes(scope: GrantScope | null, { rate, category }: ScopedUse): boolean {
  if (scope === null) return true
  if (category !== null && scope.categories.includes(category)) return true
  return rate !== null && scope.rates.includes(rate)
}

/** Why the card can't tell what the scope is for, with the place in the input; null: it can. */
export function scopeFault(
  { categories, rates }: GrantScope,
  card: RateCard,
): { readonly path: readonly string[]; readonly reason: string } | null {
  const unknown = categories.find((name) => !card.categories.some(({ id }) => id === name))
  if (unknown !== undefined) {
    const reason = `the rate card has no category '${unknown}': use an id that the rateCard query lists`
    return { path: ['scope', 'categories'], reason }
  }
  for (const name of rates) {
    const rate = card.rates.get(name)
    if (rate === undefined) {
      const reason = `the rate card has no rate '${name}': use an id that the rateCard query lists`
      return { path: ['scope', 'rates'], reason }
    }
    if (!('auto' in rate.price)) continue
    const reason = `'${name}' is automatic: name the rates that it chooses from, or their category`
    return { path: ['scope', 'rates'], reason }
  }
  return null
}
