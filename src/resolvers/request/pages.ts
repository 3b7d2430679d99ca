import type { TeamId } from '../../domain/identity.ts'
import type { Span } from '../../ledger/rows/span.ts'
import { decodeCursor, encodeCursor, type List } from './cursors.ts'
import { badInput, type Optional } from './inputs.ts'

export type PageArguments = {
  readonly first?: Optional<number>
  readonly after?: Optional<string>
  readonly last?: Optional<number>
  readonly before?: Optional<string>
}
export type PageInfo = {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}
export type Edge<Node> = { readonly cursor: string; readonly node: Node }
export type Connection<Node> = {
  readonly edges: readonly Edge<Node>[]
  readonly nodes: readonly Node[]
  readonly pageInfo: PageInfo
}
/** A connection whose items are counted only on request. */
export type CountedConnection<Node> = Connection<Node> & { readonly count: () => Promise<number> }

export const usualPageSize = 20
export const maxPageSize = 100

/** The requested part of a list. `isBehind`: there are items on the other side of the given cursor. */
export type Page = {
  readonly list: List
  readonly size: number
  readonly span: Span
  readonly isBehind: boolean
}

export const listOf = (kind: List['kind'], teamId: TeamId, filter = ''): List => ({ kind, teamId, filter })

/**
 * Source: GraphQL Cursor Connections Specification (Relay). `after` and `before` bound the list, then `first` takes
 * items from its newest end, `last` from its oldest.
 *
 * @throws {InputFault} for a size that is not from 0 to 100, `first` together with `last`, and a cursor of another
 * list.
 */
export function readPage(list: List, given: PageArguments): Page {
  const { after, last, before } = given
  const size = sizeOf(given)
  const below = after == null ? Number.MAX_SAFE_INTEGER : positionOf(list, 'after', after)
  const above = before == null ? 0 : positionOf(list, 'before', before)
  const from = last == null ? 'newest' : 'oldest'
  return { list, size, span: { above, below, from }, isBehind: (last == null ? after : before) != null }
}

/** @throws {InputFault} for a size that is not from 0 to 100, and for `first` together with `last`. */
export function sizeOf({ first, last }: PageArguments): number {
  if (first != null && last != null) throw badInput('last', 'give first or last: one of them, and not both')
  return last == null ? checkedSize('first', first ?? usualPageSize) : checkedSize('last', last)
}

function checkedSize(argument: 'first' | 'last', size: number): number {
  if (size >= 0 && size <= maxPageSize) return size
  throw badInput(argument, `not a usable page size: give 0 to ${maxPageSize}`)
}

function positionOf(list: List, argument: 'after' | 'before', cursor: string): number {
  const position = decodeCursor(list, cursor)
  return position ?? badCursor(argument)
}

export function badCursor(argument: 'after' | 'before'): never {
  throw badInput(argument, 'not a usable cursor: give one that this list has handed out, with the same filter')
}

/** The info of a page that was read from the end of its list that `given` names. `goesOn`: the list continues behind it. */
export const infoOfPage = (
  given: PageArguments,
  goesOn: boolean,
  cursors: Pick<PageInfo, 'startCursor' | 'endCursor'>,
): PageInfo =>
  given.last == null
    ? { hasNextPage: goesOn, hasPreviousPage: given.after != null, ...cursors }
    : { hasNextPage: given.before != null, hasPreviousPage: goesOn, ...cursors }

/**
 * The page of the items that were read, the newest first. The reading has one item more than the page if the list
 * continues.
 */
export function pageOf<Item, Node>(
  page: Page,
  items: readonly Item[],
  position: (item: Item) => number,
  view: (item: Item) => Node,
): Connection<Node> {
  const { size, span } = page
  const isMore = items.length > size
  const shown = !isMore ? items : span.from === 'newest' ? items.slice(0, size) : items.slice(items.length - size)
  const outermost = span.from === 'newest' ? shown.at(-1) : shown[0]
  const rest = !isMore ? null : outermost === undefined ? span.below : position(outermost)
  return searchedPage(page, { items: shown, rest }, position, view)
}

/**
 * The page of a bounded search's results. `rest` is the position from which the search continues; null: the search
 * reached the end. A page may have fewer items than its size, or none, and still have a next page, which its
 * `endCursor` leads to; with `last` it is the previous page, and `startCursor`.
 */
export function searchedPage<Item, Node>(
  { list, size, span: { from }, isBehind }: Page,
  { items, rest }: { readonly items: readonly Item[]; readonly rest: number | null },
  position: (item: Item) => number,
  view: (item: Item) => Node,
): Connection<Node> {
  const edges = items.map((item) => ({ cursor: encodeCursor(list, position(item)), node: view(item) }))
  const goesOn = rest !== null
  const onward = goesOn && size > 0 ? encodeCursor(list, rest) : null
  const start = edges[0]?.cursor ?? null
  const end = edges.at(-1)?.cursor ?? null
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo:
      from === 'newest'
        ? { hasNextPage: goesOn, hasPreviousPage: isBehind, startCursor: start, endCursor: onward ?? end }
        : { hasNextPage: isBehind, hasPreviousPage: goesOn, startCursor: onward ?? start, endCursor: end },
  }
}
