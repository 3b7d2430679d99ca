import { randomOf } from '../../setup/random.ts'

/** The order in which a story's events arrive, and the acts between them. */
export type Variant = {
  /** Indexes of events, including repeated ones. */
  readonly told: readonly number[]
  /** Behind how many of `told` the answer to what was asked arrives; null: it is lost. */
  readonly answeredAfter: number | null
  /** Before which of `told` the reconciler asks; null: it never does. */
  readonly askedBefore: number | null
}

export type Random = (below: number) => number

/** Whole numbers below a limit, the same for the same seed. */
export function integersOf(seed: number): Random {
  const next = randomOf(seed)
  return (below) => Math.floor(next() * below)
}

export const shuffled = (order: readonly number[], random: Random): number[] =>
  order.reduce<number[]>((so, one, index) => so.toSpliced(random(index + 1), 0, one), [])

/** All orders of five and fewer; of more, each rotation forwards and backwards, and `drawn` random ones (or as many as ORDERS says). */
export function ordersOf(count: number, random: Random, drawn = 60): number[][] {
  const first = Array.from({ length: count }, (_, index) => index)
  if (count <= 5) return permutations(first)
  const rotated = first.map((by) => [...first.slice(by), ...first.slice(0, by)])
  const others = Array.from({ length: Number(process.env.ORDERS ?? drawn) }, () => shuffled(first, random))
  return [...rotated, ...rotated.map((one) => one.toReversed()), ...others]
}

function permutations(of: readonly number[]): number[][] {
  if (of.length <= 1) return [[...of]]
  return of.flatMap((one, index) => permutations(of.toSpliced(index, 1)).map((rest) => [one, ...rest]))
}

/** Each order with and without the API's answer, with and without the reconciler, and some of it told again. */
export function variantsOf(count: number, random: Random, drawn?: number): Variant[] {
  const repeated = [
    (order: readonly number[]) => [...order],
    (order: readonly number[]) => order.flatMap((one) => [one, one]),
    (order: readonly number[]) => [...order, ...shuffled(order, random)],
  ]
  return ordersOf(count, random, drawn).flatMap((order) =>
    [true, false].flatMap((answered) =>
      [true, false].map((asked) => {
        const told = (repeated[random(repeated.length)] ?? repeated[0])?.(order) ?? []
        return {
          told,
          answeredAfter: answered ? random(told.length + 1) : null,
          askedBefore: asked ? random(told.length) : null,
        }
      }),
    ),
  )
}
