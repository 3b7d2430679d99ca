const mostInt = 2_147_483_647

/** A count as an Int of GraphQL, which has 32 bits: a larger one is told as the largest. */
export const clamped = (count: number): number => Math.min(count, mostInt)
