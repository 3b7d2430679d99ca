const maxInt = 2_147_483_647

/** A count as an Int of GraphQL, which has 32 bits: a larger count is shown as the largest Int. */
export const clamped = (count: number): number => Math.min(count, maxInt)
