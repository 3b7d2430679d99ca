type Fields = Record<string, unknown>

/**
 * Keeps balances of older revisions out of caches: where a newer one was seen, an answer shows that one instead. A balance is known by its
 * `id` and `revision`, because Relay selects no `__typename`.
 */
export function newestBalances(maxBalances = 1_000): <Data>(data: Data) => Data {
  const newest = new Map<string, Fields & { revision: number }>()
  const revise = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(revise)
    if (typeof value !== 'object' || value === null) return value
    const fields: Fields = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revise(field)]))
    const { id, revision } = fields
    if (typeof id !== 'string' || typeof revision !== 'number') return fields
    const seen = newest.get(id)
    if (seen !== undefined && revision < seen.revision) return { ...fields, ...seen }
    newest.delete(id)
    newest.set(id, { ...fields, revision })
    for (const oldest of newest.keys()) if (newest.size > maxBalances) newest.delete(oldest)
    return fields
  }
  return (data) => revise(data) as typeof data
}
