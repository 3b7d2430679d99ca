/** A sentence that is true of every ledger at every moment. */
export type Invariant = {
  readonly name: string
  readonly says: string
  /** The rows that break it; none in a sound ledger. */
  readonly sql: string
}

type Column = 'available' | 'held' | 'spent' | 'expired' | 'revoked' | 'owed'

/** What an entry adds to a column, below 0 where it takes away. What repaid a debt was spent on it. */
export function net(column: Column, entry = 'e'): string {
  const { gains, losses } = sides(column)
  const amount = (states: string, side: string) => `case when ${entry}.${side} in (${states}) then ${entry}.amount end`
  return `(coalesce(${amount(gains, 'to_state')}, 0) - coalesce(${amount(losses, losesAt(column))}, 0))`
}

function sides(column: Column): { gains: string; losses: string } {
  if (column === 'spent') return { gains: `'spent', 'repaid'`, losses: `'spent'` }
  if (column === 'owed') return { gains: `'owed'`, losses: `'repaid'` }
  return { gains: `'${column}'`, losses: `'${column}'` }
}

const losesAt = (column: Column) => (column === 'owed' ? 'to_state' : 'from_state')
