/**
 * A whole number in parts that stand to each other as the weights. The parts add up to the whole: each is the exact share
 * rounded down, and the ones that lost most by it get 1 more, the first of equal ones first (largest remainder).
 */
export function sharesOf(whole: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((total, weight) => total + weight, 0n)
  if (whole < 0n || sum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new Error(`${whole} has no shares by the weights ${weights.join(', ')}`)
  }
  const floors = weights.map((weight) => (whole * weight) / sum)
  const lost = (index: number): bigint => (whole * (weights[index] ?? 0n)) % sum
  const left = whole - floors.reduce((total, floor) => total + floor, 0n)
  const first = [...weights.keys()].sort((a, b) => (lost(a) === lost(b) ? a - b : lost(a) > lost(b) ? -1 : 1))
  const raised = new Set(first.slice(0, Number(left)))
  return floors.map((floor, index) => (raised.has(index) ? floor + 1n : floor))
}
