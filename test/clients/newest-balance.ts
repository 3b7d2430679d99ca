/** Keeps balances of older revisions out of caches: where a newer one was seen, an answer shows that one instead. */
export function newestBalances(): <Data>(data: Data) => Data {
  const newest = new Map<string, Record<string, unknown> & { revision: number }>()
  const revise = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(revise)
    if (typeof value !== 'object' || value === null) return value
    const fields = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revise(field)]))
    const { __typename, id, revision } = fields
    if (__typename !== 'Balance' || typeof id !== 'string' || typeof revision !== 'number') return fields
    const seen = newest.get(id)
    if (seen !== undefined && revision < seen.revision) return { ...fields, ...seen }
    newest.set(id, { ...fields, revision })
    return fields
  }
  return (data) => revise(data) as typeof data
}
