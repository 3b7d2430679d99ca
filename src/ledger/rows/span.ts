/** A part of a list whose newer items have higher positions: those between `above` and `below`, both excluded. */
export type Span = {
  readonly above: number
  readonly below: number
  /** Which end the items are taken from, where there are more than are wanted. They are listed the newest first. */
  readonly from: 'newest' | 'oldest'
}

/** All of a list, from its newest item on. */
export const wholeSpan: Span = { above: 0, below: Number.MAX_SAFE_INTEGER, from: 'newest' }

/** For `order by`. */
export const directionOf = ({ from }: Span): 'asc' | 'desc' => (from === 'newest' ? 'desc' : 'asc')

export const newestFirst = <Item>(items: readonly Item[], { from }: Span): readonly Item[] =>
  from === 'newest' ? items : items.toReversed()
