/** A statement that is true of every ledger at every moment. */
export type Invariant = {
  readonly name: string
  readonly says: string
  /** Selects the rows that break the statement; none in a sound ledger. */
  readonly sql: string
}

/** The sums that the payer of a purchase paid, without and with tax, in nano-units: the price less its discount. */
export const paidNet = 'coalesce(p.total_amount - p.tax_amount, p.price_amount - coalesce(p.discount_amount, 0))'
export const paidTotal = 'coalesce(p.total_amount, p.price_amount - coalesce(p.discount_amount, 0))'

type Column = 'available' | 'locked' | 'held' | 'spent' | 'expired' | 'revoked' | 'owed'

/** The amount that an entry `e` of a grant `g` adds to the credits that may pay for everything. */
export const availableToAll: string = `case when g.scope is null then ${net('available')} else 0 end`

type Side = (entry: string) => string

/**
 * The amount that an entry adds to a column, below 0 if it subtracts. Credits that repaid a debt count as spent on it.
 */
export function net(column: Column, entry = 'e'): string {
  const { gain, loss } = sides(column)
  const amount = (side: Side) => `case when ${side(entry)} then ${entry}.amount else 0 end`
  return `(${amount(gain)} - ${amount(loss)})`
}

function sides(column: Column): { gain: Side; loss: Side } {
  const gain: Side = (e) => `${e}.to_state = '${column}'`
  const loss: Side = (e) => `${e}.from_state = '${column}'`
  if (column === 'spent') return { gain: (e) => `${e}.to_state in ('spent', 'repaid')`, loss }
  if (column === 'owed') return { gain, loss: (e) => `(${loss(e)} or ${e}.to_state = 'repaid')` }
  return { gain, loss }
}

/** The grants that returned what other credits had paid for a clawed-back grant, with the source of that grant. */
export const restored = `(
  select team_id, id, granted, regexp_replace(source, '^restored:(.*):\\d+$', '\\1') as source
  from credit_grant where source ~ '^restored:.*:\\d+$')`
