/**
 * A column of an export. `credits` are micro-credits, `quantity` is in micro-units, `money` in nano-units: all three are
 * bigint. `instant`: milliseconds.
 */
export type Column = {
  readonly name: string
  readonly type: 'text' | 'integer' | 'credits' | 'quantity' | 'money' | 'instant'
}

/** The digits behind the point of an exact amount. */
export const scales = { credits: 6, quantity: 6, money: 9 } as const

export type Cell = string | number | bigint | null
export type Row = readonly Cell[]
